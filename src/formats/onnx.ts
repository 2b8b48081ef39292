/**
 * ONNX files: a graph of named operations in Protocol Buffers. Of the format's messages, those that a network needs, with
 * the field numbers of onnx.proto (IR version 8).
 */
import { nth } from "../core/nth.ts";
import {
  bytesField,
  type Field,
  floatField,
  joined,
  readFields,
  readWholes,
  textField,
  wholeField,
  wholesField,
} from "./protobuf.ts";

/** Numbers with their shape, row-major: FLOAT, DOUBLE or INT64 by the array. */
export interface OnnxTensor {
  readonly name: string;
  readonly shape: readonly number[];
  readonly values: Float32Array<ArrayBuffer> | Float64Array<ArrayBuffer> | BigInt64Array<ArrayBuffer>;
}

export type Attribute =
  | { readonly int: number }
  | { readonly ints: readonly number[] }
  | { readonly float: number }
  | { readonly text: string }
  | { readonly tensor: OnnxTensor };

export interface OnnxNode {
  readonly operation: string;
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  readonly attributes: Readonly<Record<string, Attribute>>;
}

/** What goes in or out: a name for the number of examples, numbers for the other dimensions. */
export interface OnnxPort {
  readonly name: string;
  readonly shape: readonly (number | string)[];
  readonly type: "f32" | "f64";
}

export interface OnnxFile {
  /** The version of the set of operations. */
  readonly opset: number;
  readonly nodes: readonly OnnxNode[];
  readonly initializers: readonly OnnxTensor[];
  readonly inputs: readonly OnnxPort[];
  readonly outputs: readonly OnnxPort[];
  readonly metadata: ReadonlyMap<string, string>;
}

const IR_VERSION = 8;
/** Element types of a tensor. */
const Type = { Float: 1, Int32: 6, Int64: 7, Double: 11 } as const;
/** A hostile file could hold a field for every two bytes. */
const MOST_FIELDS = 1 << 20;

const bytesOf = ({ buffer, byteOffset, byteLength }: ArrayBufferView): Uint8Array =>
  new Uint8Array(buffer, byteOffset, byteLength);

/** Writes a file. */
export function writeOnnx(file: OnnxFile, name: string): Uint8Array<ArrayBuffer> {
  const graph = joined(
    ...file.nodes.map((node) => bytesField(1, nodeMessage(node))),
    textField(2, name),
    ...file.initializers.map((tensor) => bytesField(5, tensorMessage(tensor))),
    ...file.inputs.map((port) => bytesField(11, portMessage(port))),
    ...file.outputs.map((port) => bytesField(12, portMessage(port))),
  );
  return joined(
    wholeField(1, IR_VERSION),
    textField(2, "odenet"),
    bytesField(7, graph),
    bytesField(8, joined(textField(1, ""), wholeField(2, file.opset))),
    ...[...file.metadata].map(([key, value]) => bytesField(14, joined(textField(1, key), textField(2, value)))),
  );
}

function nodeMessage({ operation, inputs, outputs, attributes }: OnnxNode): Uint8Array {
  return joined(
    ...inputs.map((input) => textField(1, input)),
    ...outputs.map((output) => textField(2, output)),
    textField(3, nth(outputs, 0)),
    textField(4, operation),
    ...Object.entries(attributes).map(([name, value]) => bytesField(5, attributeMessage(name, value))),
  );
}

function attributeMessage(name: string, value: Attribute): Uint8Array {
  const named = (type: number, field: Uint8Array) => joined(textField(1, name), field, wholeField(20, type));
  if ("float" in value) return named(1, floatField(2, value.float));
  if ("int" in value) return named(2, wholeField(3, value.int));
  if ("text" in value) return named(3, textField(4, value.text));
  if ("tensor" in value) return named(4, bytesField(5, tensorMessage(value.tensor)));
  return named(7, wholesField(8, value.ints));
}

function tensorMessage({ name, shape, values }: OnnxTensor): Uint8Array {
  const type = values instanceof Float32Array ? Type.Float : values instanceof Float64Array ? Type.Double : Type.Int64;
  return joined(wholesField(1, shape), wholeField(2, type), textField(8, name), bytesField(9, bytesOf(values)));
}

function portMessage({ name, shape, type }: OnnxPort): Uint8Array {
  const dimensions = shape.map((n) => bytesField(1, typeof n === "number" ? wholeField(1, n) : textField(2, n)));
  const tensor = joined(wholeField(1, type === "f32" ? Type.Float : Type.Double), bytesField(2, joined(...dimensions)));
  return joined(textField(1, name), bytesField(2, bytesField(1, tensor)));
}

/** Reads a file. Throws SyntaxError, whose message completes the sentence "…, got", for anything that is not a whole one. */
export function readOnnx(bytes: Uint8Array): OnnxFile {
  const model = new Message(bytes);
  const graph = new Message(model.bytes(7) ?? fail("bytes without a graph"));
  const opset = model
    .all(8)
    .map((entry) => new Message(entry))
    .find((entry) => ["", "ai.onnx"].includes(entry.text(1)));
  return {
    opset: opset ? opset.whole(2) : fail("no version of its operations"),
    nodes: graph.all(1).map((node) => nodeOf(new Message(node))),
    initializers: graph.all(5).map((tensor) => tensorOf(new Message(tensor))),
    inputs: graph.all(11).map((port) => portOf(new Message(port))),
    outputs: graph.all(12).map((port) => portOf(new Message(port))),
    metadata: new Map(
      model.all(14).map((entry) => {
        const pair = new Message(entry);
        return [pair.text(1), pair.text(2)];
      }),
    ),
  };
}

