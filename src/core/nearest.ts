/**
 * The known name that a misspelt one was meant to be: the same but for case, hyphens and underscores, or another word for it, or
 * the least number of insertions, deletions, replacements and swaps of neighbours away (Damerau 1964), at most a third of it.
 */

/** A known name with the words that others use for it. */
export type Words = Readonly<Record<string, readonly string[]>>;

const plain = (name: string): string => name.toLowerCase().replace(/[\s_-]/g, "");

/** The nearest of the known names; undefined where none is near. */
export function nearest(name: string, known: readonly string[], words: Words = {}): string | undefined {
  const meant = plain(name);
  const same = known.find((k) => plain(k) === meant || words[k]?.some((word) => plain(word) === meant));
  if (same !== undefined) return same;
  let best: string | undefined;
  let least = Math.floor(Math.max(3, meant.length) / 3) + 1;
  for (const k of known) {
    const d = distance(meant, plain(k), least);
    if (d >= least) continue;
    best = k;
    least = d;
  }
  return best ?? known.find((k) => meant.length > 2 && (plain(k).startsWith(meant) || meant.startsWith(plain(k))));
}

/** Edits from a to b; `bound` or more where there are more. Rows of the table of prefixes, swaps from the row before the last. */
function distance(a: string, b: string, bound: number): number {
  if (Math.abs(a.length - b.length) >= bound) return bound;
  let before: number[] = [];
  let last = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i++) {
    const row = [i];
    for (let j = 1; j <= b.length; j++) {
      const edits = [at(last, j) + 1, at(row, j - 1) + 1, at(last, j - 1) + Number(a[i - 1] !== b[j - 1])];
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]) edits.push(at(before, j - 2) + 1);
      row.push(Math.min(...edits));
    }
    before = last;
    last = row;
  }
  return at(last, b.length);
}

const at = (row: readonly number[], j: number): number => row[j] ?? 0;
