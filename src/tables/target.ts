/** What a table's label is: classes, or numbers with a centre and a scale found in double precision. */
import { OdenetError } from "../core/errors.ts";
import { numberOf } from "./numbers.ts";
import { textAt } from "./rows.ts";
import type { Column } from "./table.ts";

export type Task = "classification" | "regression";

export type Target = { readonly name: string; readonly why: string } & (
  | { readonly task: "classification"; readonly classes: readonly string[] }
  | { readonly task: "regression"; readonly centre: number; readonly scale: number }
);

/** Whole numbers of at most this many different values, each ten times on average, name classes. */
const MOST_CLASSES = 12;

/** The numbers of a column, NaN for a gap; undefined where a cell is none. */
export function numbersOf(column: Column): Float64Array | undefined {
  if (column.kind === "number") return column.values;
  const values = Float64Array.from({ length: column.values.length }, (_, row) => {
    const value = column.values[row] ?? null;
    if (value === null || typeof value === "boolean") return value === null ? Number.NaN : Number(value);
    return numberOf(value, ".") ?? Number.POSITIVE_INFINITY;
  });
  return values.includes(Number.POSITIVE_INFINITY) ? undefined : values;
}

const wholes = (n: number) => `${n} different whole number${n === 1 ? "" : "s"}`;

/** Which task a label suggests, and why, as the end of a sentence. */
export function taskOf(column: Column): { task: Task; why: string } {
  const numbers = column.kind === "boolean" ? undefined : numbersOf(column);
  if (!numbers) {
    const kinds = {
      boolean: "holds truth values",
      date: "holds dates",
      number: "",
      category: "is text",
      text: "is text",
      id: "is text",
    };
    return { task: "classification", why: `since it ${kinds[column.kind]}` };
  }
  const values = numbers.filter((value) => !Number.isNaN(value));
  const distinct = new Set(values);
  if (!values.every(Number.isInteger)) return { task: "regression", why: "since it has numbers with decimals" };
  const few = distinct.size === 2 || (distinct.size <= MOST_CLASSES && distinct.size * 10 <= values.length);
  const task = few ? "classification" : "regression";
  return { task, why: `since it has ${wholes(distinct.size)}` };
}

/** Numbers by size, then other names by character code: the same order on every machine. */
function sortedClasses(names: ReadonlySet<string>): string[] {
  const size = (name: string) => numberOf(name, ".") ?? Number.POSITIVE_INFINITY;
  return [...names].sort((a, b) => {
    const [x, y] = [size(a), size(b)];
    return x < y ? -1 : x > y ? 1 : a < b ? -1 : 1;
  });
}

export function fitTarget(column: Column, asked: Task | undefined): { target: Target; warnings: string[] } {
  const { name } = column;
  const guess = taskOf(column);
  const task = asked ?? guess.task;
  const why = asked ? "as you said" : guess.why;
  if (task === "regression") return { target: { name, why, task, ...scaleOf(column) }, warnings: [] };
  const counts = new Map<string, number>();
  for (let row = 0; row < column.values.length; row++) {
    const text = textAt(column, row);
    if (text !== undefined) counts.set(text, (counts.get(text) ?? 0) + 1);
  }
  const classes = sortedClasses(new Set(counts.keys()));
  const [only] = classes;
  if (classes.length < 2) {
    throw new OdenetError(
      "label",
      `fitEncoder: expected at least 2 classes in ${JSON.stringify(name)}, got ${only === undefined ? "no label" : `${JSON.stringify(only)} in every row`}: there is nothing to learn. Is that the column of the labels?`,
    );
  }
  if (classes.length > 1000) {
    throw new OdenetError(
      "label",
      `fitEncoder: expected at most 1000 classes in ${JSON.stringify(name)}, got ${classes.length}. Is that the column of the labels? Numbers are learned with task: "regression".`,
    );
  }
  return {
    target: { name, why, task, classes },
    warnings: [...rareClasses(name, counts), ...sameButCase(name, classes)],
  };
}

function rareClasses(name: string, counts: ReadonlyMap<string, number>): string[] {
  const single = [...counts].filter(([, n]) => n === 1).map(([text]) => JSON.stringify(text));
  if (single.length === 0) return [];
  const which =
    single.length > 5 ? `${single.slice(0, 5).join(", ")} and ${single.length - 5} more` : single.join(", ");
  return [
    `${name}: ${which} ${single.length === 1 ? "has" : "have"} one row only, which is learned from and cannot be checked`,
  ];
}

function sameButCase(name: string, classes: readonly string[]): string[] {
  const seen = new Map<string, string>();
  return classes.flatMap((text) => {
    const plain = text.toLowerCase().replace(/\s+/g, " ");
    const other = seen.get(plain);
    seen.set(plain, text);
    return other === undefined
      ? []
      : [
          `${name}: ${JSON.stringify(other)} and ${JSON.stringify(text)} are classes of their own, though they differ in case alone`,
        ];
  });
}

/** Mean and standard deviation in two passes: no cancellation however far the numbers lie from 0. */
export function momentsOf(values: ArrayLike<number>): { mean: number; deviation: number; count: number } {
  let count = 0;
  let mean = 0;
  for (let i = 0; i < values.length; i++) {
    const x = values[i] ?? Number.NaN;
    if (Number.isFinite(x)) mean += (x - mean) / ++count;
  }
  let square = 0;
  for (let i = 0; i < values.length; i++) {
    const d = (values[i] ?? Number.NaN) - mean;
    if (Number.isFinite(d)) square += d * d;
  }
  return { mean, deviation: count > 0 ? Math.sqrt(square / count) : 0, count };
}

function scaleOf(column: Column): { centre: number; scale: number } {
  const numbers = numbersOf(column);
  if (!numbers) {
    throw new OdenetError(
      "label",
      `fitEncoder: expected numbers in ${JSON.stringify(column.name)} for regression, got text. Take task: "classification", or another label.`,
    );
  }
  const { mean, deviation, count } = momentsOf(numbers);
  if (count === 0 || deviation === 0) {
    throw new OdenetError(
      "label",
      `fitEncoder: expected different numbers in ${JSON.stringify(column.name)}, got ${count === 0 ? "no number" : `${mean} in every row`}: there is nothing to learn. Is that the column of the labels?`,
    );
  }
  return { centre: mean, scale: deviation };
}
