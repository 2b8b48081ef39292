/** One column of a table ↔ numbers of an example: what is learned of it from training, and how a value becomes features. */
import { OdenetError } from "../core/errors.ts";
import { truthOf } from "./cells.ts";
import { type DateOrder, dateOf, secondsOf } from "./dates.ts";
import { numberOf } from "./numbers.ts";
import { textAt } from "./rows.ts";
import type { Column } from "./table.ts";
import { momentsOf } from "./target.ts";

/** (x − centre) / scale, with the median for a gap; with `indicator`, 1 beside it says that there was one. */
interface Scaled {
  readonly fill: number;
  readonly indicator: boolean;
  readonly centre: number;
  readonly scale: number;
}

/** What is known of a column, as plain data. */
export type Encoding = { readonly name: string } & (
  | ({ readonly kind: "number" | "boolean" } & Scaled)
  /** One 0 or 1 a category; `rare`: one for all others, `gap`: one for a missing value. */
  | { readonly kind: "category"; readonly categories: readonly string[]; readonly rare: boolean; readonly gap: boolean }
  /** Days since 1970, month and weekday, and the hour where some date has one. */
  | ({ readonly kind: "date"; readonly order: DateOrder; readonly hours: boolean } & Scaled)
);

/** Why a column is not used, in a sentence. */
export interface LeftOut {
  readonly name: string;
  readonly why: string;
}

/** Categories of a column that are kept apart. */
const MOST_CATEGORIES = 30;
const DAY = 86_400;

export function fitColumn(column: Column, keep: boolean): Encoding | LeftOut {
  const { name, kind } = column;
  const n = column.values.length;
  const texts = kind === "number" ? [] : column.values.filter((value) => value !== null);
  if (kind !== "number" && texts.length === 0) return { name, why: "is empty" };
  if (kind === "number") return scaled(name, column.values);
  if (kind === "boolean") {
    return scaled(
      name,
      Float64Array.from(column.values, (value) => (value === null ? Number.NaN : Number(value))),
      kind,
    );
  }
  if (kind === "date") {
    const days = Float64Array.from(column.values, (value) => (value === null ? Number.NaN : secondsOf(value) / DAY));
    const found = scaled(name, days);
    if ("why" in found) return found;
    const hours = column.values.some((value) => value?.includes("T"));
    return { ...found, kind: "date", order: column.order, hours };
  }
  if (!keep && kind === "id") return { name, why: "has another value in every row, as an identifier has" };
  if (!keep && kind === "text") return { name, why: "is free text" };
  const counts = new Map<string, number>();
  for (const value of column.values)
    if (value !== null) counts.set(String(value), (counts.get(String(value)) ?? 0) + 1);
  if (counts.size === 1 && texts.length === n) return { name, why: `is ${JSON.stringify(texts[0])} in every row` };
  const least = n < 200 ? 2 : 5;
  const byCount = [...counts].sort(([a, m], [b, k]) => k - m || (a < b ? -1 : 1));
  const categories = byCount
    .filter(([, count]) => count >= least)
    .slice(0, MOST_CATEGORIES)
    .map(([text]) => text)
    .sort();
  if (categories.length === 0) return { name, why: "has another value in nearly every row" };
  return { name, kind: "category", categories, rare: categories.length < counts.size, gap: texts.length < n };
}

function scaled(
  name: string,
  values: Float64Array,
  kind: "number" | "boolean" = "number",
): (Encoding & Scaled) | LeftOut {
  const finite = values.filter(Number.isFinite).sort();
  if (finite.length === 0) return { name, why: "has no number" };
  const indicator = finite.length < values.length;
  const middle = finite.length >> 1;
  const upper = finite[middle] ?? 0;
  const fill = finite.length % 2 === 1 ? upper : ((finite[middle - 1] ?? upper) + upper) / 2;
  const { mean, deviation } = momentsOf(values);
  if (deviation === 0 && !indicator) return { name, why: `is ${finite[0]} in every row` };
  return { name, kind, fill, indicator, centre: mean, scale: deviation || 1 };
}

/** Names of the features of a column. */
export function featureNames(encoding: Encoding): string[] {
  const { name } = encoding;
  if (encoding.kind === "category") {
    const { categories, rare, gap } = encoding;
    if (isPair(encoding)) return [`${name} = ${categories[1]}`];
    return [...categories, ...(rare ? ["another"] : []), ...(gap ? ["missing"] : [])].map(
      (text) => `${name} = ${text}`,
    );
  }
  const gap = encoding.indicator ? [`${name} missing`] : [];
  if (encoding.kind !== "date") return [name, ...gap];
  const parts = [
    "month cos",
    "month sin",
    "weekday cos",
    "weekday sin",
    ...(encoding.hours ? ["hour cos", "hour sin"] : []),
  ];
  return [name, ...parts.map((part) => `${name} ${part}`), ...gap];
}

