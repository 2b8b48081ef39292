/** CSV table → features: a number a cell, row by row; labels: one column, as class indices or as numbers. */
import { OdenetError } from "../core/errors.ts";
import { csvText, findDelimiter, visitRows } from "./csvRows.ts";
import type { Dataset } from "./dataset.ts";

/** Options of `readCsv`. A column is named as in the header, or counted from 0. */
export interface CsvOptions {
  /** Whether the first row names the columns; `"auto"` (default): it does if none of its cells is a number. */
  header?: "auto" | boolean;
  /** The column of the labels, default `"last"`; `null` for a table without labels. */
  label?: string | number | null;
  /** The columns of the features, in this order; default all but the label. */
  features?: readonly (string | number)[];
  /**
   * What to do about an empty cell, NA, N/A, NaN, null or ? among the features: `"error"` (default), the column's
   * `"mean"`, `"drop"` the row, or a number to put there. A missing label drops its row with `"drop"`, else it is an error.
   */
  missing?: "error" | "mean" | "drop" | number;
  /** One character; default `"auto"`: tab, semicolon, bar or comma, whichever fits the first rows. */
  delimiter?: string;
  /** Decimal sign, default `"."`. */
  decimal?: "." | ",";
  /** Class names in order; by default those of the table: numbers by size, other names by character code. */
  classes?: readonly string[];
  /** `"auto"` (default): classes if a label is no number, or if all are whole numbers with at most 100 different ones. */
  task?: "auto" | "classification" | "regression";
}

/** A table's numbers. */
export interface CsvDataset extends Dataset {
  /** n × n_f numbers, row by row. */
  readonly features: Float64Array;
  /** Class indices, or target numbers; empty for a table without labels. */
  readonly labels: Int32Array | Float64Array;
  readonly shape: number;
  /** Names of the feature columns: from the header, else "column 0", "column 1", … */
  readonly columns: readonly string[];
}

const NUMBER = /^[+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d+)?$/;
const MISSING = new Set(["", "NA", "N/A", "na", "n/a", "NaN", "nan", "NULL", "null", "?"]);
const MOST_CLASSES = 100;

function toNumber(cell: string, decimal: string): number | undefined {
  const text = decimal === "." ? cell : cell.includes(".") ? "" : cell.replace(",", ".");
  return NUMBER.test(text) ? Number(text) : undefined;
}

/** Which cells of a row are used: positions of the features and of the label. */
interface Layout {
  readonly width: number;
  readonly names: readonly string[];
  readonly features: readonly number[];
  readonly label: number | undefined;
}

function layOut(cells: readonly string[], header: boolean, options: CsvOptions): Layout {
  const width = cells.length;
  const names = cells.map((cell, i) => (header ? cell : `column ${i}`));
  const find = (column: string | number, what: string): number => {
    const at = typeof column === "number" ? column : header ? names.indexOf(column) : -1;
    if (!Number.isInteger(at) || at < 0 || at >= width) {
      const known = header ? ` (${names.slice(0, 20).join(", ")}${width > 20 ? ", …" : ""})` : ", which have no names";
      throw new OdenetError(
        "name",
        `readCsv: expected ${what} to be one of the ${width} columns${known}, got ${JSON.stringify(column) ?? String(column)}. Name it as in the header, or count from 0.`,
      );
    }
    if (typeof column === "string" && names.lastIndexOf(column) !== at) {
      throw new OdenetError(
        "name",
        `readCsv: expected ${what} to be one column, got ${JSON.stringify(column)}, the name of several. Count it from 0 instead, e.g. ${at}.`,
      );
    }
    return at;
  };
  const { label: wanted = "last" } = options;
  const label = wanted === null ? undefined : wanted === "last" ? width - 1 : find(wanted, "label");
  const features = options.features
    ? options.features.map((column) => find(column, "features"))
    : names.map((_, i) => i).filter((i) => i !== label);
  if (features.length === 0 || (label !== undefined && features.includes(label))) {
    throw new OdenetError(
      "option",
      `readCsv: expected at least 1 column of features besides the label, got ${features.length === 0 ? "none" : `the label ${JSON.stringify(names[label as number])} among them`}. Check delimiter, label and features; label: null reads a table without labels.`,
    );
  }
  return { width, names, features, label };
}

