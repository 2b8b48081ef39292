/** A table as people have it → columns of one kind each. */
import { OdenetError } from "../core/errors.ts";
import { type Rules, readOptions } from "../core/registry.ts";
import { isGap, truthOf } from "./cells.ts";
import { type DateOrder, dateOf } from "./dates.ts";
import { delimited, type Records } from "./delimited.ts";
import { isHeader, uniqueNames } from "./header.ts";
import { decimalOf, type Kind, kindOf, Look } from "./kinds.ts";
import { type Decimal, numberOf } from "./numbers.ts";
import { parseJson, recordsOf, type TableLike } from "./records.ts";
import { decodeText } from "./text.ts";

export type { Kind } from "./kinds.ts";
export type { TableLike } from "./records.ts";

/** A column's values, row by row; a gap is NaN among numbers, else null. Dates are ISO 8601 text. */
export type Column = { readonly name: string } & (
  | { readonly kind: "number"; readonly values: Float64Array }
  | { readonly kind: "boolean"; readonly values: readonly (boolean | null)[] }
  | { readonly kind: "category" | "text" | "id"; readonly values: readonly (string | null)[] }
  | {
      readonly kind: "date";
      readonly values: readonly (string | null)[];
      /** The order of day, month and year that was read from the column, and its cells as they were written. */
      readonly order: DateOrder;
      readonly written: readonly (string | null)[];
    }
);

export interface Table {
  readonly columns: readonly Column[];
  /** How many rows. */
  readonly rows: number;
  /** Whether the columns have names of their own; else they are called "column 0", "column 1", … */
  readonly named: boolean;
  /** The decimal sign that was given or found. */
  readonly decimal: Decimal;
  /** What was noticed while reading, in sentences. */
  readonly warnings: readonly string[];
}

export interface TableOptions {
  /** One character, or " " for any number of blanks; default: found by itself. */
  delimiter?: string;
  /** Decimal sign; default: a comma where a column makes sense with it alone. */
  decimal?: Decimal;
  /** Whether the first row names the columns; default: found by itself. */
  header?: boolean;
  /** Words for a missing value, besides the usual ones (empty, NA, N/A, #N/A, NaN, null, None, -, ? …). */
  gaps?: readonly string[];
}

const rules: Rules<TableOptions> = {
  delimiter: {
    kind: "custom",
    label: "one character",
    words: ["sep", "separator"],
    check(value, where) {
      if (typeof value === "string" && value.length === 1 && !'\n\r"'.includes(value)) return value;
      throw new OdenetError(
        "option",
        `${where}: expected one character, got ${JSON.stringify(value)}. Leave it out to have it found.`,
      );
    },
  },
  decimal: { kind: "choice", label: "decimal sign", choices: [".", ","] },
  header: { kind: "boolean", label: "the first row names the columns" },
  gaps: {
    kind: "custom",
    label: "words for a missing value",
    words: ["na_values", "naValues", "missing"],
    initial: [],
    check(value, where) {
      if (Array.isArray(value) && value.every((word) => typeof word === "string")) return value;
      throw new OdenetError("option", `${where}: expected a list of words, got ${JSON.stringify(value)}.`);
    },
  },
};

/**
 * Reads a table: text or bytes of a file (CSV and its relatives, JSON, NDJSON; gzip, UTF-8, UTF-16, Latin-1), rows as objects or
 * arrays, columns by name, or a table of Apache Arrow. Throws `file` for a table that is empty, ragged or badly quoted.
 */
export function readTable(source: string | Uint8Array | TableLike, options: TableOptions = {}): Table {
  const { delimiter, decimal, header, gaps = [] } = readOptions("readTable", rules, options);
  const isText = typeof source === "string" || source instanceof Uint8Array;
  const text = isText ? decodeText(source) : "";
  const records = isText ? (parseJson(text) ?? delimited(text, delimiter)) : recordsOf(source);
  const { given, skip } = namesOf(records, header);
  const { names, warnings } = uniqueNames(given);
  const missing = new Set(gaps);
  const looks = names.map(() => new Look());
  const rows = eachRow(records, skip, (cells) => {
    for (let k = 0; k < looks.length; k++) {
      const look = looks[k];
      const cell = cells[k] ?? "";
      if (!look) continue;
      if (isGap(cell, missing)) look.gaps++;
      else look.add(cell);
    }
  });
  if (rows === 0) {
    throw new OdenetError(
      "file",
      `readTable: expected at least 1 row of data, got ${skip ? "a header alone" : "an empty table"}. Check the file.`,
    );
  }
  const sign = decimal ?? decimalOf(looks);
  const kinds = looks.map((look, k) => kindOf(given[k] ?? "", look, sign));
  const builders = kinds.map((kind, k) => builderOf(kind, rows, sign, looks[k]?.orders[0]));
  let at = 0;
  eachRow(records, skip, (cells) => {
    for (let k = 0; k < builders.length; k++) {
      const cell = cells[k] ?? "";
      builders[k]?.set(at, isGap(cell, missing) ? undefined : cell);
    }
    at++;
  });
  const columns = builders.map((builder, k) => builder.column(names[k] ?? ""));
  return { columns, rows, named: skip || records.names !== undefined, decimal: sign, warnings };
}

function eachRow(records: Records, skip: boolean, row: (cells: readonly string[], line: number) => void): number {
  let seen = 0;
  records.visit((cells, line) => {
    if (seen++ > 0 || !skip) row(cells, line);
  });
  return Math.max(0, seen - Number(skip));
}

/** Rows that are looked at to tell a header. */
const SAMPLE = 200;

/** The columns' names as they stand, and whether they are the first record. */
function namesOf(records: Records, header: boolean | undefined): { given: readonly string[]; skip: boolean } {
  if (records.names) return { given: records.names, skip: false };
  const sample: (readonly string[])[] = [];
  records.visit((cells) => {
    if (sample.length < SAMPLE) sample.push(cells);
  });
  const [first = [], ...others] = sample;
  const skip = header ?? isHeader(first, others);
  return { given: skip ? first : Array.from({ length: records.width }, (_, k) => `column ${k}`), skip };
}

interface Builder {
  set(row: number, cell: string | undefined): void;
  column(name: string): Column;
}

function builderOf(kind: Kind, rows: number, decimal: Decimal, order: DateOrder = "ymd"): Builder {
  if (kind === "number") {
    const values = new Float64Array(rows);
    return {
      set(row, cell) {
        values[row] = cell === undefined ? Number.NaN : (numberOf(cell, decimal) ?? Number.NaN);
      },
      column: (name) => ({ name, kind, values }),
    };
  }
  if (kind === "boolean") {
    const values = new Array<boolean | null>(rows);
    return {
      set(row, cell) {
        values[row] = cell === undefined ? null : (truthOf(cell) ?? null);
      },
      column: (name) => ({ name, kind, values }),
    };
  }
  // One copy of each word: slices of a file would keep all of it in memory.
  const words = new Map<string, string>();
  const kept = (cell: string): string => {
    const known = words.get(cell);
    if (known !== undefined) return known;
    words.set(cell, cell);
    return cell;
  };
  const values = new Array<string | null>(rows);
  if (kind !== "date") {
    return {
      set(row, cell) {
        values[row] = cell === undefined ? null : kept(cell);
      },
      column: (name) => ({ name, kind, values }),
    };
  }
  const written = new Array<string | null>(rows);
  return {
    set(row, cell) {
      written[row] = cell === undefined ? null : kept(cell);
      values[row] = cell === undefined ? null : (dateOf(cell, order) ?? null);
    },
    column: (name) => ({ name, kind, values, order, written }),
  };
}
