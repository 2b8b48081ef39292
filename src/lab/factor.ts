/** A factor in words. */
const RAISED = "⁰¹²³⁴⁵⁶⁷⁸⁹";

/** As 2 · 10⁵. */
function power(x: number): string {
  const [digits, exponent = ""] = x.toExponential(0).split("e");
  const raised = [...exponent.slice(1)].map((digit) => RAISED.charAt(Number(digit))).join("");
  return `${digits} · 10${exponent.startsWith("-") ? "⁻" : ""}${raised}`;
}

/** As in `1.5 times`, `2 · 10⁵ times`. */
export function times(x: number): string {
  if (!Number.isFinite(x)) return "beyond all numbers";
  if (x >= 1000 || x < 0.01) return `${power(x)} times`;
  return `${x >= 10 ? Math.round(x) : x.toPrecision(2)} times`;
}