function fail(got: string): never {
  throw new SyntaxError(got);
}

/** The fields of one message by number. */
class Message {
  private readonly fields = new Map<number, Field["value"][]>();

  constructor(bytes: Uint8Array) {
    let count = 0;
    for (const { number, value } of readFields(bytes)) {
      if (++count > MOST_FIELDS) fail(`a message of more than ${MOST_FIELDS} fields`);
      const found = this.fields.get(number);
      if (found) found.push(value);
      else this.fields.set(number, [value]);
    }
  }

  /** Every message or text of a repeated field. */
  all(number: number): Uint8Array[] {
    return (this.fields.get(number) ?? []).map((value) =>
      value instanceof Uint8Array ? value : fail("a number in the place of a message"),
    );
  }

  bytes(number: number): Uint8Array | undefined {
    return this.all(number).at(-1);
  }

  text(number: number): string {
    return textOf(this.bytes(number) ?? new Uint8Array(0));
  }

  texts(number: number): string[] {
    return this.all(number).map(textOf);
  }

  /** A whole number, 0 where it is absent. */
  whole(number: number): number {
    return this.wholes(number).at(-1) ?? 0;
  }

  /** Whole numbers, packed or one by one. */
  wholes(number: number): number[] {
    return (this.fields.get(number) ?? [])
      .flatMap((value) => (typeof value === "bigint" ? [BigInt.asIntN(64, value)] : readWholes(value)))
      .map(numberOf);
  }

  /** Numbers of 4 or 8 bytes, packed or one by one. */
  packed(number: number): Uint8Array<ArrayBuffer> {
    return joined(...this.all(number));
  }

  float(number: number): number {
    const bytes = this.bytes(number);
    return bytes?.length === 4 ? new DataView(bytes.buffer, bytes.byteOffset).getFloat32(0, true) : 0;
  }
}

function textOf(bytes: Uint8Array): string {
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return fail("a text that is not UTF-8");
  }
}

function numberOf(value: bigint): number {
  const n = Number(value);
  return Number.isSafeInteger(n) ? n : fail(`the whole number ${value}`);
}

function nodeOf(message: Message): OnnxNode {
  const attributes = message.all(5).map((entry) => attributeOf(new Message(entry)));
  const domain = message.text(7);
  const operation = message.text(4);
  return {
    operation: ["", "ai.onnx"].includes(domain) ? operation : `${domain}.${operation}`,
    inputs: message.texts(1),
    outputs: message.texts(2),
    attributes: Object.fromEntries(attributes.filter((pair) => pair !== undefined)),
  };
}

function attributeOf(message: Message): [string, Attribute] | undefined {
  const name = message.text(1);
  const type = message.whole(20);
  if (type === 1) return [name, { float: message.float(2) }];
  if (type === 2) return [name, { int: message.whole(3) }];
  if (type === 3) return [name, { text: message.text(4) }];
  if (type === 4) return [name, { tensor: tensorOf(new Message(message.bytes(5) ?? fail("a tensor without bytes"))) }];
  if (type === 7) return [name, { ints: message.wholes(8) }];
  return undefined;
}

/** Numbers of a tensor lie in raw bytes, or in a list of their type. */
function tensorOf(message: Message): OnnxTensor {
  const name = message.text(8);
  const shape = message.wholes(1);
  if (message.whole(14) !== 0) fail(`the tensor ${brief(name)} in another file`);
  if (!shape.every((n) => n >= 0)) fail(`a negative dimension of ${brief(name)}`);
  const count = shape.includes(0) ? 0 : shape.reduce((a, b) => a * b, 1);
  const raw = message.bytes(9);
  const values = valuesOf(message, message.whole(2), raw ? raw.slice() : undefined, name);
  if (values.length !== count) fail(`${values.length} numbers in ${brief(name)}, whose shape asks for ${count}`);
  return { name, shape, values };
}

function valuesOf(message: Message, type: number, raw: Uint8Array<ArrayBuffer> | undefined, name: string) {
  const aligned = (bytes: Uint8Array<ArrayBuffer>, size: number): ArrayBuffer =>
    bytes.length % size === 0 ? bytes.buffer : fail(`a part of a number in ${brief(name)}`);
  if (type === Type.Float) return new Float32Array(aligned(raw ?? message.packed(4), 4));
  if (type === Type.Double) return new Float64Array(aligned(raw ?? message.packed(10), 8));
  if (type === Type.Int64) return raw ? new BigInt64Array(aligned(raw, 8)) : wholes(message.wholes(7));
  if (type === Type.Int32) return wholes(raw ? Array.from(new Int32Array(aligned(raw, 4))) : message.wholes(5));
  return fail(`the tensor ${brief(name)} of element type ${type} instead of float, double, int32 or int64`);
}

const wholes = (values: readonly number[]): BigInt64Array<ArrayBuffer> => BigInt64Array.from(values, BigInt);

const brief = (name: string): string => JSON.stringify(name.slice(0, 60));

function portOf(message: Message): OnnxPort {
  const type = new Message(message.bytes(2) ?? new Uint8Array(0));
  const tensor = new Message(type.bytes(1) ?? fail(`no type of ${brief(message.text(1))}`));
  const shape = new Message(tensor.bytes(2) ?? new Uint8Array(0)).all(1).map((entry) => {
    const dimension = new Message(entry);
    return dimension.text(2) || dimension.whole(1) || "?";
  });
  return { name: message.text(1), shape, type: tensor.whole(1) === Type.Double ? "f64" : "f32" };
}
