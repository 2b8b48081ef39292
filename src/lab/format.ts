/** Numbers as the page shows them. */

export function count(n: number): string {
  if (!(n >= 1000)) return String(Math.round(n));
  const [value, unit] = n < 1e6 ? [n / 1e3, "k"] : [n / 1e6, "M"];
  return `${value < 10 ? value.toFixed(1) : Math.round(value)} ${unit}`;
}

export function bytes(n: number): string {
  return n < 1e6 ? `${Math.round(n / 1e3)} kB` : `${(n / 1e6).toFixed(1)} MB`;
}

export function loss(x: number | undefined): string {
  if (x === undefined || !Number.isFinite(x)) return "–";
  return x !== 0 && Math.abs(x) < 1e-3 ? x.toExponential(1) : x.toFixed(3);
}

export const percent = (x: number | undefined): string =>
  x === undefined || Number.isNaN(x) ? "–" : `${(100 * x).toFixed(1)} %`;

/** With a true minus sign, and no sign on what rounds to zero. */
export function signed(x: number, digits = 1): string {
  const text = Math.abs(x).toFixed(digits);
  return x < 0 && Number(text) !== 0 ? `−${text}` : text;
}
