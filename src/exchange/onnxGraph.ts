/**
 * An ONNX graph while it is written: nodes in order, initializers, and for each tensor of a recording the value that stands
 * for it, in the form that ONNX wants: matrices of parameters as the API shows them (out × in), images as
 * examples × channels × height × width.
 */
import type { Attribute, OnnxNode, OnnxTensor } from "../formats/onnx.ts";

/** How a value's numbers lie, where a recording has plain matrices of rows and columns. */
export type Form =
  /** The matrix as it is. */
  | { readonly kind: "rows" }
  /** The transposed matrix: a parameter K, out × in. */
  | { readonly kind: "transposed" }
  /** One row without its axis: a parameter b. */
  | { readonly kind: "row" }
  /** The weights of a convolution: filters × channels × height × width. */
  | { readonly kind: "kernel" }
  /** Examples × channels × height × width. */
  | { readonly kind: "image"; readonly size: readonly [channels: number, height: number, width: number] }
  /** An image whose height and width nobody has said yet: examples × (channels · positions). */
  | { readonly kind: "flat"; readonly channels: number; readonly positions: number }
  /** Zeros, which no operation needs to see. */
  | { readonly kind: "zero" };

export interface Value {
  readonly name: string;
  readonly form: Form;
}

/** One of several matrices, by its place in time. */
export interface Stack {
  at(index: number): Value;
}

const ROWS: Form = { kind: "rows" };
export const int = (value: number): Attribute => ({ int: value });
export const ints = (values: readonly number[]): Attribute => ({ ints: values });

export class OnnxGraph {
  readonly nodes: OnnxNode[] = [];
  readonly initializers = new Map<string, OnnxTensor>();
  private made = 0;

  constructor(readonly precision: "f32" | "f64") {}

  /** Adds a node with one output, and returns the output's name. */
  node(operation: string, inputs: readonly string[], attributes: Readonly<Record<string, Attribute>> = {}): string {
    const output = `${operation.toLowerCase()}_${this.made++}`;
    this.nodes.push({ operation, inputs, outputs: [output], attributes });
    return output;
  }

  /** A node that takes the place of the one that made `replaced`, with more inputs, at the end of the list. */
  extended(replaced: string, input: string): string | undefined {
    const index = this.nodes.findLastIndex(({ outputs }) => outputs[0] === replaced);
    const node = this.nodes[index];
    if (node?.inputs.length !== 2 || !["Gemm", "Conv", "ConvTranspose"].includes(node.operation)) {
      return undefined;
    }
    this.nodes.splice(index, 1);
    this.nodes.push({ ...node, inputs: [...node.inputs, input] });
    return replaced;
  }

  /** Numbers that are part of the file, by a name of their own. */
  initializer(name: string, shape: readonly number[], values: ArrayLike<number>): string {
    if (!this.initializers.has(name)) {
      const numbers = this.precision === "f32" ? Float32Array.from(values) : Float64Array.from(values);
      this.initializers.set(name, { name, shape, values: numbers });
    }
    return name;
  }

  /** One number. */
  scalar(value: number): string {
    return this.initializer(`constant_${value}`, [], [value]);
  }

  /** Whole numbers: sizes and places. */
  wholes(values: readonly number[]): string {
    const name = `whole_${values.join("_")}`;
    this.initializers.set(name, { name, shape: [values.length], values: BigInt64Array.from(values, BigInt) });
    return name;
  }

  /** The value with other dimensions; the first may be −1, as many as there are. */
  reshaped(value: string, shape: readonly number[]): string {
    return this.node("Reshape", [value, this.wholes(shape)]);
  }

  /** As a matrix of rows, or undefined for zeros. */
  rows({ name, form }: Value): string {
    if (form.kind === "image") return this.node("Flatten", [name]);
    if (form.kind === "row") return this.reshaped(name, [1, -1]);
    return name;
  }

  /** As a matrix of parameters: one that was made of a row, as an image is, has its rows for channels. */
  matrix(value: Value): Value {
    const { name, form } = value;
    if (form.kind !== "flat") return value;
    return { name: this.reshaped(name, [form.channels, form.positions]), form: { kind: "transposed" } };
  }

  /** As an image of this size. */
  image({ name, form }: Value, size: readonly [number, number, number]): string {
    if (form.kind === "image" && form.size.join() === size.join()) return name;
    return this.reshaped(name, [-1, ...size]);
  }

  /** Values in one form: an image where one of them is, else what they are. */
  alike(values: readonly Value[]): { names: readonly string[]; form: Form } {
    const image = values.find(({ form }) => form.kind === "image");
    const form = image?.form ?? values[0]?.form ?? ROWS;
    if (form.kind === "image") return { form, names: values.map((value) => this.image(value, form.size)) };
    if (values.every((value) => value.form.kind === form.kind)) return { form, names: values.map(({ name }) => name) };
    return {
      form: ROWS,
      names: values.map((value) =>
        value.form.kind === "transposed" ? this.node("Transpose", [value.name]) : this.rows(value),
      ),
    };
  }
}
