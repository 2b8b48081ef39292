/** Columns of an Apache Arrow table → features: a number a cell, row by row; labels: one column, as class indices or targets. */
import { OdenetError } from "../core/errors.ts";
import type { Dataset } from "./dataset.ts";

/** What is read of a column: a `Vector` of apache-arrow has it. */
export interface ArrowColumn extends Iterable<unknown> {
  readonly length: number;
}

/** What is read of a table: a `Table` or a `RecordBatch` of apache-arrow, or anything of the same form. */
export interface ArrowTable {
  readonly numRows: number;
  readonly schema: { readonly fields: readonly { readonly name: string; readonly type: unknown }[] };
  getChild(name: string): ArrowColumn | null;
}

/** Options of `fromArrow`. */
export interface ArrowOptions {
  /** The column of the labels, default the last one; `null` for a table without labels. */
  label?: string | null;
  /** The columns of the features, in this order; default all but the label. */
  features?: readonly string[];
  /** Class names in order, for a column of text; default those in the table by character code. A stream must name them. */
  classes?: readonly string[];
}

/** A table's numbers. */
export interface ArrowDataset extends Dataset {
  /** n × n_f numbers, row by row: float32 where every column of the features is, else float64. */
  readonly features: Float32Array | Float64Array;
  /** Class indices, or target numbers; empty for a table without labels. */
  readonly labels: Int32Array | Float64Array;
  readonly shape: number;
  /** Names of the feature columns. */
  readonly columns: readonly string[];
}

/**
 * Data from a table or a record batch of Apache Arrow, which is what Parquet readers, DuckDB and data frames hand on. Features
 * are columns of numbers or booleans. The type of the label's column says what it is: text (plain or a dictionary) is names of
 * classes, integers and booleans are class indices from 0, floating numbers are targets. Numbers are copied. Throws `value` for
 * something that is no table, for a null and for a cell that is no finite number, `name` for an unknown column, `label` for a
 * label that is no class, `option` for a table without features.
 *
 * @example
 * const data = fromArrow(await tableFromIPC(fetch("iris.arrow")), { label: "species" });
 */
export function fromArrow(table: ArrowTable, { label, features, classes }: ArrowOptions = {}): ArrowDataset {
  const names = fieldNames(table);
  const labelled = label === undefined ? names.at(-1) : (label ?? undefined);
  const columns = features ?? names.filter((name) => name !== labelled);
  if (columns.length === 0 || (labelled !== undefined && columns.includes(labelled))) {
    const got = columns.length === 0 ? "none" : `the label ${JSON.stringify(labelled)} among them`;
    throw new OdenetError(
      "option",
      `fromArrow: expected at least 1 column of features besides the label, got ${got}. Name both; label: null reads a table without labels.`,
    );
  }
  const answers = labelled === undefined ? { labels: new Int32Array(0) } : labelsOf(table, labelled, classes);
  return { features: featuresOf(table, columns), shape: columns.length, columns, ...answers };
}

function fieldNames(table: ArrowTable): string[] {
  if (!Array.isArray(table?.schema?.fields) || typeof table.getChild !== "function" || !(table.numRows >= 0)) {
    throw new OdenetError(
      "value",
      "fromArrow: expected a table with numRows, schema and getChild, got something else. Pass what tableFromIPC returns, or a record batch.",
    );
  }
  return table.schema.fields.map(({ name }) => name);
}

function columnOf(table: ArrowTable, name: string): ArrowColumn {
  const column = table.getChild(name);
  if (column) return column;
  const known = fieldNames(table);
  const list = known.length > 20 ? `${known.slice(0, 20).join(", ")}, …` : known.join(", ");
  throw new OdenetError(
    "name",
    `fromArrow: expected one of the ${known.length} columns (${list}), got ${JSON.stringify(name)}. Name it as in the schema.`,
  );
}

const typeOf = ({ schema }: ArrowTable, name: string) =>
  String(schema.fields.find((field) => field.name === name)?.type);

function featuresOf(table: ArrowTable, columns: readonly string[]): Float32Array | Float64Array {
  const single = columns.every((name) => /^Float(16|32)$/.test(typeOf(table, name)));
  const numbers = new (single ? Float32Array : Float64Array)(table.numRows * columns.length);
  for (const [j, name] of columns.entries()) {
    let i = 0;
    for (const cell of columnOf(table, name)) {
      numbers[i * columns.length + j] = finite(cell, i, name, "Encode it as a number, or leave the column out.");
      i++;
    }
  }
  return numbers;
}

function finite(cell: unknown, row: number, name: string, fix: string): number {
  const value = typeof cell === "bigint" || typeof cell === "boolean" ? Number(cell) : cell;
  if (typeof value === "number" && Number.isFinite(value)) return value;
  throw new OdenetError(
    "value",
    `fromArrow: expected a finite number in row ${row}, column ${JSON.stringify(name)}, got ${shown(cell)}. ${cell === null ? "Fill or filter missing values first." : fix}`,
  );
}

const shown = (cell: unknown) =>
  typeof cell === "string" ? JSON.stringify(cell.slice(0, 40)) : String(cell).slice(0, 40);

function labelsOf(table: ArrowTable, name: string, classes: readonly string[] | undefined) {
  const cells = [...columnOf(table, name)];
  if (/^Float/.test(typeOf(table, name))) {
    return { labels: Float64Array.from(cells, (cell, i) => finite(cell, i, name, "Targets are numbers.")) };
  }
  const named = cells.some((cell) => typeof cell === "string");
  const order = classes ?? (named ? [...new Set(cells.filter((cell) => typeof cell === "string"))].sort() : undefined);
  const index = new Map<unknown, number>(named ? order?.map((text, i) => [text, i]) : []);
  const indexOf = (cell: unknown) => (named ? index.get(cell) : cell === null ? undefined : Number(cell));
  const most = order ? order.length - 1 : 0x7fffffff;
  const labels = Int32Array.from(cells, (cell, i) => {
    const at = indexOf(cell);
    if (at !== undefined && Number.isInteger(at) && at >= 0 && at <= most) return at;
    const expected = named ? `one of the classes ${order?.slice(0, 10).join(", ")}` : `a class from 0 to ${most}`;
    throw new OdenetError(
      "label",
      `fromArrow: expected ${expected} in row ${i}, column ${JSON.stringify(name)}, got ${shown(cell)}. Check the column${classes ? " and classes" : ""}.`,
    );
  });
  return order ? { labels, classes: order } : { labels };
}
