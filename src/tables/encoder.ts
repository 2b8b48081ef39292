/** A table ↔ data for a model: all that is found in training (fills, categories, centres, scales, classes), as plain data. */
import { OdenetError } from "../core/errors.ts";
import { type Rules, readOptions, unknownName } from "../core/registry.ts";
import { type Encoding, encodeColumn, featureNames, fitColumn } from "./features.ts";
import { findColumn, textAt } from "./rows.ts";
import type { Column, Table } from "./table.ts";
import { fitTarget, numbersOf, type Target, type Task } from "./target.ts";

export interface EncoderOptions {
  /** The label's column, by name or counted from 0; default the last one; null: none. */
  label?: string | number | null;
  /** Default: by the label's look; `encoder.target.why` says it. */
  task?: Task;
  /** Columns that are not used. */
  drop?: readonly (string | number)[];
  /** Columns that are used though they look like identifiers or free text. */
  keep?: readonly (string | number)[];
}

/** What `JSON.stringify(encoder)` holds. */
export interface EncoderDescription {
  readonly format: 1;
  readonly columns: readonly Encoding[];
  readonly target?: Target;
  /** Whether the columns had names; else they are told by their place among `width`, the label at `labelPlace`. */
  readonly named: boolean;
  readonly width: number;
  readonly labelPlace?: number;
  readonly decimal: "." | ",";
}

/** A table's rows as a model takes them. */
export interface EncodedTable {
  /** n × shape numbers, row by row. */
  readonly features: Float64Array;
  readonly shape: number;
  /** Class indices, or targets with the centre taken off and divided by the scale; absent where the table has no label. */
  readonly labels?: Int32Array | Float64Array;
  readonly classes?: readonly string[];
  /** The table's row of each example: rows without a label are left out, where others have one. */
  readonly rows: Int32Array;
  readonly warnings: readonly string[];
}

export interface Encoder extends EncoderDescription {
  /** How many numbers an example has, and how many scores a model needs. */
  readonly inputs: number;
  readonly outputs: number;
  readonly classes?: readonly string[];
  /** Names of the features. */
  readonly features: readonly string[];
  /** What was noticed in training's table. */
  readonly warnings: readonly string[];
  /**
   * Features and, where the table has the label, labels. `labels: false` leaves them out, and keeps every row. Throws `name` for a
   * column that is missing, with the nearest name that is there, `value` for text where numbers were, `label` for a new class.
   */
  encode(table: Table, options?: { labels?: boolean }): EncodedTable;
  toJSON(): EncoderDescription;
}

const list = (label: string) => ({
  kind: "custom" as const,
  label,
  initial: [],
  check(value: unknown, where: string): readonly (string | number)[] {
    if (Array.isArray(value) && value.every((v) => typeof v === "string" || typeof v === "number")) return value;
    throw new OdenetError("option", `${where}: expected a list of columns, got ${JSON.stringify(value)}.`);
  },
});

const rules: Rules<EncoderOptions> = {
  label: {
    kind: "custom",
    label: "column of the labels",
    words: ["target", "y"],
    check(value, where) {
      if (value === null || typeof value === "string" || typeof value === "number") return value;
      throw new OdenetError(
        "option",
        `${where}: expected a column's name or place, or null, got ${JSON.stringify(value)}.`,
      );
    },
  },
  task: { kind: "choice", label: "task", choices: ["classification", "regression"] },
  drop: list("columns that are not used"),
  keep: list("columns that are used in any case"),
};

/** Learns from training's table how its columns become features and labels. Throws `name`, `label`, `option`. */
export function fitEncoder(table: Table, options: EncoderOptions = {}): Encoder {
  const { task, drop = [], keep = [], label = table.columns.length - 1 } = readOptions("fitEncoder", rules, options);
  const found = label === null ? undefined : findColumn(table, label, "fitEncoder: label");
  const dropped = new Set(drop.map((column) => findColumn(table, column, "fitEncoder: drop")));
  const kept = new Set(keep.map((column) => findColumn(table, column, "fitEncoder: keep")));
  const warnings = [...table.warnings];
  const columns = table.columns.flatMap((column) => {
    if (column === found || dropped.has(column)) return [];
    const encoding = fitColumn(column, kept.has(column));
    if ("kind" in encoding) return [encoding];
    warnings.push(`${column.name} is left out: it ${encoding.why}`);
    return [];
  });
  if (columns.length === 0) {
    throw new OdenetError(
      "option",
      `fitEncoder: expected at least 1 column of features, got none${warnings.length > 0 ? ` (${warnings.join("; ")})` : ""}. Name columns to use all the same with keep.`,
    );
  }
  const target = found && fitTarget(found, task);
  return encoderOf(
    {
      format: 1,
      columns,
      ...(found && target ? { target: target.target, labelPlace: table.columns.indexOf(found) } : {}),
      named: table.named,
      width: table.columns.length,
      decimal: table.decimal,
    },
    [...warnings, ...(target?.warnings ?? [])],
  );
}

