/** A model as arrays of NumPy in a zip: one `.npy` a parameter or running statistic, and `odenet.json` with the description of the network. */
import { unzipSync, zipSync } from "fflate";
import { OdenetError } from "../core/errors.ts";
import type { Precision } from "../core/recording/tensor.ts";
import { asBytes } from "../data/bytes.ts";
import type { Tensor as NumpyArray } from "../data/elements.ts";
import { readNpy } from "../data/npy.ts";
import { parseUntrusted } from "../formats/headerJson.ts";
import { writeNpy } from "../formats/npy.ts";
import type { StoredTensor } from "../formats/safetensors.ts";
import { softmaxCrossEntropy } from "../losses/index.ts";
import { engineOf, type Model } from "../model/model.ts";
import { descriptionOf, parameterTensors, understandModel } from "../model/saving.ts";
import type { Network } from "../networks/network.ts";
import type { TrainableModel } from "../training/index.ts";
import { restoreModel } from "../training/modelFromBytes.ts";
import { type ImportOptions, importError } from "./described.ts";

const DESCRIPTION = "odenet.json";
/** What a file may grow to when it is unpacked: weights hardly compress, bombs do nothing else. */
const GROWTH = 100;
const ALWAYS_ALLOWED = 64 * 1024 * 1024;
/** A zip keeps dates; every file has this one, so that the same model gives the same bytes. */
const DATE = new Date(1980, 0, 1);

/**
 * The model's parameters as `numpy.load` reads them: arrays by their names, in the API's shapes, with the network's description
 * beside them. `fromNpz` makes the same model again.
 *
 * @example
 * await writeFile("model.npz", toNpz(model)); // numpy.load("model.npz")["1.K"]
 */
export function toNpz(model: Model): Uint8Array<ArrayBuffer> {
  const engine = engineOf(model, "toNpz");
  const files: Record<string, Uint8Array> = {};
  for (const [name, { shape, values }] of parameterTensors(engine, engine.vectors.theta, engine.vectors.state))
    files[`${name}.npy`] = writeNpy(shape, values);
  const description = JSON.stringify(Object.fromEntries(descriptionOf(engine)), null, 2);
  files[DESCRIPTION] = new TextEncoder().encode(description);
  return zipSync(files, { level: 0, mtime: DATE });
}

export interface NpzOptions extends ImportOptions {
  /** The network that the arrays are parameters of, where the file does not say so itself. */
  network?: Network;
}

/**
 * The model of a file by `toNpz`, or of arrays that are named and shaped as the parameters of `network`. Throws `file` for
 * anything else, and for bytes that are cut short, damaged or hostile.
 */
export async function fromNpz(bytes: Uint8Array | ArrayBuffer, options: NpzOptions = {}): Promise<TrainableModel> {
  const where = "fromNpz";
  const files = unzip(bytes, where);
  const arrays = arraysOf(files, where);
  const { network, loss = softmaxCrossEntropy, classes: _, ...held } = options;
  const precision: Precision = [...arrays.values()].some(({ values }) => values instanceof Float64Array)
    ? "f64"
    : "f32";
  const tensors = new Map([...arrays].map(([name, array]) => [name, stored(array)]));
  const chosen = typeof loss === "function" ? loss() : loss;
  const metadata = network
    ? descriptionOf({ network, loss: chosen, regularizers: [], precision })
    : new Map(Object.entries(descriptionIn(files, where)).map(([key, value]) => [key, String(value)]));
  return restoreModel(
    understandModel({ metadata: new Map([...metadata, ["precision", precision]]), tensors }, where),
    held,
    where,
  );
}

/** Every array of an `.npz` file by its name, as `numpy.load` gives them. Throws `file` and `value`. */
export function readNpz(bytes: Uint8Array | ArrayBuffer): Map<string, NumpyArray> {
  return arraysOf(unzip(bytes, "readNpz"), "readNpz");
}

function unzip(given: Uint8Array | ArrayBuffer, where: string): Map<string, Uint8Array> {
  const bytes = asBytes(given, where);
  const most = Math.max(ALWAYS_ALLOWED, GROWTH * bytes.length);
  let total = 0;
  try {
    const files = unzipSync(bytes, {
      filter({ originalSize }) {
        total += originalSize;
        if (total > most) throw new Error(`one that grows beyond ${most} bytes`);
        return true;
      },
    });
    return new Map(Object.entries(files));
  } catch (error) {
    throw importError(where, "a zip of .npy files", error instanceof Error ? error.message : "something else");
  }
}

function arraysOf(files: ReadonlyMap<string, Uint8Array>, where: string): Map<string, NumpyArray> {
  const arrays = new Map<string, NumpyArray>();
  for (const [name, bytes] of files) {
    if (!name.endsWith(".npy")) continue;
    try {
      arrays.set(name.slice(0, -4), readNpy(bytes));
    } catch (error) {
      if (!(error instanceof OdenetError)) throw error;
      throw new OdenetError(error.code, error.message.replace("readNpy:", `${where}: ${name.slice(0, 60)}:`));
    }
  }
  return arrays;
}

/** Integers become numbers of double precision; a single number has no axis. */
function stored({ shape, values }: NumpyArray): StoredTensor {
  const numbers = values instanceof Float32Array ? new Float32Array(values) : Float64Array.from(values);
  return { shape, values: numbers };
}

function descriptionIn(files: ReadonlyMap<string, Uint8Array>, where: string): object {
  const bytes = files.get(DESCRIPTION);
  if (!bytes) {
    throw importError(
      where,
      `${DESCRIPTION} beside the arrays`,
      "none: pass the network, as fromNpz(bytes, { network })",
    );
  }
  try {
    const json = parseUntrusted(new TextDecoder().decode(bytes));
    if (typeof json === "object" && json !== null && !Array.isArray(json)) return json;
  } catch (error) {
    throw importError(where, `${DESCRIPTION} in JSON`, (error as Error).message);
  }
  throw importError(where, `${DESCRIPTION} to be an object`, "another value");
}