function checkOptions({ header, missing, delimiter, decimal, task, classes }: CsvOptions): void {
  const check = (fits: boolean, name: string, expected: string, got: unknown) => {
    if (fits) return;
    throw new OdenetError(
      "option",
      `readCsv: expected ${name} to be ${expected}, got ${JSON.stringify(got) ?? String(got)}. Leave it out for the default.`,
    );
  };
  check([undefined, "auto", true, false].includes(header), "header", '"auto", true or false', header);
  const known =
    typeof missing === "number" ? Number.isFinite(missing) : [undefined, "error", "mean", "drop"].includes(missing);
  check(known, "missing", '"error", "mean", "drop" or a number', missing);
  const single =
    delimiter === undefined || delimiter === "auto" || (delimiter.length === 1 && !'\n\r"\uFEFF'.includes(delimiter));
  check(single, "delimiter", '"auto" or one character', delimiter);
  check([undefined, ".", ","].includes(decimal), "decimal", '"." or ","', decimal);
  check(
    [undefined, "auto", "classification", "regression"].includes(task),
    "task",
    '"auto", "classification" or "regression"',
    task,
  );
  const unique = classes === undefined || (classes.length > 0 && new Set(classes).size === classes.length);
  check(unique, "classes", "different names", classes);
}

/**
 * Reads a CSV table (or one with tabs, semicolons or bars) as data: quotes, CRLF, a byte-order mark and blank lines are
 * understood. Every feature must be a finite number. Throws `file` for a table that is empty, ragged or badly quoted,
 * `value` for a cell that is no number or missing, `name` for an unknown column, `label` for a label that is not among
 * `classes` or is missing, `option`; the sentence names line and column.
 */
export function readCsv(table: string | Uint8Array, options: CsvOptions = {}): CsvDataset {
  checkOptions(options);
  const { header = "auto", missing = "error", decimal = "." } = options;
  const text = csvText(table);
  const delimiter =
    options.delimiter === undefined || options.delimiter === "auto" ? findDelimiter(text) : options.delimiter;
  let layout: Layout | undefined;
  let numbers = new Float64Array(1024); // NaN marks a missing cell until the means are known
  let used = 0;
  const labels: string[] = [];
  const lines: number[] = [];

  const row = (cells: string[], line: number, { width, names, features, label }: Layout): void => {
    if (cells.length !== width) {
      throw new OdenetError(
        "file",
        `readCsv: expected ${width} cells in line ${line} as in the first row, got ${cells.length}. Check delimiter and quotes there.`,
      );
    }
    if (missing === "drop" && [...features, label].some((i) => i !== undefined && MISSING.has(cells[i] as string)))
      return;
    if (used + features.length > numbers.length) {
      const larger = new Float64Array(2 * numbers.length + features.length);
      larger.set(numbers);
      numbers = larger;
    }
    for (const i of features) {
      const cell = cells[i] as string;
      let value = toNumber(cell, decimal);
      const lacking = value === undefined && MISSING.has(cell);
      if (lacking) value = typeof missing === "number" ? missing : Number.NaN;
      if ((lacking && missing === "error") || value === undefined || Math.abs(value) === Number.POSITIVE_INFINITY) {
        const fix = lacking
          ? 'Say what to do about missing values, e.g. missing: "mean" or "drop".'
          : `Encode it as a number, leave the column out with features${/^[+-]?\d+,\d+$/.test(cell) ? ', or set decimal: ","' : ""}.`;
        throw new OdenetError(
          "value",
          `readCsv: expected a finite number in line ${line}, column ${JSON.stringify(names[i])}, got ${lacking ? "a missing value " : ""}${JSON.stringify(cell.slice(0, 40))}. ${fix}`,
        );
      }
      numbers[used++] = value;
    }
    lines.push(line);
    if (label === undefined) return;
    const cell = cells[label] as string;
    if (MISSING.has(cell) && !options.classes?.includes(cell)) {
      throw new OdenetError(
        "label",
        `readCsv: expected a label in line ${line}, column ${JSON.stringify(names[label])}, got ${JSON.stringify(cell)}. Drop such rows with missing: "drop".`,
      );
    }
    labels.push(cell);
  };

  visitRows(text, delimiter, (cells, line) => {
    if (layout) return row(cells, line, layout);
    const named = header === "auto" ? cells.every((cell) => toNumber(cell, decimal) === undefined) : header;
    layout = layOut(cells, named, options);
    if (!named) row(cells, line, layout);
  });

  if (!layout || lines.length === 0) {
    throw new OdenetError(
      "file",
      `readCsv: expected at least 1 row of data, got ${layout ? "none after the header or after dropping rows" : "an empty table"}. Check the file, header and missing.`,
    );
  }
  const features = numbers.slice(0, used);
  const columns = layout.features.map((i) => layout?.names[i] as string);
  if (missing === "mean") fillMeans(features, columns);
  const shape = columns.length;
  if (layout.label === undefined) return { features, labels: new Int32Array(0), shape, columns };
  return { features, shape, columns, ...readLabels(labels, lines, layout.names[layout.label] as string, options) };
}