/** The encoder of a description. */
export function encoderOf(description: EncoderDescription, warnings: readonly string[] = []): Encoder {
  const { columns, target } = description;
  const features = columns.flatMap(featureNames);
  const classes = target?.task === "classification" ? target.classes : undefined;
  return Object.freeze({
    ...description,
    inputs: features.length,
    outputs: classes?.length ?? 1,
    ...(classes ? { classes } : {}),
    features,
    warnings,
    encode: (table: Table, { labels = true }: { labels?: boolean } = {}) =>
      encode(description, features.length, table, labels),
    toJSON: () => description,
  });
}

function encode(description: EncoderDescription, shape: number, given: Table, labelled: boolean): EncodedTable {
  const { columns, target } = description;
  const table = placed(description, given);
  const byName = new Map(table.columns.map((column) => [column.name, column]));
  const warnings = [...table.warnings];
  const all = new Float64Array(table.rows * shape);
  let at = 0;
  for (const encoding of columns) {
    const column = byName.get(encoding.name);
    if (!column) throw missing(encoding.name, table);
    warnings.push(...encodeColumn(encoding, column, all, at, shape));
    at += featureNames(encoding).length;
  }
  const label = labelled && target ? byName.get(target.name) : undefined;
  const known = label && labelsOf(label, target);
  const every = Int32Array.from({ length: table.rows }, (_, row) => row);
  if (!known) return { features: all, shape, rows: every, warnings };
  const rows = every.filter((row) => !Number.isNaN(known[row]));
  const lost = table.rows - rows.length;
  if (lost > 0) warnings.push(`${lost} row${lost === 1 ? "" : "s"} without a label left out`);
  const features = lost === 0 ? all : new Float64Array(rows.length * shape);
  if (lost > 0)
    for (const [i, row] of rows.entries()) features.set(all.subarray(row * shape, (row + 1) * shape), i * shape);
  const values = Float64Array.from(rows, (row) => known[row] ?? 0);
  const classes = target?.task === "classification" ? target.classes : undefined;
  const labels = classes ? Int32Array.from(values) : values;
  return { features, shape, labels, ...(classes ? { classes } : {}), rows, warnings };
}

/** A table without names, by place: where it has one column less than training's, it is the label that is not there. */
function placed({ named, width, labelPlace }: EncoderDescription, table: Table): Table {
  const ownNames = table.columns.map((_, k) => `column ${k}`);
  if (named || table.columns.length === width) {
    return named
      ? table
      : { ...table, columns: table.columns.map((column, k) => ({ ...column, name: ownNames[k] ?? "" })) };
  }
  if (labelPlace !== undefined && table.columns.length === width - 1) {
    const columns = table.columns.map((column, k) => ({ ...column, name: `column ${k < labelPlace ? k : k + 1}` }));
    return { ...table, columns };
  }
  throw new OdenetError(
    "length",
    `encode: expected ${width} columns as in training${labelPlace === undefined ? "" : `, or ${width - 1} without the label`}, got ${table.columns.length}. Take a table of the same columns.`,
  );
}

function missing(name: string, table: Table): OdenetError {
  if (!table.named) {
    return new OdenetError(
      "name",
      `encode: expected a column ${JSON.stringify(name)}, got a table without names. Give it the header that training's table had.`,
    );
  }
  return unknownName(
    "encode",
    "a column",
    name,
    table.columns.map((column) => column.name),
  );
}

/** Labels as numbers, NaN for a gap. */
function labelsOf(column: Column, target: Target | undefined): Float64Array | undefined {
  if (target?.task === "regression") {
    const numbers = numbersOf(column);
    if (numbers) return numbers.map((value) => (value - target.centre) / target.scale);
    throw new OdenetError(
      "label",
      `encode: expected numbers in the label ${JSON.stringify(column.name)} as in training, got text.`,
    );
  }
  const index = new Map(target?.classes.map((name, k) => [name, k]));
  return Float64Array.from({ length: column.values.length }, (_, row) => {
    const text = textAt(column, row);
    if (text === undefined) return Number.NaN;
    const label = index.get(text);
    if (label !== undefined) return label;
    throw new OdenetError(
      "label",
      `encode: expected one of the classes ${[...index.keys()].slice(0, 10).join(", ")} in ${JSON.stringify(column.name)}, row ${row}, got ${JSON.stringify(text.slice(0, 40))}. Was it in training's table?`,
    );
  });
}
