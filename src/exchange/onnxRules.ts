/** One rule an operation: the ONNX nodes that compute what its kernel does. */

import type { OnnxFormula } from "../activations/activation.ts";
import { OdenetError } from "../core/errors.ts";
import { known } from "../core/known.ts";
import { nth } from "../core/nth.ts";
import type { Call, Operation } from "../core/recording/tensor.ts";
import type { Attribute } from "../formats/onnx.ts";
import { activation, activationByCode } from "../operations/activation.ts";
import { bias } from "../operations/bias.ts";
import { columnWindow } from "../operations/columns.ts";
import { combination } from "../operations/combine.ts";
import { convolutionForward, convolutionInput } from "../operations/convolution.ts";
import { copy, zeros } from "../operations/fill.ts";
import { featureOrder, imageOrder } from "../operations/images.ts";
import { implicitStep } from "../operations/implicitMidpoint.ts";
import { affinePowers, neighbourSums } from "../operations/localResponse.ts";
import { hadamard } from "../operations/multiply.ts";
import { givenNormalization, normalization } from "../operations/normalize.ts";
import { means, picked } from "../operations/pool.ts";
import { productNN, productNT } from "../operations/product.ts";
import { rowMap } from "../operations/rowAffine.ts";
import { skewPart } from "../operations/skew.ts";
import { type Pair, type Windows, windowsOf } from "../operations/windows.ts";
import { type Form, int, ints, type OnnxGraph, type Value } from "./onnxGraph.ts";

/** What a rule sees: the graph, the call, the values of its inputs, and whether nothing but this call reads the first. */
export interface RuleContext {
  readonly graph: OnnxGraph;
  readonly call: Call;
  readonly inputs: readonly Value[];
  readonly alone: boolean;
}

type Rule = (context: RuleContext) => Value;

const ROWS: Form = { kind: "rows" };
const ZERO: Value = { name: "", form: { kind: "zero" } };

const isZero = ({ form }: Value): boolean => form.kind === "zero";

/** The first input, which must be there: no recording gives an activation or a convolution nothing but zeros. */
function first({ inputs, call }: RuleContext): Value {
  const value = nth(inputs, 0);
  if (isZero(value)) throw unsupported(`${call.operation.name} of zeros`);
  return value;
}

/** The size of an image, whatever its height and width. */
function sizeOf({ form }: Value): readonly [number, number, number] | undefined {
  if (form.kind === "image") return form.size;
  return form.kind === "flat" ? [form.channels, form.positions, 1] : undefined;
}

/** A B, or A Bᵀ: a parameter lies transposed. */
function product(transposed: boolean): Rule {
  return ({ graph, inputs }) => {
    const [left, other] = [nth(inputs, 0), nth(inputs, 1)];
    if (isZero(left) || isZero(other)) return ZERO;
    const right = graph.matrix(other);
    const attributes: Record<string, Attribute> = {};
    if (left.form.kind === "transposed") attributes.transA = int(1);
    if ((right.form.kind === "transposed") !== transposed) attributes.transB = int(1);
    return { name: graph.node("Gemm", [graph.rows(left), graph.rows(right)], attributes), form: ROWS };
  };
}

const addBias: Rule = (context) => {
  const { graph, inputs, alone } = context;
  const [to, row] = [first(context), nth(inputs, 1)];
  const { form } = to;
  // Where nothing else reads the product, its own node adds the row.
  const within = alone
    ? graph.extended(to.name, row.form.kind === "row" ? row.name : graph.reshaped(row.name, [-1]))
    : undefined;
  if (within) return { name: within, form };
  const shaped = form.kind === "image" ? graph.reshaped(row.name, [form.size[0], 1, 1]) : row.name;
  return { name: graph.node("Add", [to.name, shaped]), form };
};

/** The nodes of a formula; what stands in it twice becomes one node. */
function nodesOf(graph: OnnxGraph, x: string, formula: OnnxFormula, made = new Map<OnnxFormula, string>()): string {
  if (formula === "x") return x;
  if (typeof formula === "number") return graph.scalar(formula);
  const [operation, ...inputs] = formula;
  const known = made.get(formula);
  if (known !== undefined) return known;
  const node = graph.node(
    operation,
    inputs.map((input) => nodesOf(graph, x, input, made)),
  );
  made.set(formula, node);
  return node;
}

