/** What one cell of a table may be: a gap, a truth value, or text; numbers and dates have files of their own. */

/** How people write that a value is missing, in lower case. */
const GAPS = new Set([
  ...["", "na", "n/a", "#n/a", "#na", "<na>", "nan", "-nan", "#value!", "#div/0!", "#ref!", "#null!", "#num!"],
  ...["null", "none", "nil", "missing", "-", "--", "—", "–", "?", ".", "\\n"],
]);

/** Whether a cell holds no value; `more` are further words for that. */
export const isGap = (cell: string, more: ReadonlySet<string>): boolean =>
  (cell.length < 9 && GAPS.has(cell.toLowerCase())) || more.has(cell);

const TRUTH: Readonly<Record<string, boolean>> = {
  ...{ true: true, t: true, yes: true, y: true, on: true },
  ...{ false: false, f: false, no: false, n: false, off: false },
};

/** The truth value of a cell, undefined where it is none. */
export function truthOf(cell: string): boolean | undefined {
  const word = cell.length < 6 ? cell.toLowerCase() : "";
  return Object.hasOwn(TRUTH, word) ? TRUTH[word] : undefined;
}
