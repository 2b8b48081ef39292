/**
 * A model as a safetensors file: parameters under the API's names and in its shapes; in `__metadata__` what they mean:
 * odenet (the layout's version), network, loss, regularizers (JSON), precision and the checksum of the numbers. A checkpoint is such a file too, with
 * more tensors whose names begin with "training/".
 */

import { crc32 } from "../core/crc32.ts";
import { OdenetError } from "../core/errors.ts";
import { known } from "../core/known.ts";
import { messageOf } from "../core/messageOf.ts";
import type { Precision } from "../core/recording/tensor.ts";
import { parseUntrusted } from "../formats/headerJson.ts";
import { readSafetensors, type SafetensorsFile, type StoredTensor, writeSafetensors } from "../formats/safetensors.ts";
import { ownIntegrators } from "../layers/index.ts";
import { show } from "../layers/shape.ts";
import { type Loss, losses, parseLoss } from "../losses/index.ts";
import { layOutNetwork, type Network, networkFromJSON, type ReadingOptions } from "../networks/network.ts";
import { parseRegularizer, type Regularizer } from "../regularizers/index.ts";
import { encoderFromJSON } from "../tables/description.ts";
import type { Encoder } from "../tables/index.ts";
import type { Engine } from "./engine.ts";

const VERSION = "1";

/** Names of tensors that belong to a training run and not to the model begin with this. */
export const TRAINING = "training/";

/** What a file says about a model; the tensors fit the network. */
export interface SavedModel extends SafetensorsFile {
  readonly network: Network;
  readonly loss: Loss;
  readonly regularizers: readonly Regularizer[];
  readonly precision: Precision;
  readonly encoder?: Encoder;
}

/** A θ-long vector of the core, or another table's, as tensors, one a parameter; `prefix` goes before their names. */
export function vectorTensors(
  engine: Engine,
  address: number,
  prefix = "",
  table = engine.vectors.table,
): [string, StoredTensor][] {
  const values = engine.vectors.read(address, table);
  return table.parameters.map(({ name, shape, start, length }) => [
    prefix + name,
    { shape, values: values.subarray(start, start + length) },
  ]);
}

/** Copies a vector's tensors, already known to fit, into the core. */
export function restoreVector(
  engine: Engine,
  address: number,
  tensors: ReadonlyMap<string, StoredTensor>,
  prefix = "",
  table = engine.vectors.table,
): void {
  const core = engine.vectors.core(address, table);
  for (const p of table.parameters) {
    table.copy(p, known(tensors.get(prefix + p.name)).values, 0, core, true);
  }
}

/** What two models must share to be the same but for their parameters. */
export function descriptionOf({
  network,
  loss,
  regularizers,
  precision,
}: Pick<SavedModel, "network" | "loss" | "regularizers" | "precision">) {
  return new Map([
    ["odenet", VERSION],
    ["network", JSON.stringify(network)],
    ["loss", JSON.stringify(loss)],
    ["regularizers", JSON.stringify(regularizers)],
    ["precision", precision],
  ]);
}

/** θ and the layers' state at two addresses as tensors. */
export function parameterTensors(engine: Engine, theta: number, state: number, prefix = ""): [string, StoredTensor][] {
  return [...vectorTensors(engine, theta, prefix), ...vectorTensors(engine, state, prefix, engine.vectors.stateTable)];
}

/** The inverse. */
export function restoreParameters(
  engine: Engine,
  theta: number,
  state: number,
  tensors: ReadonlyMap<string, StoredTensor>,
  prefix = "",
): void {
  restoreVector(engine, theta, tensors, prefix);
  restoreVector(engine, state, tensors, prefix, engine.vectors.stateTable);
}

const told = new WeakSet<object>();

/** Says once of every integrator that is not odenet's how the file is loaded: it holds the name alone. */
function tellOwn({ network }: Engine): void {
  const own = ownIntegrators(network.layers).filter((integrator) => !told.has(integrator));
  if (own.length === 0) return;
  for (const integrator of own) told.add(integrator);
  const names = own.map(({ name }) => name).join(", ");
  console.warn(
    `odenet: the saved model names integrators that are not odenet's: ${names}. Load it with modelFromBytes(bytes, { integrators: [${names}] }).`,
  );
}

function encoderMetadata({ encoder }: Engine): [string, string][] {
  return encoder ? [["encoder", JSON.stringify(encoder)]] : [];
}

function encoderIn({ metadata }: SafetensorsFile, where: string): { encoder?: Encoder } {
  const text = metadata.get("encoder");
  if (text === undefined) return {};
  try {
    return { encoder: encoderFromJSON(parseUntrusted(text)) };
  } catch (error) {
    throw fileError(where, "a table's encoder", `one that is wrong: ${messageOf(error)}`);
  }
}

const CHECKSUM = "checksum";

/** CRC-32 of all numbers of a file, in their order. */
function checksumOf(tensors: SafetensorsFile["tensors"]): string {
  let sum = 0;
  for (const { values } of tensors.values()) {
    sum = crc32(new Uint8Array(values.buffer, values.byteOffset, values.byteLength), sum);
  }
  return `crc32:${sum.toString(16).padStart(8, "0")}`;
}