const activate: Rule = (context) => {
  const { graph, call } = context;
  const { name, form } = first(context);
  const sigma = activationByCode(call.attributes.kind ?? 0);
  if (!sigma.onnx) throw unsupported(`the activation ${sigma.name}`);
  return { name: nodesOf(graph, name, sigma.onnx), form };
};

/** Σ c_i x_i. */
const combine: Rule = ({ graph, call, inputs }) => {
  const terms = inputs
    .map((value, i) => ({ value, c: call.attributes[`c${i}`] ?? 0 }))
    .filter(({ value, c }) => !isZero(value) && c !== 0);
  if (terms.length === 0) return ZERO;
  const { names, form } = graph.alike(terms.map(({ value }) => value));
  const scaled = (i: number, c: number) =>
    c === 1 ? nth(names, i) : graph.node("Mul", [nth(names, i), graph.scalar(c)]);
  let sum = scaled(0, terms[0]?.c ?? 0);
  for (const [i, { c }] of terms.entries()) {
    if (i > 0) sum = c === -1 ? graph.node("Sub", [sum, nth(names, i)]) : graph.node("Add", [sum, scaled(i, c)]);
  }
  return { name: sum, form };
};

const multiply: Rule = ({ graph, inputs }) => {
  if (inputs.some(isZero)) return ZERO;
  const { names, form } = graph.alike(inputs);
  return { name: graph.node("Mul", names), form };
};

/** out[·, to …] = x[·, from …]; zeros around. Columns of an image are its channels. */
const moveColumns: Rule = (context) => {
  const { graph, call } = context;
  if (context.inputs.every(isZero)) return ZERO;
  const { to = 0, from = 0, count = 0 } = call.attributes;
  const [x, out] = [nth(call.inputs, 0), nth(call.outputs, 0)];
  const value = first(context);
  const size = sizeOf(value);
  let name = size ? graph.image(value, size) : graph.rows(value);
  if (count < x.columns) {
    name = graph.node("Slice", [name, ...[from, from + count, 1].map((n) => graph.wholes([n]))]);
  }
  const behind = out.columns - to - count;
  const within = size ? [0, 0] : [];
  if (to + behind > 0) name = graph.node("Pad", [name, graph.wholes([0, to, ...within, 0, behind, ...within])]);
  return { name, form: size ? { kind: "image", size: [out.columns, size[1], size[2]] } : ROWS };
};

/** c (K − Kᵀ) + d I, in the form of K. */
const skew: Rule = (context) => {
  const { graph, call } = context;
  const { c = 1, d = 0 } = call.attributes;
  const { name, form } = graph.matrix(first(context));
  const n = nth(call.inputs, 0).rows;
  const difference = graph.node("Sub", [name, graph.node("Transpose", [name])]);
  const scaled = c === 1 ? difference : graph.node("Mul", [difference, graph.scalar(c)]);
  if (d === 0) return { name: scaled, form };
  const identity = Float64Array.from({ length: n * n }, (_, i) => (i % (n + 1) === 0 ? d : 0));
  return { name: graph.node("Add", [scaled, graph.initializer(`identity_${n}_${d}`, [n, n], identity)]), form };
};

/** x ∘ s + t, with one number a column. */
const rowAffine: Rule = (context) => {
  const { graph, call, inputs } = context;
  const x = first(context);
  const [s, t] = [nth(inputs, 1), inputs[2]];
  const size = sizeOf(x);
  const { columns } = nth(call.outputs, 0);
  const row = (value: Value) => (size ? graph.reshaped(value.name, [columns, 1, 1]) : value.name);
  const scaled = graph.node("Mul", [size ? graph.image(x, size) : graph.rows(x), row(s)]);
  return { name: t ? graph.node("Add", [scaled, row(t)]) : scaled, form: size ? { kind: "image", size } : ROWS };
};

/** x̂ over the positions of each channel, or over all numbers of each example, which then stand as one channel. */
const normalize: Rule = (context) => {
  const { graph, call } = context;
  const { pooled = 0, joins = 0, epsilon = 0 } = call.attributes;
  if (joins) throw unsupported("a mean over the batch");
  const value = first(context);
  const { columns } = nth(call.outputs, 0);
  const size = sizeOf(value);
  const x = pooled ? graph.reshaped(value.name, [0, 1, -1]) : graph.image(value, size ?? [columns, 1, 1]);
  const channels = pooled ? 1 : columns;
  const row = (number: number) =>
    graph.initializer(`${number}_times_${channels}`, [channels], new Float64Array(channels).fill(number));
  const normalized = graph.node("InstanceNormalization", [x, row(1), row(0)], { epsilon: { float: epsilon } });
  if (!size) return { name: graph.reshaped(normalized, [-1, columns]), form: ROWS };
  return { name: pooled ? graph.reshaped(normalized, [-1, ...size]) : normalized, form: { kind: "image", size } };
};

