/** What stands in a layers model of TensorFlow.js or Keras: objects, lists, weights by name, a chain of layers. */
import { isRecord, isWhole } from "../core/guards.ts";
import { messageOf } from "../core/messageOf.ts";
import { parseUntrusted } from "../formats/headerJson.ts";
import type { StoredTensor } from "../formats/safetensors.ts";
import { importError } from "./described.ts";

const WHERE = "fromTfjs";

export const wrong = (expected: string, got: string): Error => importError(WHERE, expected, got);

export function parsed(text: string): unknown {
  try {
    return parseUntrusted(text);
  } catch (error) {
    throw wrong("model.json in JSON", messageOf(error));
  }
}

export type Json = Readonly<Record<string, unknown>>;

export function objectOf(value: unknown, what: string): Json {
  if (isRecord(value)) return value;
  throw wrong(`${what} to be an object`, Array.isArray(value) ? "an array" : typeof value);
}

export function arrayOf(value: unknown, what: string): readonly unknown[] {
  if (Array.isArray(value)) return value;
  throw wrong(`${what} to be an array`, typeof value);
}

/** float32 weights by their names, views of the bytes in the order of the manifest. */
export function weightsOf(manifest: unknown, bytes: Uint8Array): Map<string, StoredTensor> {
  const specs = arrayOf(manifest, "weightsManifest").flatMap((group) =>
    arrayOf(objectOf(group, "a group").weights, "weights"),
  );
  const found = new Map<string, StoredTensor>();
  let at = 0;
  for (const spec of specs) {
    const { name, shape, dtype } = objectOf(spec, "a weight");
    const sizes = arrayOf(shape, "a weight's shape");
    if (dtype !== "float32" || typeof name !== "string" || !sizes.every(isWhole))
      throw wrong("weights in float32", `${String(dtype).slice(0, 40)}`);
    const length = 4 * sizes.reduce((a, b) => a * b, 1);
    if (!(at + length <= bytes.length)) throw wrong(`weights of ${at + length} bytes or more`, `${bytes.length}`);
    const values = new Float32Array(new Uint8Array(bytes.subarray(at, at + length)).buffer);
    found.set(name, { shape: sizes, values });
    at += length;
  }
  if (at !== bytes.length) throw wrong(`weights of ${at} bytes`, `${bytes.length}`);
  return found;
}

export interface KerasLayer {
  readonly kind: string;
  readonly config: Json;
}

/** The layers of a sequential model, or of a functional one that is a chain. */
export function layersOf(topology: unknown): KerasLayer[] {
  const given = objectOf(topology, "modelTopology");
  // Files of Keras itself have one object more around it.
  const { class_name: kind, config } = objectOf(given.model_config ?? given, "modelTopology");
  if (typeof kind !== "string" || !["Sequential", "Model", "Functional"].includes(kind)) {
    throw wrong("a Sequential or functional model", `${String(kind).slice(0, 60)}`);
  }
  const list = Array.isArray(config) ? config : arrayOf(objectOf(config, "config").layers, "layers");
  let previous: unknown;
  return list.map((entry) => {
    const layer = objectOf(entry, "a layer");
    const own = objectOf(layer.config, "a layer's config");
    const inbound = JSON.stringify(layer.inbound_nodes ?? []);
    const expected = previous === undefined ? "[]" : `[[[${JSON.stringify(previous)},0,0,{}]]]`;
    if (kind !== "Sequential" && inbound !== expected) throw wrong("a chain of layers", "one whose paths part");
    previous = own.name;
    return { kind: String(layer.class_name), config: own };
  });
}
