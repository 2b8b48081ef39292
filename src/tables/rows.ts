/** Cells and rows of a table, whatever the kind of the column. */
import { OdenetError } from "../core/errors.ts";
import { unknownName } from "../core/registry.ts";
import type { Column, Table } from "./table.ts";

/** The value in a row as text, as it names a class or a category; undefined for a gap. */
export function textAt(column: Column, row: number): string | undefined {
  const value = column.values[row];
  if (value === null || value === undefined || Number.isNaN(value)) return undefined;
  return String(value);
}

/** The table's column of this name, or at this place. Throws `name`, with the nearest name. */
export function findColumn(table: Table, column: string | number, where: string): Column {
  const names = table.columns.map(({ name }) => name);
  const found = typeof column === "number" ? table.columns[column] : table.columns[names.indexOf(column)];
  if (found) return found;
  if (typeof column === "string") throw unknownName(where, "a column", column, names);
  throw new OdenetError(
    "name",
    `${where}: expected the place of a column from 0 to ${names.length - 1}, got ${column}. Name it, or count from 0.`,
  );
}

/** Some rows of a table, in the given order. */
export function takeRows(table: Table, rows: ArrayLike<number>): Table {
  const taken = (column: Column): Column => {
    const pick = <T>(values: readonly T[]): T[] =>
      Array.from(rows, (row) => values[row]).filter((v): v is T => v !== undefined);
    if (column.kind === "number") {
      return { ...column, values: Float64Array.from(rows, (row) => column.values[row] ?? Number.NaN) };
    }
    if (column.kind === "boolean") return { ...column, values: pick(column.values) };
    if (column.kind === "date") return { ...column, values: pick(column.values), written: pick(column.written) };
    return { ...column, values: pick(column.values) };
  };
  return { ...table, columns: table.columns.map(taken), rows: rows.length };
}
