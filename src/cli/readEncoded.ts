/** A table for a model that knows its columns: found by name, one example a row. */
import type { EncodedTable, Encoder, Table } from "../tables/index.ts";
import { findColumn, textAt } from "../tables/rows.ts";
import { columnOf, openTable } from "./encoded.ts";
import { exitCodes, Failure, speakingOf, usage } from "./failure.ts";
import { flagName } from "./flags/flag.ts";
import type { PlainTableFlags } from "./flags/table.ts";

/** Features of every row; with `labelled` the rows that have a label, with it. */
export async function readEncoded(
  path: string,
  bytes: Uint8Array,
  flags: PlainTableFlags,
  encoder: Encoder,
  labelled: boolean,
): Promise<{ encoded: EncodedTable; table: Table }> {
  for (const name of ["label", "features", "drop", "task", "missing"] as const) {
    const value = flags[name];
    if (value === undefined || value === false || (name === "label" && value === encoder.target?.name)) continue;
    throw usage(`${flagName(name)}: belongs to training, and the model knows its table's columns. Leave it out.`);
  }
  const table = byPlace(await openTable(path, bytes, flags), encoder);
  const encoded = await speakingOf(path, exitCodes.failed, () => encoder.encode(table, { labels: labelled }));
  if (labelled && !encoded.labels) {
    throw new Failure(
      `${path}: expected the labels in a column ${JSON.stringify(encoder.target?.name ?? "label")}, got ${table.columns.map(({ name }) => name).join(", ")}. Without labels there is odenet predict.`,
    );
  }
  return { encoded, table };
}

/** A table without a header for a model whose columns have names: where none was dropped, their places tell them. */
function byPlace(table: Table, { named, columns, width, target, labelPlace }: Encoder): Table {
  if (!named || table.named) return table;
  const names = columns.map(({ name }) => name);
  if (target && labelPlace !== undefined) names.splice(labelPlace, 0, target.name);
  if (names.length !== width) return table;
  const without = names.filter((name) => name !== target?.name);
  const given = [names, without].find(({ length }) => length === table.columns.length);
  if (!given) return table;
  return { ...table, named: true, columns: table.columns.map((column, k) => ({ ...column, name: given[k] ?? "" })) };
}

/** A column that is copied, as it stood in the table. */
export interface Kept {
  readonly name: string;
  readonly texts: readonly (string | undefined)[];
}

export function keptColumns(table: Table, keep: string | undefined): readonly Kept[] {
  if (keep === undefined) return [];
  return keep.split(",").map((word) => {
    const column = findColumn(table, columnOf(word, table), "predict: keep");
    return { name: column.name, texts: Array.from({ length: table.rows }, (_, row) => textAt(column, row)) };
  });
}
