/**
 * Convolution z = x ⋆ w (cross-correlation), its adjoint in x and its adjoint in w. With P(x) the matrix of patches,
 * z = P(x) w,  x* = P*(z wᵀ),  w* = P(x)ᵀ z; all three are bilinear, and each one's derivatives are the other two.
 */
import { shardsOf } from "../core/recording/shards.ts";
import { type CallRecorder, numberBytes, type Operation, type Tensor } from "../core/recording/tensor.ts";
import * as encoders from "./encoders.generated.ts";
import { attributesOf, type WindowSizes, type Windows } from "./windows.ts";

/** z: one row for each example and place, one column for each filter. w: groups · window · (channels / groups) rows. */
export function convolution(record: CallRecorder, x: Tensor, w: Tensor, windows: Windows, into?: Tensor): Tensor {
  return forward(record, x, w, attributesOf(windows), into);
}

/** The adjoint in x: an image from the places. */
export function convolutionAdjoint(
  record: CallRecorder,
  z: Tensor,
  w: Tensor,
  windows: Windows,
  into?: Tensor,
): Tensor {
  return input(record, z, w, attributesOf(windows), into);
}

type Bilinear = (record: CallRecorder, a: Tensor, b: Tensor, windows: WindowSizes, into?: Tensor) => Tensor;

const forward: Bilinear = (record, x, w, windows, into) => {
  const rows = (x.rows / (windows.h * windows.w)) * (windows.oh * windows.ow);
  return record.call(convolutionForward, [x, w], [{ rows, columns: w.columns * windows.groups }], windows, into)[0];
};

const input: Bilinear = (record, z, w, windows, into) => {
  const rows = (z.rows / (windows.oh * windows.ow)) * (windows.h * windows.w);
  const shape = { rows, columns: w.rows / (windows.kh * windows.kw) };
  return record.call(convolutionInput, [z, w], [shape], windows, into)[0];
};

/** The adjoint in w, a sum over examples in shards. */
const weight: Bilinear = (record, x, z, windows, into) => {
  const shape = { rows: windows.kh * windows.kw * x.columns, columns: z.columns / windows.groups };
  return record.call(convolutionWeight, [x, z], [shape], windows, into)[0];
};

type Convolution = Operation<[a: Tensor, b: Tensor], [c: Tensor], WindowSizes>;

/** d(a ∘ b) = da ∘ b + a ∘ db. */
function bilinear(multiply: Bilinear): NonNullable<Convolution["jvp"]> {
  return (record, { inputs: [a, b], outputs: [c], attributes }, tangents) => {
    const da = tangents.get(a);
    const db = tangents.get(b);
    let dc = da && multiply(record, da, b, attributes);
    if (db) dc = multiply(record, a, db, attributes, dc);
    if (dc) tangents.set(c, dc);
  };
}

/** Two operations for each term of each number at the places; a patch has as many terms as a filter. */
const flopsOf = (z: Tensor, w: Tensor, { groups }: WindowSizes): number => (2 * z.rows * z.columns * w.rows) / groups;

const sizesOf = (x: Tensor, z: Tensor, windows: WindowSizes, into: Tensor | undefined) => ({
  windows,
  examples: x.rows / (windows.h * windows.w),
  channels: x.columns,
  filters: z.columns,
  beta: Number(!!into),
});

export const convolutionForward: Convolution = {
  name: "convolution",
  examples: [0],
  flops: ({ inputs: [, w], outputs: [z], attributes }) => flopsOf(z, w, attributes),
  encode: ({ inputs: [x, weights], outputs: [z], into, attributes }, precision) =>
    encoders.conv({ z, x, weights, ...sizesOf(x, z, attributes, into) }, numberBytes(precision)),
  vjp(record, { inputs: [x, w], outputs: [z], attributes }, cotangents) {
    const dz = cotangents.of(z);
    cotangents.add(w, (into) => weight(record, x, dz, attributes, into));
    cotangents.add(x, (into) => input(record, dz, w, attributes, into));
  },
  jvp: bilinear(forward),
};

export const convolutionInput: Convolution = {
  name: "convolution-input",
  examples: [0],
  flops: ({ inputs: [z, w], attributes }) => flopsOf(z, w, attributes),
  encode: ({ inputs: [z, weights], outputs: [x], into, attributes }, precision) =>
    encoders.convInput({ x, z, weights, ...sizesOf(x, z, attributes, into) }, numberBytes(precision)),
  vjp(record, { inputs: [z, w], outputs: [x], attributes }, cotangents) {
    const dx = cotangents.of(x);
    cotangents.add(w, (into) => weight(record, dx, z, attributes, into));
    cotangents.add(z, (into) => forward(record, dx, w, attributes, into));
  },
  jvp: bilinear(input),
};

export const convolutionWeight: Convolution = {
  name: "convolution-weight",
  examples: "all",
  sums: true,
  flops: ({ inputs: [, z], outputs: [w], attributes }) => flopsOf(z, w, attributes),
  encode({ inputs: [x, z], outputs: [weights], into, attributes, shards: given }, precision) {
    const sizes = sizesOf(x, z, attributes, into);
    const { count, rows } = shardsOf(sizes.examples, given);
    return encoders.convWeight({ weights, x, z, ...sizes, shards: count, shardRows: rows }, numberBytes(precision));
  },
  vjp(record, { inputs: [x, z], outputs: [w], attributes }, cotangents) {
    const dw = cotangents.of(w);
    cotangents.add(x, (into) => input(record, z, dw, attributes, into));
    cotangents.add(z, (into) => forward(record, x, dw, attributes, into));
  },
  jvp: bilinear(weight),
};
