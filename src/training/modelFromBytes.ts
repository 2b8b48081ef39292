/** The model that `model.toBytes()` saved: network, parameters, loss, precision and class names. */
import { OdenetError } from "../core/errors.ts";
import { messageOf } from "../core/messageOf.ts";
import { asBytes } from "../data/bytes.ts";
import { checkName } from "../layers/shape.ts";
import { Engine } from "../model/engine.ts";
import type { ParameterTable } from "../model/parameters.ts";
import { fileError, readModel, restoreParameters, type SavedModel } from "../model/saving.ts";
import type { ReadingOptions } from "../networks/network.ts";
import { engineOptions, type ModelOptions, precisions, type TrainableModel, trainable } from "./createModel.ts";

/** How to hold a saved model; what it computes is in the file. */
export interface LoadOptions extends Omit<ModelOptions, "loss" | "regularizers" | "seed" | "encoder">, ReadingOptions {}

/**
 * Makes the model again that `toBytes` saved: the same predictions to the last bit, in any process and on any engine. A
 * checkpoint is read too, as the model it was taken of. `precision` converts the parameters (default: the saved one).
 * Throws `file` for bytes that are cut short, oversize, damaged or hostile; nothing is allocated for them beyond a few
 * times their own size.
 *
 * @example
 * const model = await modelFromBytes(await readFile("model.safetensors"));
 * const { classes } = model.predict(features);
 */
export async function modelFromBytes(
  bytes: Uint8Array | ArrayBuffer,
  options: LoadOptions = {},
): Promise<TrainableModel> {
  const where = "modelFromBytes";
  return restoreModel(readModel(asBytes(bytes, where), where, readingOf(options)), options, where);
}

/** How its network is read. */
export const readingOf = ({ integrators }: LoadOptions): ReadingOptions => (integrators ? { integrators } : {});

/** The model that a file describes, whatever its format. */
export async function restoreModel(saved: SavedModel, options: LoadOptions, where: string): Promise<TrainableModel> {
  const { precision = saved.precision } = options;
  checkName(precision, precisions, where, "precision");
  const held = await engineOptions(options);
  let engine: Engine;
  try {
    engine = new Engine(saved.network, saved.loss, precision, {
      ...held,
      regularizers: saved.regularizers,
      encoder: saved.encoder,
    });
  } catch (error) {
    if (error instanceof OdenetError && (error.code === "memory" || error.code === "engine")) throw error;
    throw fileError(where, "a network that can be compiled", messageOf(error));
  }
  restoreParameters(engine, engine.vectors.theta, engine.vectors.state, saved.tensors);
  const finite = (address: number, table: ParameterTable) => engine.vectors.core(address, table).every(Number.isFinite);
  if (!finite(engine.vectors.theta, engine.vectors.table) || !finite(engine.vectors.state, engine.vectors.stateTable)) {
    throw fileError(where, "parameters that f32 can hold", "larger ones");
  }
  return trainable(engine);
}