/** Throws `file` where the numbers are not those that were saved; files of before there were checksums have none. */
function checkNumbers({ metadata, tensors }: SafetensorsFile, where: string): void {
  const saved = metadata.get(CHECKSUM);
  if (saved === undefined) return;
  const found = checksumOf(tensors);
  if (found !== saved) throw fileError(where, `numbers of the checksum ${show(saved)}`, `damaged ones of ${found}`);
}

/** Parameters and running statistics, and with them whatever else is to be stored. */
export function saveModel(engine: Engine, more?: SafetensorsFile): Uint8Array<ArrayBuffer> {
  if (!more) tellOwn(engine);
  const tensors = new Map([
    ...parameterTensors(engine, engine.vectors.theta, engine.vectors.state),
    ...(more?.tensors ?? []),
  ]);
  const described = [...descriptionOf(engine), ...encoderMetadata(engine), ...(more?.metadata ?? [])];
  return writeSafetensors({ metadata: new Map([...described, [CHECKSUM, checksumOf(tensors)]]), tensors });
}

/** Checks that every parameter is there, in its shape and precision, with finite numbers. */
export function checkTensors(
  parameters: readonly { readonly name: string; readonly shape: readonly number[]; readonly least?: number }[],
  precision: Precision,
  tensors: ReadonlyMap<string, StoredTensor>,
  where: string,
  prefix = "",
): void {
  for (const { name, shape, least = Number.NEGATIVE_INFINITY } of parameters) {
    const tensor = tensors.get(prefix + name);
    const type = tensor?.values instanceof Float64Array ? "f64" : "f32";
    if (tensor?.shape.join() !== shape.join() || type !== precision) {
      const got = tensor ? `[${tensor.shape.join(", ")}] in ${type}` : "none";
      throw fileError(where, `the tensor ${show(prefix + name)} as [${shape.join(", ")}] in ${precision}`, got);
    }
    if (!tensor.values.every(Number.isFinite)) {
      throw fileError(where, `finite numbers in the tensor ${show(prefix + name)}`, "NaN or infinity");
    }
    if (!tensor.values.every((value) => value >= least)) {
      throw fileError(where, `numbers from ${least} on in the tensor ${show(prefix + name)}`, "smaller ones");
    }
  }
}

/**
 * Reads a model's file and checks it against the network it describes, before anything is allocated for that network.
 * Throws `file`, whatever is wrong.
 */
export function readModel(bytes: Uint8Array, where: string, options?: ReadingOptions): SavedModel {
  const file = readSafetensors(bytes, where);
  const model = understandModel(file, where, options);
  checkNumbers(file, where);
  return model;
}

/** The same for a file that has been read already, in whatever format. */
export function understandModel(file: SafetensorsFile, where: string, options?: ReadingOptions): SavedModel {
  const version = file.metadata.get("odenet");
  if (version !== VERSION) {
    throw fileError(
      where,
      `a model saved by odenet (layout ${VERSION})`,
      version ? `layout ${show(version)}` : "another",
    );
  }
  const precision = file.metadata.get("precision");
  if (precision !== "f32" && precision !== "f64") throw fileError(where, "precision f32 or f64", show(precision));
  const described = describedBy(file, where, options);
  checkTensors(described.parameters, precision, file.tensors, where);
  const known = new Set(described.parameters.map(({ name }) => name));
  const stray = [...file.tensors.keys()].find((name) => !known.has(name) && !name.startsWith(TRAINING));
  if (stray !== undefined) throw fileError(where, "the network's parameters only", `also the tensor ${show(stray)}`);
  const { network, loss, regularizers } = described;
  return { ...file, network, loss, regularizers, precision, ...encoderIn(file, where) };
}

function describedBy({ metadata }: SafetensorsFile, where: string, options?: ReadingOptions) {
  const json = (key: string): unknown => {
    try {
      return parseUntrusted(metadata.get(key) ?? "");
    } catch (error) {
      throw fileError(where, `${key} in JSON`, messageOf(error));
    }
  };
  const description = json("network");
  const regularizers = json("regularizers");
  if (!Array.isArray(regularizers)) throw fileError(where, "regularizers as a list", show(regularizers));
  const loss = json("loss") as { kind?: unknown } | null;
  const kind = Object.keys(losses).find((name) => name === loss?.kind) as Loss["kind"] | undefined;
  if (kind === undefined) throw fileError(where, `a loss among ${Object.keys(losses).join(", ")}`, show(loss?.kind));
  try {
    const network = networkFromJSON(description, options);
    const { parameters, state = [] } = layOutNetwork(network);
    return {
      network,
      parameters: [...parameters, ...state],
      loss: parseLoss(kind, loss ?? {}),
      regularizers: regularizers.map(parseRegularizer),
    };
  } catch (error) {
    // Whatever a hostile description makes the parsers throw, it is the file that is wrong.
    throw fileError(
      where,
      "a network",
      `a description that is wrong: ${error instanceof Error ? error.message : error}`,
    );
  }
}

export function fileError(where: string, expected: string, got: string): OdenetError {
  return new OdenetError(
    "file",
    `${where}: expected ${expected}, got ${got.replace(/\.$/, "")}. Save the model again with toBytes().`,
  );
}