/** (x − mean) / √(variance + ε), column by column. */
const normalizeBy: Rule = (context) => {
  const { graph, call, inputs } = context;
  const x = first(context);
  const [variance, mean] = [nth(inputs, 1), inputs[2]];
  const { columns } = nth(call.outputs, 0);
  const row = (number: number) =>
    graph.initializer(`${number}_times_${columns}`, [columns], new Float64Array(columns).fill(number));
  const size = sizeOf(x);
  const statistics = [row(1), row(0), mean?.name ?? row(0), variance.name];
  const image = size ? graph.image(x, size) : graph.rows(x);
  const epsilon = { epsilon: { float: known(call.attributes.epsilon) } };
  const name = graph.node("BatchNormalization", [image, ...statistics], epsilon);
  return { name, form: size ? { kind: "image", size } : ROWS };
};

/** Sums over neighbouring channels: a convolution of one position, or a product, with ones near the diagonal. */
const sumNeighbours: Rule = (context) => {
  const { graph, call } = context;
  const { half = 0 } = call.attributes;
  const { columns: n } = nth(call.outputs, 0);
  const value = first(context);
  const size = sizeOf(value);
  const near = Float64Array.from({ length: n * n }, (_, i) => (Math.abs(Math.floor(i / n) - (i % n)) <= half ? 1 : 0));
  const shape = size ? [n, n, 1, 1] : [n, n];
  const band = graph.initializer(`near_${half}_${shape.join("_")}`, shape, near);
  if (!size) return { name: graph.node("Gemm", [graph.rows(value), band]), form: ROWS };
  return { name: graph.node("Conv", [graph.image(value, size), band]), form: { kind: "image", size } };
};

/** c (k + a x)^e. */
const power: Rule = (context) => {
  const { graph, call } = context;
  const { c = 1, k = 0, a = 1, e = 1 } = call.attributes;
  const { name, form } = first(context);
  const base = graph.node("Add", [graph.node("Mul", [name, graph.scalar(a)]), graph.scalar(k)]);
  const raised = graph.node("Pow", [base, graph.scalar(e)]);
  return { name: c === 1 ? raised : graph.node("Mul", [raised, graph.scalar(c)]), form };
};

/** A network's own input may be an image already. */
const toImage: Rule = (context) => {
  const { positions = 1 } = context.call.attributes;
  const { columns: channels } = nth(context.call.outputs, 0);
  const value = first(context);
  return value.form.kind === "rows" ? { name: value.name, form: { kind: "flat", channels, positions } } : value;
};

const toFeatures: Rule = (context) => ({ name: context.graph.rows(first(context)), form: ROWS });

/**
 * Padding behind the image: as before it where that gives the same places, else what the last window covers. `beyond` are the
 * positions of the image that no window reaches, which the adjoint fills with zeros.
 */
function margins({ image, window, places, stride, padding }: Windows): { pads: Attribute; beyond: number[] } {
  const margin = (k: 0 | 1): { behind: number; beyond: number } => {
    const covered = (places[k] - 1) * stride[k] + window[k] - image[k] - padding[k];
    const beyond = padding[k] - covered;
    return beyond >= 0 && beyond < stride[k]
      ? { behind: padding[k], beyond }
      : { behind: Math.max(covered, 0), beyond: Math.max(-covered, 0) };
  };
  const [rows, columns] = [margin(0), margin(1)];
  return { pads: ints([...padding, rows.behind, columns.behind]), beyond: [rows.beyond, columns.beyond] };
}

const windowAttributes = (windows: Windows): Record<string, Attribute> => ({
  kernel_shape: ints(windows.window),
  strides: ints(windows.stride),
  pads: margins(windows).pads,
});

/** Rows of channels as an image of these positions. */
const imageOf = ({ graph, call, inputs }: RuleContext, [height, width]: Pair, k = 0): string =>
  graph.image(nth(inputs, k), [nth(call.inputs, k).columns, height, width]);

