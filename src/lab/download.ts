/** Files for the reader to keep. */
export function download(name: string, content: string | Uint8Array<ArrayBuffer>, type: string): void {
  const url = URL.createObjectURL(new Blob([content], { type }));
  const link = document.createElement("a");
  link.href = url;
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(url), 10_000);
}

/** A table as CSV: a column each. */
export function csv(columns: Readonly<Record<string, ArrayLike<number | string>>>): string {
  const names = Object.keys(columns);
  const rows = Math.max(0, ...names.map((name) => columns[name]?.length ?? 0));
  const lines = Array.from({ length: rows }, (_, i) => names.map((name) => columns[name]?.[i] ?? "").join(","));
  return `${[names.join(","), ...lines].join("\n")}\n`;
}
