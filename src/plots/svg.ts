/** SVG as text: elements from numbers, no DOM. */

export type Attributes = Readonly<Record<string, string | number | undefined>>;

/** Two decimals are a hundredth of a pixel; no −0. */
export function number(x: number): string {
  const rounded = Math.round(x * 100) / 100;
  return String(rounded === 0 ? 0 : rounded);
}

export function escapeText(text: string): string {
  return text.replace(/&/g, "&amp;").replace(/</g, "&lt;").replace(/>/g, "&gt;").replace(/"/g, "&quot;");
}

/** `<name …>children</name>`; attributes that are undefined are left out. */
export function element(name: string, attributes: Attributes = {}, ...children: readonly string[]): string {
  const list = Object.entries(attributes)
    .filter(([, value]) => value !== undefined)
    .map(([key, value]) => ` ${key}="${typeof value === "number" ? number(value) : escapeText(String(value))}"`)
    .join("");
  const body = children.join("");
  return body === "" ? `<${name}${list}/>` : `<${name}${list}>${body}</${name}>`;
}

/** M x y L x y …; points that are not finite break the line. */
export function linePath(points: Iterable<readonly [number, number]>): string {
  let path = "";
  let pen = false;
  for (const [x, y] of points) {
    const drawn = Number.isFinite(x) && Number.isFinite(y);
    if (drawn) path += `${pen ? "L" : "M"}${number(x)} ${number(y)}`;
    pen = drawn;
  }
  return path;
}