const imageForm = ({ call }: RuleContext, [height, width]: Pair): Form => ({
  kind: "image",
  size: [nth(call.outputs, 0).columns, height, width],
});

const convolve: Rule = (context) => {
  const windows = windowsOf(context.call.attributes);
  const attributes = { ...windowAttributes(windows), group: int(windows.groups) };
  const inputs = [imageOf(context, windows.image), kernelOf(context)];
  return { name: context.graph.node("Conv", inputs, attributes), form: imageForm(context, windows.places) };
};

const convolveBack: Rule = (context) => {
  const windows = windowsOf(context.call.attributes);
  const attributes = {
    ...windowAttributes(windows),
    group: int(windows.groups),
    output_padding: ints(margins(windows).beyond),
  };
  const inputs = [imageOf(context, windows.places), kernelOf(context)];
  return { name: context.graph.node("ConvTranspose", inputs, attributes), form: imageForm(context, windows.image) };
};

function kernelOf({ inputs, call }: RuleContext): string {
  const { name, form } = nth(inputs, 1);
  if (form.kind === "kernel") return name;
  throw unsupported(`${call.operation.name} with weights that are no parameter`);
}

const maxPool: Rule = (context) => {
  const { call, graph } = context;
  if (call.inputs[0] !== call.inputs[1]) throw unsupported(`${call.operation.name} of two tensors`);
  const windows = windowsOf(call.attributes);
  const name = graph.node("MaxPool", [imageOf(context, windows.image)], windowAttributes(windows));
  return { name, form: imageForm(context, windows.places) };
};

/** Means under windows, or over windows that tile the image. */
const average: Rule = (context) => {
  const { call, graph } = context;
  const windows = windowsOf(call.attributes);
  const { image, places } = windows;
  const x = imageOf(context, image);
  const form = imageForm(context, places);
  if (!call.attributes.adaptive) {
    const attributes = { ...windowAttributes(windows), count_include_pad: int(1) };
    return { name: graph.node("AveragePool", [x], attributes), form };
  }
  if (places[0] === 1 && places[1] === 1) return { name: graph.node("GlobalAveragePool", [x]), form };
  const rows = graph.initializer(
    `means_${places[0]}_${image[0]}`,
    [places[0], image[0]],
    tilingMeans(places[0], image[0]),
  );
  const columns = graph.initializer(
    `means_${places[1]}_${image[1]}`,
    [places[1], image[1]],
    tilingMeans(places[1], image[1]),
  );
  const overRows = graph.node("MatMul", [rows, x]);
  return { name: graph.node("MatMul", [overRows, graph.node("Transpose", [columns])]), form };
};

/** The matrix of means over ⌊i n / m⌋ … ⌈(i + 1) n / m⌉ − 1, m × n. */
function tilingMeans(m: number, n: number): Float64Array {
  const means = new Float64Array(m * n);
  for (let i = 0; i < m; i++) {
    const [from, to] = [Math.floor((i * n) / m), Math.ceil(((i + 1) * n) / m)];
    means.fill(1 / (to - from), i * n + from, i * n + to);
  }
  return means;
}

function unsupported(what: string): OdenetError {
  return new OdenetError(
    "option",
    `toOnnx: expected operations that ONNX can express, got ${what}. Save the model with toBytes(), or export its arrays with toNpz.`,
  );
}

const rules = new Map<Operation, Rule>([
  [productNN, product(false)],
  [productNT, product(true)],
  [bias, addBias],
  [activation, activate],
  [combination, combine],
  [columnWindow, moveColumns],
  [zeros, () => ZERO],
  [copy, ({ inputs }) => nth(inputs, 0)],
  [hadamard, multiply],
  [skewPart, skew],
  [rowMap, rowAffine],
  [normalization, normalize],
  [givenNormalization, normalizeBy],
  [neighbourSums, sumNeighbours],
  [affinePowers, power],
  [imageOrder, toImage],
  [featureOrder, toFeatures],
  [convolutionForward, convolve],
  [convolutionInput, convolveBack],
  [picked, maxPool],
  [means, average],
]);

/** The value of a call's output. Throws `option` where ONNX has nothing for it. */
export function applyRule(context: RuleContext): Value {
  const { operation } = context.call;
  const rule = rules.get(operation);
  if (rule) return rule(context);
  throw unsupported(
    operation === implicitStep ? "implicitMidpoint, whose steps solve equations" : `the operation ${operation.name}`,
  );
}