/** Missing cells ← mean of the others in their column. */
function fillMeans(features: Float64Array, columns: readonly string[]): void {
  const width = columns.length;
  for (let column = 0; column < width; column++) {
    let mean = 0;
    let count = 0;
    for (let i = column; i < features.length; i += width) {
      const value = features[i] as number;
      if (!Number.isNaN(value)) mean += (value - mean) / ++count; // no overflow, whatever the size of the numbers
    }
    if (count === 0) {
      throw new OdenetError(
        "value",
        `readCsv: expected a number somewhere in column ${JSON.stringify(columns[column])}, got missing values only. Leave the column out with features.`,
      );
    }
    for (let i = column; i < features.length; i += width) if (Number.isNaN(features[i])) features[i] = mean;
  }
}

function readLabels(
  labels: readonly string[],
  lines: readonly number[],
  column: string,
  { task = "auto", decimal = ".", classes }: CsvOptions,
): { labels: Int32Array; classes: readonly string[] } | { labels: Float64Array } {
  const values = labels.map((label) => toNumber(label, decimal));
  const names = new Set(labels);
  const whole = values.every((value) => Number.isInteger(value)) && names.size <= MOST_CLASSES;
  const regression =
    task === "regression" || (task === "auto" && !classes && !whole && values.every((value) => value !== undefined));
  const fail = (code: "label" | "value", i: number, expected: string, fix: string): never => {
    throw new OdenetError(
      code,
      `readCsv: expected ${expected} in line ${lines[i]}, column ${JSON.stringify(column)}, got ${JSON.stringify((labels[i] as string).slice(0, 40))}. ${fix}`,
    );
  };
  if (regression) {
    const targets = Float64Array.from(values, (value, i) =>
      value !== undefined && Number.isFinite(value)
        ? value
        : fail("value", i, "a finite number as target", 'Class names need task: "classification".'),
    );
    return { labels: targets };
  }
  const order = classes ?? sortNames(names, decimal);
  const index = new Map(order.map((name, i) => [name, i]));
  const known = order.length > 10 ? `${order.slice(0, 10).join(", ")}, …` : order.join(", ");
  return {
    labels: Int32Array.from(
      labels,
      (label, i) => index.get(label) ?? fail("label", i, `one of the classes ${known}`, "Add it to classes."),
    ),
    classes: order,
  };
}

/** Numbers by size, then other names by character code: the same order on every machine. */
function sortNames(names: ReadonlySet<string>, decimal: string): string[] {
  const value = (name: string) => toNumber(name, decimal) ?? Number.POSITIVE_INFINITY;
  return [...names].sort((a, b) => {
    const [x, y] = [value(a), value(b)];
    return x < y ? -1 : x > y ? 1 : a < b ? -1 : 1;
  });
}
