/** Files for the reader to keep. */
export function download(name: string, content: string | Uint8Array<ArrayBuffer>, type: string): void {
  const url = URL.createObjectURL(new Blob([content], { type }));
  const link = document.createElement("a");
  link.href = url;
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(url), 10_000);
}

/** A style attribute in markup is what a strict policy forbids; the presentation attribute says the same. */
export const withoutStyles = (svg: string): string =>
  svg.replaceAll('style="image-rendering:pixelated"', 'image-rendering="pixelated"');

/** Pixels of a PNG to one of the figure's own. */
const SHARPNESS = 2;

/** A figure as PNG. */
export async function downloadPng(name: string, svg: string): Promise<void> {
  const url = URL.createObjectURL(new Blob([withoutStyles(svg)], { type: "image/svg+xml" }));
  const image = new Image();
  image.src = url;
  await image.decode();
  const canvas = document.createElement("canvas");
  canvas.width = SHARPNESS * image.naturalWidth;
  canvas.height = SHARPNESS * image.naturalHeight;
  canvas.getContext("2d")?.drawImage(image, 0, 0, canvas.width, canvas.height);
  URL.revokeObjectURL(url);
  const made = await new Promise<Blob | null>((resolve) => canvas.toBlob(resolve));
  if (made) download(name, new Uint8Array(await made.arrayBuffer()), "image/png");
}

/** Columns of numbers by name. */
export type Columns = Readonly<Record<string, ArrayLike<number | string>>>;

/** Nested numbers as two columns: where each stands, as in `losses.3`, and its value. */
export function flattened(numbers: unknown, path = ""): { name: string[]; value: string[] } {
  if (typeof numbers !== "object" || numbers === null) return { name: [path], value: [String(numbers)] };
  const inside = Object.entries(numbers).map(([key, value]) => flattened(value, path ? `${path}.${key}` : key));
  return { name: inside.flatMap(({ name }) => name), value: inside.flatMap(({ value }) => value) };
}

const quoted = (cell: number | string): string =>
  typeof cell === "string" && /[",\n]/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : String(cell);

/** A table as CSV: a column each. */
export function csv(columns: Columns): string {
  const names = Object.keys(columns);
  const rows = Math.max(0, ...names.map((name) => columns[name]?.length ?? 0));
  const lines = Array.from({ length: rows }, (_, i) => names.map((name) => quoted(columns[name]?.[i] ?? "")).join(","));
  return `${[names.map(quoted).join(","), ...lines].join("\n")}\n`;
}