/** Two categories and nothing else are one feature, 0 or 1. */
const isPair = ({ categories, rare, gap }: Extract<Encoding, { kind: "category" }>): boolean =>
  categories.length === 2 && !rare && !gap;

/** Writes the features of every row to `into[at + stride · row …]`; returns what was noticed. */
export function encodeColumn(
  encoding: Encoding,
  column: Column,
  into: Float64Array,
  at: number,
  stride: number,
): string[] {
  const rows = column.values.length;
  if (encoding.kind === "category") return encodeCategory(encoding, column, into, at, stride);
  const { fill, centre, scale, indicator } = encoding;
  const last = featureNames(encoding).length - 1;
  let infinite = 0;
  for (let row = 0; row < rows; row++) {
    let value = encoding.kind === "date" ? daysAt(encoding, column, row) : numberAt(encoding, column, row);
    const gap = !Number.isFinite(value);
    if (gap && !Number.isNaN(value)) infinite++;
    if (gap) value = fill;
    const place = at + stride * row;
    into[place] = (value - centre) / scale;
    if (encoding.kind === "date") into.set(circles(value, encoding.hours), place + 1);
    if (indicator) into[place + last] = Number(gap);
  }
  return infinite === 0
    ? []
    : [`${encoding.name}: ${infinite} infinite value${infinite === 1 ? "" : "s"} taken as missing`];
}

function encodeCategory(
  encoding: Extract<Encoding, { kind: "category" }>,
  column: Column,
  into: Float64Array,
  at: number,
  stride: number,
): string[] {
  const { name, categories, rare, gap } = encoding;
  const index = new Map(categories.map((text, k) => [text, k]));
  const unseen = new Set<string>();
  const pair = isPair(encoding);
  for (let row = 0; row < column.values.length; row++) {
    const text = textAt(column, row);
    const place = at + stride * row;
    let slot = text === undefined ? (gap ? categories.length + Number(rare) : -1) : (index.get(text) ?? -1);
    if (text !== undefined && slot < 0) {
      if (!rare) unseen.add(text);
      slot = rare ? categories.length : -1;
    }
    if (pair) into[place] = slot < 0 ? 0.5 : slot;
    else if (slot >= 0) into[place + slot] = 1;
  }
  if (unseen.size === 0) return [];
  const some = [...unseen]
    .slice(0, 5)
    .map((text) => JSON.stringify(text))
    .join(", ");
  return [
    `${name}: ${some}${unseen.size > 5 ? " and others" : ""} did not occur in training, and count${unseen.size === 1 ? "s" : ""} as none of its categories`,
  ];
}

function numberAt(encoding: { name: string; kind: string }, column: Column, row: number): number {
  if (column.kind === "number") return column.values[row] ?? Number.NaN;
  const text = textAt(column, row);
  if (text === undefined) return Number.NaN;
  const truth = encoding.kind === "boolean" || column.kind === "boolean" ? truthOf(text) : undefined;
  const value = truth === undefined ? numberOf(text, ".") : Number(truth);
  if (value !== undefined) return value;
  throw new OdenetError(
    "value",
    `encode: expected ${encoding.kind === "boolean" ? "true or false" : "a number"} in column ${JSON.stringify(encoding.name)}, row ${row}, got ${JSON.stringify(text.slice(0, 40))}. It held ${encoding.kind === "boolean" ? "truth values" : "numbers"} in training.`,
  );
}

function daysAt(encoding: { name: string; order: DateOrder }, column: Column, row: number): number {
  const text = column.kind === "date" ? (column.written[row] ?? undefined) : textAt(column, row);
  if (text === undefined) return Number.NaN;
  const iso = dateOf(text, encoding.order) ?? dateOf(text, "ymd");
  if (iso !== undefined) return secondsOf(iso) / DAY;
  throw new OdenetError(
    "value",
    `encode: expected a date in column ${JSON.stringify(encoding.name)}, row ${row}, got ${JSON.stringify(text.slice(0, 40))}. It held dates in training.`,
  );
}

/** Month, weekday and hour as points of a circle, where December lies beside January. */
function circles(days: number, hours: boolean): number[] {
  const date = new Date(days * DAY * 1000);
  const turns = [date.getUTCMonth() / 12, date.getUTCDay() / 7, ...(hours ? [date.getUTCHours() / 24] : [])];
  return turns.flatMap((turn) => point(turn));
}

/** (cos 2πt, sin 2πt) for t in [0, 1], by Bhaskara's rational approximation (629 AD): exact arithmetic, error below 0.002. */
function point(t: number): [number, number] {
  const sine = (u: number): number => {
    const x = 2 * (u < 0.5 ? u : u - 0.5); // half turns
    const value = (16 * x * (1 - x)) / (5 - 4 * x * (1 - x));
    return u < 0.5 ? value : -value;
  };
  return [sine((t + 0.25) % 1), sine(t)];
}
