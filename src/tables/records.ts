/** Tables that are no text: rows as arrays or objects, columns as arrays, JSON and NDJSON, tables of Apache Arrow. */
import { OdenetError } from "../core/errors.ts";
import type { Records } from "./delimited.ts";

/** Rows as objects or arrays, an object of columns, or a table of Apache Arrow. */
export type TableLike = object;

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === "object" && value !== null && !Array.isArray(value) && !(value instanceof Date);

/** A value as the text of a cell: "" for a gap. */
function cellOf(value: unknown): string {
  if (value === null || value === undefined || Number.isNaN(value)) return "";
  if (value instanceof Date) return Number.isNaN(value.getTime()) ? "" : value.toISOString().slice(0, 19);
  return typeof value === "object" ? JSON.stringify(value) : String(value).trim();
}

/** Objects within objects give columns of joined names: `size.width`. */
function flat(row: Readonly<Record<string, unknown>>, prefix = "", into = new Map<string, unknown>(), depth = 0) {
  for (const [name, value] of Object.entries(row)) {
    if (isObject(value) && depth < 4) flat(value, `${prefix}${name}.`, into, depth + 1);
    else into.set(prefix + name, value);
  }
  return into;
}

function ofObjects(rows: readonly Readonly<Record<string, unknown>>[]): Records {
  const maps = rows.map((row) => flat(row));
  const names = [...new Set(maps.flatMap((map) => [...map.keys()]))];
  return {
    width: names.length,
    names,
    visit(row) {
      for (const [i, map] of maps.entries())
        row(
          names.map((name) => cellOf(map.get(name))),
          i + 1,
        );
    },
  };
}

function ofArrays(rows: readonly (readonly unknown[])[]): Records {
  const width = rows[0]?.length ?? 0;
  return {
    width,
    visit: (row) =>
      rows.forEach((cells, i) => {
        if (cells.length !== width) {
          throw new OdenetError(
            "length",
            `readTable: expected ${width} cells in row ${i} as in the first row, got ${cells.length}. Give every row the same cells.`,
          );
        }
        row(cells.map(cellOf), i + 1);
      }),
  };
}

/** What can be indexed by row: arrays, typed arrays, columns of Arrow. */
interface Column {
  readonly length: number;
  get?(i: number): unknown;
  readonly [i: number]: unknown;
}

const isColumn = (value: unknown): value is Column =>
  typeof value === "object" && value !== null && typeof Reflect.get(value, "length") === "number";

function ofColumns(columns: ReadonlyMap<string, Column>): Records {
  const all = [...columns.values()];
  const length = all[0]?.length ?? 0;
  const odd = [...columns].find(([, column]) => column.length !== length);
  if (odd) {
    throw new OdenetError(
      "length",
      `readTable: expected ${length} values in column ${JSON.stringify(odd[0])} as in the first one, got ${odd[1].length}. Columns of one table are equally long.`,
    );
  }
  return {
    width: all.length,
    names: [...columns.keys()],
    visit(row) {
      for (let i = 0; i < length; i++)
        row(
          all.map((column) => cellOf(column.get ? column.get(i) : column[i])),
          i + 1,
        );
    },
  };
}

/** Apache Arrow's table, whichever copy of the library made it. */
function arrowColumns(value: object): Map<string, Column> | undefined {
  const schema: unknown = Reflect.get(value, "schema");
  const getChild: unknown = Reflect.get(value, "getChild");
  const fields: unknown = isObject(schema) ? schema.fields : undefined;
  if (!Array.isArray(fields) || typeof getChild !== "function") return undefined;
  const columns = new Map<string, Column>();
  for (const { name } of fields) {
    const column: unknown = getChild.call(value, name);
    if (isColumn(column)) columns.set(String(name), column);
  }
  return columns;
}

export function recordsOf(value: unknown): Records {
  if (Array.isArray(value)) {
    if (value.length === 0)
      throw new OdenetError("file", "readTable: expected at least 1 row, got none. Check the data.");
    if (value.every(isObject)) return ofObjects(value);
    if (value.every(Array.isArray)) return ofArrays(value);
  } else if (isObject(value)) {
    const arrow = arrowColumns(value);
    if (arrow) return ofColumns(arrow);
    const columns = Object.entries(value).filter((entry): entry is [string, Column] => isColumn(entry[1]));
    if (columns.length > 0 && columns.length === Object.keys(value).length) return ofColumns(new Map(columns));
  }
  throw new OdenetError(
    "value",
    "readTable: expected text, bytes, rows (objects or arrays), columns by name or a table of Apache Arrow, got something else.",
  );
}

/** JSON of rows or columns, or one object a line (NDJSON); undefined where the text is none. */
export function parseJson(text: string): Records | undefined {
  const start = text.trimStart();
  if (!start.startsWith("[") && !start.startsWith("{")) return undefined;
  const whole = parsed(text);
  if (whole !== undefined) {
    // A list within an object, as { "data": [ … ] }.
    const inner = isObject(whole) ? Object.values(whole).filter((v) => Array.isArray(v) && v.every(isObject)) : [];
    return recordsOf(inner.length === 1 ? inner[0] : whole);
  }
  const lines = text.split("\n").filter((line) => line.trim() !== "");
  const rows = lines.map((line) => parsed(line));
  const broken = rows.indexOf(undefined);
  if (broken < 0) return recordsOf(rows);
  if (broken === 0) return undefined;
  throw new OdenetError(
    "file",
    `readTable: expected JSON in record ${broken + 1}, got ${JSON.stringify(lines[broken]?.slice(0, 40))}. Check the file's end.`,
  );
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
