import pc from "picocolors";
import { count, percent } from "./numberText.ts";
import type { Terminal } from "./terminal.ts";

/** `matrix[t][p]`: how many examples of class t were taken for class p. */
export type ConfusionMatrix = readonly (readonly number[])[];

export function confusionMatrix(
  truth: ArrayLike<number>,
  predicted: ArrayLike<number>,
  classes: number,
): ConfusionMatrix {
  const matrix = Array.from({ length: classes }, () => new Array<number>(classes).fill(0));
  for (let i = 0; i < truth.length; i++) {
    const row = matrix[truth[i] ?? -1];
    const column = predicted[i] ?? -1;
    if (row?.[column] === undefined) {
      throw new RangeError(
        `confusion matrix: expected classes 0 … ${classes - 1}, got ${truth[i]} and ${predicted[i]} at ${i}.`,
      );
    }
    row[column] = (row[column] ?? 0) + 1;
  }
  return matrix;
}

const sum = (row: readonly number[]): number => row.reduce((a, b) => a + b, 0);

/** The share of examples on the diagonal. */
export function accuracyOf(matrix: ConfusionMatrix): number {
  const right = sum(matrix.map((row, t) => row[t] ?? 0));
  return right / sum(matrix.map(sum));
}

/** The share of a class's examples that were recognised; "–" for a class without examples. */
function recall(row: readonly number[], t: number): string {
  const all = sum(row);
  return all === 0 ? "–" : percent((row[t] ?? 0) / all, 1);
}

/** An aligned table, rows truth, columns predictions, with each class's recall. Where it is too wide, a line a class. */
export function drawConfusionMatrix(
  matrix: ConfusionMatrix,
  names: readonly string[],
  { columns, colour }: Terminal,
): string {
  const fits = (gap: number) =>
    drawTable(matrix, names, gap, false)
      .split("\n")
      .every((line) => line.length <= columns);
  const gap = [2, 1].find(fits);
  return gap === undefined ? drawMistakes(matrix, names) : drawTable(matrix, names, gap, colour);
}

function drawTable(matrix: ConfusionMatrix, names: readonly string[], gap: number, colour: boolean): string {
  const { bold, dim, green, red } = pc.createColors(colour);
  const label = Math.max("truth".length, ...names.map((name) => name.length));
  const cell = gap + Math.max(...names.map((name) => name.length), ...matrix.flat().map((n) => String(n).length));
  const last = 2 + Math.max("recall".length, ...matrix.map((row, t) => recall(row, t).length));

  const over = "predicted".padStart(label + gap + "predicted".length);
  const header = "truth".padEnd(label) + names.map((name) => name.padStart(cell)).join("") + "recall".padStart(last);
  const rows = matrix.map((row, t) => {
    const cells = row.map((n, p) => {
      const text = (n === 0 ? "·" : String(n)).padStart(cell);
      if (t === p) return bold(green(text));
      return n === 0 ? dim(text) : red(text);
    });
    return (names[t] ?? String(t)).padEnd(label) + cells.join("") + recall(row, t).padStart(last);
  });
  return [dim(over), bold(header), ...rows].join("\n");
}

/** One line a class: how many of it were recognised, and what the others were most often taken for. */
function drawMistakes(matrix: ConfusionMatrix, names: readonly string[]): string {
  const label = Math.max(...names.map((name) => name.length));
  const lines = matrix.map((row, t) => {
    const wrong = row.map((n, p) => ({ n, p })).filter(({ n, p }) => n > 0 && p !== t);
    const worst = wrong.sort((a, b) => b.n - a.n)[0];
    const mistake = worst ? `, ${count(worst.n)} as ${names[worst.p]}` : "";
    return `${(names[t] ?? "").padEnd(label)} ${recall(row, t).padStart(7)}${mistake}`;
  });
  return lines.join("\n");
}
