/** What a node of an ONNX graph says: its attributes, its constants, its windows; and what may be made of it. */
import type { Attribute, OnnxNode, OnnxTensor } from "../formats/onnx.ts";
import type { StoredTensor } from "../formats/safetensors.ts";
import type { Layer } from "../layers/index.ts";
import type { Padding } from "../layers/movingWindow.ts";
import { type Found, importError } from "./described.ts";

/** A layer found in the graph. */
export type OnnxLayer = Extract<Found, { layer: Layer }> & {
  /** Whether it takes the place of the layer before it, whose product it completes. */
  readonly replaces?: boolean;
  /** Whether it makes probabilities. */
  readonly softmax?: boolean;
};

export interface NodeContext {
  readonly node: OnnxNode;
  /** The constants among the inputs. */
  readonly inputs: readonly (OnnxTensor | undefined)[];
  readonly previous: OnnxLayer | undefined;
}

export type NodeRule = (context: NodeContext) => OnnxLayer | "nothing";

export const refuse = (node: OnnxNode, what: string): Error =>
  importError("fromOnnx", `${node.operation} as odenet has it`, what);

export const wholes = ({ attributes }: OnnxNode, name: string, otherwise: readonly number[]): readonly number[] => {
  const found: Attribute | undefined = attributes[name];
  if (found && "ints" in found) return found.ints;
  return found && "int" in found ? [found.int] : otherwise;
};
export const whole = (node: OnnxNode, name: string, otherwise: number): number =>
  wholes(node, name, [otherwise])[0] ?? otherwise;

export function expectWhole(node: OnnxNode, name: string, usual: number): void {
  const got = whole(node, name, usual);
  if (got !== usual) throw refuse(node, `${name} ${got}`);
}

export function real({ attributes }: OnnxNode, name: string, otherwise: number): number {
  const found = attributes[name];
  return found && "float" in found ? found.float : otherwise;
}

/** The numbers of a constant input of this many dimensions. */
export function stored(node: OnnxNode, tensor: OnnxTensor | undefined, what: string, dimensions: number): StoredTensor {
  if (!tensor || tensor.values instanceof BigInt64Array) throw refuse(node, `${what} that are no numbers of the file`);
  const { shape, values } = tensor;
  if (shape.length !== dimensions) throw refuse(node, `${what} of ${shape.length} dimensions`);
  return { shape, values };
}

/** The transposed matrix. */
export function transposed({ shape, values }: StoredTensor): StoredTensor {
  const [rows = 0, columns = 0] = shape;
  const turned = values.slice();
  for (let r = 0; r < rows; r++)
    for (let c = 0; c < columns; c++) turned[c * rows + r] = values[r * columns + c] ?? Number.NaN;
  return { shape: [columns, rows], values: turned };
}

/** A bias: one number for each of `length`, whatever axes of length 1 it has. */
export function biasOf(node: OnnxNode, tensor: OnnxTensor | undefined, length: number): StoredTensor {
  const values = tensor && !(tensor.values instanceof BigInt64Array) ? tensor.values : undefined;
  const long = tensor?.shape.filter((n) => n !== 1) ?? [];
  if (values?.length !== length || long.length > 1) throw refuse(node, `a bias of [${tensor?.shape.join(", ") ?? ""}]`);
  return { shape: [length], values };
}

/** Size, stride and padding of square windows. */
export function windows(node: OnnxNode, given?: readonly number[]) {
  const [size = 0, width = size] = wholes(node, "kernel_shape", given ?? []);
  const [stride = 1, across = stride] = wholes(node, "strides", [1, 1]);
  if (size !== width || stride !== across) throw refuse(node, "windows that are not square");
  if (wholes(node, "dilations", [1]).some((n) => n !== 1)) throw refuse(node, "dilations other than 1");
  return { size, stride, padding: paddingOf(node, size, stride) };
}

function paddingOf(node: OnnxNode, size: number, stride: number): Padding {
  const { auto_pad: auto } = node.attributes;
  const automatic = auto && "text" in auto ? auto.text : "NOTSET";
  if (automatic === "VALID") return "valid";
  if (automatic === "SAME_UPPER" && stride === 1 && node.operation !== "ConvTranspose") return "same";
  if (automatic !== "NOTSET") throw refuse(node, `auto_pad ${automatic}`);
  const [top = 0, left = 0, bottom = 0, right = 0] = wholes(node, "pads", [0, 0, 0, 0]);
  if ([left, bottom, right].every((n) => n === top)) return top;
  const before = Math.floor((size - 1) / 2);
  const same = [top, left].every((n) => n === before) && [bottom, right].every((n) => n === size - 1 - before);
  if (same && node.operation !== "ConvTranspose") return "same";
  throw refuse(node, `pads of [${[top, left, bottom, right].join(", ")}]`);
}
