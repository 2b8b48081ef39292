/**
 * Convolution z = x ⋆ w (cross-correlation), its adjoint in x and its adjoint in w. With P(x) the matrix of patches,
 * z = P(x) w,  x* = P*(z wᵀ),  w* = P(x)ᵀ z; all three are bilinear, and each one's derivatives are the other two.
 */
import { Op, Planes } from "../../assembly/opcodes.ts";
import { type Shards, shardsOf } from "../core/recording/shards.ts";
import {
  type Call,
  type CallRecorder,
  numberBytes,
  type Operation,
  type Precision,
  paddedColumns,
  type Shape,
  type Tensor,
} from "../core/recording/tensor.ts";
import { area, attributesOf, coefficientsOf, type Windows, windowsOf } from "./windows.ts";

/** z: one row for each example and place, one column for each filter. w: groups · window · (channels / groups) rows. */
export function convolution(record: CallRecorder, x: Tensor, w: Tensor, windows: Windows, into?: Tensor): Tensor {
  const rows = (x.rows / area(windows.image)) * area(windows.places);
  const shape = { rows, columns: w.columns * windows.groups };
  return record.call(convolutionForward, [x, w], [shape], attributesOf(windows), into)[0] as Tensor;
}

/** The adjoint in x: an image from the places. */
export function convolutionAdjoint(
  record: CallRecorder,
  z: Tensor,
  w: Tensor,
  windows: Windows,
  into?: Tensor,
): Tensor {
  const rows = (z.rows / area(windows.places)) * area(windows.image);
  const shape = { rows, columns: w.rows / area(windows.window) };
  return record.call(convolutionInput, [z, w], [shape], attributesOf(windows), into)[0] as Tensor;
}

/** The adjoint in w, a sum over examples in shards. */
function weightGradient(record: CallRecorder, x: Tensor, z: Tensor, windows: Windows, into?: Tensor): Tensor {
  const { groups, window } = windows;
  const shape: Shape = { rows: area(window) * x.columns, columns: z.columns / groups };
  return record.call(convolutionWeight, [x, z], [shape], attributesOf(windows), into)[0] as Tensor;
}

type Bilinear = typeof convolution;

/** d(a ∘ b) = da ∘ b + a ∘ db. */
function bilinear(multiply: Bilinear): NonNullable<Operation["jvp"]> {
  return (record, { inputs: [a, b], outputs: [c], attributes }, tangents) => {
    if (!a || !b || !c) return;
    const windows = windowsOf(attributes);
    const da = tangents.get(a);
    const db = tangents.get(b);
    let dc = da && multiply(record, da, b, windows);
    if (db) dc = multiply(record, a, db, windows, dc);
    if (dc) tangents.set(c, dc);
  };
}

interface Operands {
  readonly image: Tensor;
  readonly places: Tensor;
  readonly weights: Tensor;
}

function operandsOf({ operation, inputs: [a, b], outputs: [c] }: Call): Operands {
  const [first, second, result] = [a as Tensor, b as Tensor, c as Tensor];
  if (operation === convolutionForward) return { image: first, weights: second, places: result };
  if (operation === convolutionInput) return { places: first, weights: second, image: result };
  return { image: first, places: second, weights: result };
}

/** The rows of one group's patches, and their length. */
function patches(call: Call): { rows: number; terms: number } {
  const { places, weights } = operandsOf(call);
  return { rows: places.rows, terms: weights.rows / windowsOf(call.attributes).groups };
}

const flops = (call: Call): number => {
  const { places } = operandsOf(call);
  return 2 * places.rows * places.columns * patches(call).terms;
};

