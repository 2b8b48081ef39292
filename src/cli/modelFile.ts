/** A model in a file; what was trained on a table before models kept encoders has its columns beside it. */
import type { Precision } from "../core/recording/tensor.ts";
import { readSafetensors } from "../formats/safetensors.ts";
import { type TrainableModel as Model, modelFromBytes } from "../training/index.ts";
import { exitCodes, Failure, speakingOf } from "./failure.ts";
import { readWhole } from "./files.ts";
import type { Table } from "./table.ts";

const TABLE = "table";

export interface OpenedModel {
  readonly model: Model;
  readonly table: Table | undefined;
  readonly bytes: Uint8Array;
}

/** Throws a failure for what is no model. `precision`: default the model's own. */
export async function openModel(path: string, precision?: Precision): Promise<OpenedModel> {
  const bytes = readWhole(path, "It is what odenet train writes with --out.");
  const model = await speakingOf(path, exitCodes.failed, () => modelFromBytes(bytes, precision ? { precision } : {}));
  const text = readSafetensors(bytes).metadata.get(TABLE);
  return { model, bytes, table: text === undefined ? undefined : tableOf(text, path) };
}

function tableOf(text: string, path: string): Table {
  try {
    const { columns, label, named } = JSON.parse(text);
    const strings = Array.isArray(columns) && columns.every((name) => typeof name === "string");
    if (strings && (label === null || typeof label === "string") && typeof named === "boolean")
      return { columns, label, named };
  } catch {
    // Told below.
  }
  throw new Failure(`${path}: expected the columns of a table in its metadata, got something else. Train it again.`);
}
