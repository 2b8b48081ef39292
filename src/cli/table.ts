/** A CSV file for a model that was not trained on a table, or was before models kept encoders: columns of numbers, by name or place. */
import Papa from "papaparse";
import { findDelimiter } from "../data/csvRows.ts";
import { type CsvDataset, type CsvOptions, readCsv } from "../data/index.ts";
import { exitCodes, Failure, speakingOf } from "./failure.ts";
import type { PlainTableFlags } from "./flags/table.ts";

/** What a model remembers of its table. */
export interface Table {
  /** Names of the features' columns. */
  readonly columns: readonly string[];
  /** Name of the label's column. */
  readonly label: string | null;
  /** Whether the names came from a header. */
  readonly named: boolean;
}

/** "3" is a column counted from 0 only where no column has that name. */
const column = (text: string, names: readonly string[]): string | number =>
  names.includes(text) || !/^\d+$/.test(text) ? text : Number(text);

const DELIMITERS: Readonly<Record<string, string>> = { tab: "\t", "\\t": "\t", comma: ",", semicolon: ";" };
const delimiterOf = ({ delimiter }: PlainTableFlags) =>
  delimiter === undefined ? undefined : (DELIMITERS[delimiter] ?? delimiter);

/** The cells of a table's first row, whether names or not. What is wrong with it is said by readCsv. */
function headerOf(bytes: Uint8Array, delimiter?: string): string[] {
  const start = new TextDecoder()
    .decode(bytes.subarray(0, 65536))
    .replace(/^\uFEFF/, "")
    .replace(/\r\n?/g, "\n")
    .trimStart();
  const options = { delimiter: delimiter ?? findDelimiter(start), newline: "\n" as const, preview: 1 };
  return (Papa.parse<string[]>(start, options).data[0] ?? []).map((cell) => cell.trim());
}

function csvOptions(bytes: Uint8Array, flags: PlainTableFlags): CsvOptions {
  const { label, features, header, missing, decimal, task } = flags;
  const delimiter = delimiterOf(flags);
  const names = headerOf(bytes, delimiter);
  return {
    ...(header === undefined ? {} : { header }),
    ...(label === undefined || label === true ? {} : { label: label === false ? null : column(label, names) }),
    ...(features === undefined ? {} : { features: features.split(",").map((name) => column(name.trim(), names)) }),
    ...(missing === undefined ? {} : { missing }),
    ...(delimiter === undefined ? {} : { delimiter }),
    ...(decimal === undefined ? {} : { decimal }),
    ...(task === undefined ? {} : { task }),
  };
}

/**
 * Reads a table for a model that knows its columns: by name where both have names, else by position. With `labels`, the
 * labels too, as the model's classes or as numbers.
 */
export async function readTableFor(
  path: string,
  bytes: Uint8Array,
  flags: PlainTableFlags,
  model: { table: Table | undefined; features: number; classes: readonly string[] | undefined },
  labels: boolean,
): Promise<CsvDataset> {
  const { table, features: count, classes } = model;
  const names = headerOf(bytes, delimiterOf(flags));
  const byName = table?.named === true && table.columns.every((name) => names.includes(name));
  const asked = csvOptions(bytes, flags);
  const read = (more: CsvOptions) => speakingOf(path, exitCodes.failed, () => readCsv(bytes, { ...asked, ...more }));
  const task: CsvOptions = classes ? { classes } : { task: "regression" };
  if (labels) {
    const label: CsvOptions = byName && asked.label === undefined && table.label !== null ? { label: table.label } : {};
    const columns: CsvOptions = byName && !asked.features ? { features: table.columns } : {};
    return fitting(path, await read({ ...columns, ...label, ...task }), count, table);
  }
  if (byName && !asked.features)
    return fitting(path, await read({ label: null, features: table.columns }), count, table);
  if (asked.label !== undefined || asked.features) return fitting(path, await read({}), count, table);
  const width = names.length;
  // A table with its label still in it: the label is left out.
  const without = width === count + 1 ? { features: names.map((_, i) => i).slice(0, -1) } : {};
  return fitting(path, await read({ label: null, ...without }), count, table);
}

function fitting(path: string, data: CsvDataset, count: number, table: Table | undefined): CsvDataset {
  if (data.shape === count) return data;
  const columns = table?.named ? ` (${table.columns.join(", ")})` : "";
  throw new Failure(
    `${path}: expected ${count} columns of features${columns} as the model was trained on, got ${data.shape} (${data.columns.join(", ")}). Choose them with --features, or take the table the model is for.`,
  );
}