/** convScratch of assembly/windows.ts. */
function scratch(call: Call, precision: Precision): number {
  const { image, window, places, stride, padding, groups } = windowsOf(call.attributes);
  const operands = operandsOf(call);
  const [channels, filters] = [operands.image.columns, operands.places.columns];
  const [depth, width] = [channels / groups, filters / groups];
  const row = (columns: number) => paddedColumns(columns, precision) * numberBytes(precision);
  const table = (entries: number) => 16 * Math.ceil(entries / 4);
  const most = Math.max(area(image), area(places));
  const images = Math.max(1, Math.min(examplesOf(call), Math.floor(Planes.Rows / most)));
  const tables = 2 * table(area(window) * Math.max(depth, width)) + 3 * table(images * most);
  const sides = [0, 1] as const;
  const covered = sides.map((d) => (places[d] - 1) * stride[d] + window[d]);
  const covering = sides.map((d) => {
    const before = Math.max(0, Math.floor((window[d] - 1 - padding[d]) / stride[d]));
    return before + Math.floor((image[d] - 1 + padding[d]) / stride[d]) + 1;
  });
  const plane = Math.max(product(covered) * row(channels), product(covering) * row(filters));
  const panels = area(window) * Math.max(depth * row(width), width * row(depth));
  const part = groups > 1 ? images * most * row(Math.max(depth, width)) : 0;
  const trees = call.operation === convolutionWeight && sharding(call).count > 1;
  const sums = trees ? 4 * operands.weights.rows * row(width) : 0;
  return tables + images * plane + panels + part + 32 * Planes.Rows + sums;
}

const product = (sizes: readonly number[]): number => sizes.reduce((a, b) => a * b, 1);

function examplesOf(call: Call): number {
  return operandsOf(call).image.rows / area(windowsOf(call.attributes).image);
}

/** The shards of the examples. */
function sharding(call: Call): Shards {
  return shardsOf(examplesOf(call), call.shards);
}

function encode(op: Op): Operation["encode"] {
  return (call) => {
    const { inputs, outputs, into, attributes } = call;
    const { image, places } = operandsOf(call);
    const examples = examplesOf(call);
    const { count, rows } = sharding(call);
    const sharded = op === Op.ConvWeight ? [count, rows] : [];
    return {
      op,
      sizes: [examples, image.columns, places.columns, into ? 1 : 0, ...sharded],
      coefficients: coefficientsOf(windowsOf(attributes)),
      operands: [outputs[0] as Tensor, inputs[0] as Tensor, inputs[1] as Tensor, "scratch"],
    };
  };
}

export const convolutionForward: Operation = {
  name: "convolution",
  examples: [0],
  flops,
  scratch,
  encode: encode(Op.Conv),
  vjp(record, { inputs: [x, w], outputs: [z], attributes }, cotangents) {
    const windows = windowsOf(attributes);
    const dz = cotangents.get(z as Tensor) as Tensor;
    cotangents.add(w as Tensor, (into) => weightGradient(record, x as Tensor, dz, windows, into));
    cotangents.add(x as Tensor, (into) => convolutionAdjoint(record, dz, w as Tensor, windows, into));
  },
  jvp: bilinear(convolution),
};

export const convolutionInput: Operation = {
  name: "convolution-input",
  examples: [0],
  flops,
  scratch,
  encode: encode(Op.ConvInput),
  vjp(record, { inputs: [z, w], outputs: [x], attributes }, cotangents) {
    const windows = windowsOf(attributes);
    const dx = cotangents.get(x as Tensor) as Tensor;
    cotangents.add(w as Tensor, (into) => weightGradient(record, dx, z as Tensor, windows, into));
    cotangents.add(z as Tensor, (into) => convolution(record, dx, w as Tensor, windows, into));
  },
  jvp: bilinear(convolutionAdjoint),
};

export const convolutionWeight: Operation = {
  name: "convolution-weight",
  examples: "all",
  sums: true,
  flops,
  scratch,
  encode: encode(Op.ConvWeight),
  vjp(record, { inputs: [x, z], outputs: [w], attributes }, cotangents) {
    const windows = windowsOf(attributes);
    const dw = cotangents.get(w as Tensor) as Tensor;
    cotangents.add(x as Tensor, (into) => convolutionAdjoint(record, z as Tensor, dw, windows, into));
    cotangents.add(z as Tensor, (into) => convolution(record, x as Tensor, dw, windows, into));
  },
  jvp: bilinear(weightGradient),
};
