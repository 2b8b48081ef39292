/** Numbers as people write them: 1051.5, 1,051.5, 1.051,5, $5, 5 €, 12 %, (3.50), 1e-3, with the decimal sign of their column. */

export type Decimal = "." | ",";

/** A number with a point, groups of three parted by commas, apostrophes or blanks; the same with the two signs exchanged. */
const POINT = /^[+-]?(?:\d{1,3}(?:[,'\u00a0\u202f ]\d{3})+(?:\.\d*)?|\d+(?:\.\d*)?|\.\d+)(?:e[+-]?\d+)?$/i;
const COMMA = /^[+-]?(?:\d{1,3}(?:[.'\u00a0\u202f ]\d{3})+(?:,\d*)?|\d+(?:,\d*)?|,\d+)(?:e[+-]?\d+)?$/i;
const PLAIN = /^[+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:e[+-]?\d+)?$/i;
const INFINITE = /^([+-]?)inf(?:inity)?$/i;
const SIGNS = /^([+-]?)\s*[$€£¥₹]\s*|\s*(?:[$€£¥₹%]|EUR|USD|GBP|CHF)$/g;

/** The number that a cell holds; undefined where it holds none. */
export function numberOf(cell: string, decimal: Decimal): number | undefined {
  if (decimal === "." && PLAIN.test(cell)) return Number(cell);
  const infinite = INFINITE.exec(cell);
  if (infinite) return infinite[1] === "-" ? Number.NEGATIVE_INFINITY : Number.POSITIVE_INFINITY;
  // Accountants write losses in brackets.
  const loss = /^\((.*)\)$/.exec(cell);
  const bare = (loss?.[1] ?? cell).replace(SIGNS, "$1").replace(/^[\u2212\u2013]/, "-");
  if (!(decimal === "." ? POINT : COMMA).test(bare)) return undefined;
  const digits = decimal === "." ? bare.replace(/[,'\s]/g, "") : bare.replace(/[.'\s]/g, "").replace(",", ".");
  const value = Number(digits);
  return loss ? -value : value;
}
