/** A run's history in a file: CSV and JSON for other programs, SVG as the learning curve. */

import { existsSync, readFileSync } from "node:fs";
import Papa from "papaparse";
import { known } from "../core/known.ts";
import { type Curve, curves } from "../plots/index.ts";
import type { Step } from "../training/index.ts";
import { usage } from "./failure.ts";
import { checkWritable, writeWhole } from "./files.ts";

/** One epoch; of a method that sees all examples in a step, one iteration. */
export interface HistoryRow {
  /** Time steps of the level, where there are levels. */
  steps?: number;
  /** From 1, as the command counts. */
  readonly epoch: number;
  readonly iteration: number;
  /** Mean over the epoch's batches, each before its update. */
  readonly objective: number;
  /** Of the last step. */
  readonly gradientNorm: number;
  readonly stepSize: number;
  readonly cgIterations?: number;
  readonly evaluations?: number;
  readonly validationLoss?: number;
  readonly validationAccuracy?: number;
  readonly note?: string;
}

const COLUMNS: readonly (keyof HistoryRow)[] = [
  ...(["steps", "epoch", "iteration", "objective", "gradientNorm", "stepSize", "cgIterations", "evaluations"] as const),
  ...(["validationLoss", "validationAccuracy", "note"] as const),
];

/** The row of an epoch's last step. */
export function historyRow({ epoch, iteration, value, gradientNorm, stepSize, epochEnd, ...step }: Step): HistoryRow {
  const { loss, accuracy } = epochEnd?.validation ?? {};
  return {
    ...{ epoch: epoch + 1, iteration, objective: epochEnd?.loss ?? value, gradientNorm, stepSize },
    ...(step.cgIterations === undefined ? {} : { cgIterations: step.cgIterations }),
    ...(step.evaluations === undefined ? {} : { evaluations: step.evaluations }),
    ...(loss === undefined ? {} : { validationLoss: loss }),
    ...(accuracy === undefined ? {} : { validationAccuracy: accuracy }),
    ...(step.note === undefined ? {} : { note: step.note }),
  };
}

const writers: Readonly<Record<string, (rows: readonly HistoryRow[]) => string>> = {
  csv: csvText,
  json: (rows) => `${JSON.stringify(rows, null, 1)}\n`,
  svg: learningCurve,
};

const endingOf = (path: string): string => /\.(\w+)$/.exec(path)?.[1]?.toLowerCase() ?? "";

/** Before the run: whether the files of --history can be written. */
export function checkHistory(paths: readonly string[]): void {
  for (const path of paths) {
    if (!Object.hasOwn(writers, endingOf(path)))
      throw usage(`--history ${path}: expected a file that ends in .csv, .json or .svg, got another. Rename it.`);
    checkWritable(path, "--history");
  }
}

export function writeHistory(paths: readonly string[], rows: readonly HistoryRow[]): void {
  for (const path of paths) writeWhole(path, known(writers[endingOf(path)])(rows));
}

const readers: Readonly<Record<string, (text: string) => unknown>> = {
  csv: (text) => Papa.parse(text, { header: true, dynamicTyping: true, skipEmptyLines: true }).data,
  json: (text) => JSON.parse(text),
};

/**
 * The whole run's rows, where it was taken up again: those that the first of the files has of the time before, then these.
 * A file that is no history, or a picture of one, has none.
 */
export function takenUp(paths: readonly string[], rows: readonly HistoryRow[]): readonly HistoryRow[] {
  const start = rows[0]?.iteration ?? Number.POSITIVE_INFINITY;
  const path = paths.find((path) => Object.hasOwn(readers, endingOf(path)) && existsSync(path));
  return path === undefined ? rows : [...rowsIn(path).filter(({ iteration }) => iteration < start), ...rows];
}

function rowsIn(path: string): readonly HistoryRow[] {
  const isRow = (row: Partial<HistoryRow> | null) => Number.isFinite(row?.iteration) && Number.isFinite(row?.objective);
  try {
    const found = readers[endingOf(path)]?.(readFileSync(path, "utf8"));
    return Array.isArray(found) && found.every(isRow) ? found.map(withoutBlanks) : [];
  } catch {
    return [];
  }
}

/** A cell that CSV leaves empty is a value that the row has not. */
const withoutBlanks = (row: HistoryRow) =>
  Object.fromEntries(Object.entries(row).filter(([, value]) => value !== null)) as unknown as HistoryRow;

/** The columns that any row has. */
function csvText(rows: readonly HistoryRow[]): string {
  const columns = COLUMNS.filter((name) => rows.some((row) => row[name] !== undefined));
  const cell = (value: string | number | undefined) =>
    typeof value === "string" ? `"${value.replaceAll('"', '""')}"` : String(value ?? "");
  return [columns.join(","), ...rows.map((row) => columns.map((name) => cell(row[name])).join(","))]
    .map((line) => `${line}\n`)
    .join("");
}

/** Objective and validation loss over the epochs, on a logarithmic axis where all are positive. */
function learningCurve(rows: readonly HistoryRow[]): string {
  const x = rows.map((_, k) => k + 1);
  const loss = rows.map((row) => row.validationLoss ?? Number.NaN);
  const series: Curve[] = [{ x, y: rows.map(({ objective }) => objective), label: "objective" }];
  if (loss.some(Number.isFinite)) series.push({ x, y: loss, label: "validation loss" });
  if (rows.some(({ evaluations }) => evaluations !== undefined))
    series.push({ x, y: rows.map(({ gradientNorm }) => gradientNorm), label: "gradient norm", style: "dashed" });
  const positive = series.every(({ y }) => Array.from(y).every((value) => Number.isNaN(value) || value > 0));
  const levels = rows.flatMap(({ steps }, k) => (steps !== undefined && steps !== rows[k - 1]?.steps ? [steps] : []));
  return curves(series, {
    title: levels.length > 1 ? `Learning curve, ${levels.join(" → ")} time steps` : "Learning curve",
    x: { label: "epochs" },
    y: { scale: positive ? "log" : "linear" },
  });
}
