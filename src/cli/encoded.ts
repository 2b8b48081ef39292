/** A table for training: read, its columns learned from training's rows, and what was noticed. */
import { Random, streams } from "../core/random.ts";
import { countExamples, type Dataset, selectExamples, split } from "../data/index.ts";
import { type Encoder, type EncoderOptions, fitEncoder, readTable, type Table, takeRows } from "../tables/index.ts";
import { exitCodes, speakingOf, usage } from "./failure.ts";
import type { TableFlags } from "./flags/table.ts";

/** Examples with the table's row of each. */
export interface EncodedDataset extends Dataset {
  readonly rows: ArrayLike<number>;
}

export interface EncodedSource {
  readonly data: EncodedDataset;
  readonly encoder: Encoder;
  /** The encoder of these rows alone, so that nothing of the others is known in training. */
  refit(training: Dataset): Encoder;
  /** The examples' rows by another encoder. */
  encode(encoder: Encoder, data: Dataset): EncodedDataset;
}

const DELIMITERS: Readonly<Record<string, string>> = { tab: "\t", "\\t": "\t", comma: ",", semicolon: ";" };

/** A table in a file, as the flags say or as it looks. */
export function openTable(path: string, bytes: Uint8Array, flags: TableFlags): Promise<Table> {
  const { header, delimiter, decimal, gaps } = flags;
  return speakingOf(path, exitCodes.failed, () =>
    readTable(bytes, {
      ...(header === undefined ? {} : { header }),
      ...(delimiter === undefined ? {} : { delimiter: DELIMITERS[delimiter] ?? delimiter }),
      ...(decimal === undefined ? {} : { decimal }),
      ...(gaps === undefined ? {} : { gaps: gaps.split(",") }),
    }),
  );
}

/** "3" is a column counted from 0 only where no column has that name. */
export function columnOf(text: string, { columns }: Table): string | number {
  const word = text.trim();
  return /^\d+$/.test(word) && !columns.some(({ name }) => name === word) ? Number(word) : word;
}

const listed = (text: string, table: Table) => text.split(",").map((word) => columnOf(word, table));

function encoderOptions(table: Table, { label, features, drop, task }: TableFlags): EncoderOptions {
  if (label === false)
    throw usage("--no-label: there is nothing to learn without a label. Name its column with --label.");
  const last = table.columns.length - 1;
  const chosen = typeof label === "string" ? columnOf(label, table) : last;
  const place = (column: string | number) =>
    typeof column === "number" ? column : table.columns.findIndex(({ name }) => name === column);
  const used = features === undefined ? undefined : listed(features, table);
  const places = new Set(used?.map(place));
  const others = used ? table.columns.flatMap((_, k) => (places.has(k) || k === place(chosen) ? [] : [k])) : [];
  return {
    label: chosen,
    drop: [...others, ...(drop === undefined ? [] : listed(drop, table))],
    ...(used ? { keep: used } : {}),
    ...(task === undefined || task === "auto" ? {} : { task }),
  };
}

/** Reads a table to learn from. */
export async function encodedSource(path: string, bytes: Uint8Array, flags: TableFlags): Promise<EncodedSource> {
  const table = await openTable(path, bytes, flags);
  const options = encoderOptions(table, flags);
  const encoder = await speakingOf(path, exitCodes.failed, () => fitEncoder(table, options));
  const data = encoded(encoder, table);
  const task = encoder.target?.task;
  return {
    data,
    encoder,
    refit: (training) => fitEncoder(takeRows(table, rowsOf(training)), { ...options, ...(task ? { task } : {}) }),
    encode: (other, some) => encoded(other, takeRows(table, rowsOf(some))),
  };
}

function rowsOf(data: Dataset): ArrayLike<number> {
  const rows: unknown = Reflect.get(data, "rows");
  return rows instanceof Int32Array || rows instanceof Float64Array ? rows : [];
}

function encoded(encoder: Encoder, table: Table): EncodedDataset {
  const { features, shape, labels = new Float64Array(), classes, rows } = encoder.encode(table);
  return { features, labels, shape, rows, ...(classes ? { classes } : {}) };
}

/** Two parts, in strata of the classes; a class of one example stays in training. */
export function splitKeepingSingles(data: Dataset, validation: number, seed: number, path: string) {
  const { classes, labels } = data;
  if (!classes) return split(data, { validation, seed });
  const counts = new Map<number, number>();
  for (const label of Array.from(labels, Number)) counts.set(label, (counts.get(label) ?? 0) + 1);
  const [single, several]: [number[], number[]] = [[], []];
  for (const [i, label] of Array.from(labels, Number).entries()) (counts.get(label) === 1 ? single : several).push(i);
  if (single.length === 0) return split(data, { validation, seed, stratified: true });
  const size = validation < 1 ? Math.round(validation * countExamples(data, path)) : validation;
  // The first examples of a permutation, leaving each class one to learn from.
  const order = new Random(seed, streams.shuffling).permutation(several.length);
  const aside: number[] = [];
  for (const place of order) {
    const i = several[place] ?? 0;
    const label = Number(labels[i]);
    const left = counts.get(label) ?? 0;
    if (aside.length >= size || left < 2) continue;
    counts.set(label, left - 1);
    aside.push(i);
  }
  const chosen = new Set(aside);
  const training = Array.from({ length: labels.length }, (_, i) => i).filter((i) => !chosen.has(i));
  return {
    training: selectExamples(data, Uint32Array.from(training)),
    validation: selectExamples(data, Uint32Array.from(aside)),
  };
}
