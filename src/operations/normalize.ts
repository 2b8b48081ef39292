/**
 * x̂ = (x − μ) / √(σ² + ε) with mean and variance (biased) of a group of numbers, and its derivatives. With ⟨·⟩ the mean over a
 * group and r = 1 / √(σ² + ε), the slope along u is r ∘ (u − ⟨u⟩ − x̂ ⟨u ∘ x̂⟩), its own adjoint and linear in r, so that
 *   d slope(u; x̂, r) = slope(du; x̂, r) + slope(u; x̂, dr) − r ∘ (dx̂ ⟨u ∘ x̂⟩ + x̂ ⟨u ∘ dx̂⟩).
 * Ioffe & Szegedy 2015 (batch), Ba, Kiros & Hinton 2016 (layer), Ulyanov, Vedaldi & Lempitsky 2016 (instance).
 */
import { Op } from "../../assembly/opcodes.ts";
import {
  type Attributes,
  type Call,
  type CallRecorder,
  numberBytes,
  type Operation,
  type Precision,
  paddedColumns,
  type Shape,
  type Tensor,
} from "../core/recording/tensor.ts";

/** Which numbers share a mean and a variance. */
export interface Grouping {
  /**
   * `"instance"`: the numbers of one column (channel) of one example; `"layer"`: all numbers of one example; `"batch"`: those of
   * one column of all examples.
   */
  readonly norm: "instance" | "layer" | "batch";
  /** Rows of one example, default 1: the positions of an image. */
  readonly per?: number;
  /** ε, default 1e-5. */
  readonly epsilon?: number;
}

/** x̂ with the statistics that made it: one row for each example, or one for the batch. Only x̂ is differentiated. */
export interface Normalized {
  readonly normalized: Tensor;
  readonly mean: Tensor;
  readonly variance: Tensor;
}

/** x normalised over its groups. */
export function normalize(record: CallRecorder, x: Tensor, { norm, per = 1, epsilon = 1e-5 }: Grouping): Normalized {
  const joins = Number(norm === "batch");
  const attributes = { per: joins ? x.rows : per, pooled: Number(norm === "layer"), joins, epsilon };
  const statistics = statisticsOf(x, attributes);
  const outputs = [{ rows: x.rows, columns: x.columns }, statistics, statistics, statistics];
  const [normalized, , mean, variance] = record.call(normalization, [x], outputs, attributes) as [
    Tensor,
    Tensor,
    Tensor,
    Tensor,
  ];
  return { normalized, mean, variance };
}

function statisticsOf({ rows, columns }: Tensor, { per }: Attributes): Shape {
  return { rows: rows / (per as number), columns };
}

interface Along {
  readonly normalized: Tensor;
  readonly r: Tensor;
  readonly attributes: Attributes;
}

/** The slope along u, and −r² ⟨u ∘ x̂⟩. */
function slope(record: CallRecorder, u: Tensor, { normalized, r, attributes }: Along, into?: Tensor) {
  const outputs = [{ rows: u.rows, columns: u.columns }, statisticsOf(u, attributes)];
  const [along, dr] = record.call(normalizationSlope, [u, normalized, r], outputs, attributes, into);
  return { along: along as Tensor, dr: dr as Tensor };
}

/** −r ∘ (w ⟨u ∘ x̂⟩ + x̂ ⟨u ∘ w⟩). */
function curvature(
  record: CallRecorder,
  u: Tensor,
  w: Tensor,
  { normalized, r, attributes }: Along,
  into?: Tensor,
): Tensor {
  return record.call(normalizationCurvature, [u, w, normalized, r], [u], attributes, into)[0] as Tensor;
}

/** Rows of examples, whose parts threads share, unless the batch has its statistics in common. */
const examples = ({ inputs, attributes }: Call): number[] => (attributes.joins ? [] : inputs.map((_, i) => i));

function sizesOf({ outputs: [out], into, attributes: { per = 1, pooled = 0 } }: Call): number[] {
  const { rows, columns } = out as Tensor;
  return [rows, columns, per, into ? 1 : 0, 0, pooled];
}

const twoRows = ({ outputs: [out] }: Call, precision: Precision): number =>
  2 * paddedColumns((out as Tensor).columns, precision) * numberBytes(precision);

export const normalization: Operation = {
  name: "normalize",
  examples,
  overwrites: [0],
  flops: ({ outputs: [out] }) => 6 * (out as Tensor).rows * (out as Tensor).columns,
  encode(call) {
    const { inputs, outputs, attributes } = call;
    const operands = [...outputs, ...inputs];
    return { op: Op.Normalize, sizes: sizesOf(call), coefficients: [attributes.epsilon as number], operands };
  },
  vjp(record, { inputs: [x], outputs: [normalized, r], attributes }, cotangents) {
    const d = cotangents.get(normalized as Tensor) as Tensor;
    const at = { normalized: normalized as Tensor, r: r as Tensor, attributes };
    cotangents.add(x as Tensor, (into) => slope(record, d, at, into).along);
  },
  jvp(record, { inputs: [x], outputs: [normalized, r], attributes }, tangents) {
    const dx = tangents.get(x as Tensor);
    if (!dx) return;
    const { along, dr } = slope(record, dx, { normalized: normalized as Tensor, r: r as Tensor, attributes });
    tangents.set(normalized as Tensor, along);
    tangents.set(r as Tensor, dr);
  },
};

export const normalizationSlope: Operation = {
  name: "normalize-slope",
  examples,
  overwrites: [0],
  flops: ({ outputs: [out] }) => 7 * (out as Tensor).rows * (out as Tensor).columns,
  scratch: twoRows,
  encode(call) {
    const operands = [...call.outputs, ...call.inputs, "scratch" as const];
    return { op: Op.NormalizeSlope, sizes: sizesOf(call), operands };
  },
  /** Of the slope alone: what −r² ⟨u ∘ x̂⟩ is for is a tangent itself. */
  jvp(record, { inputs, outputs: [out], attributes }, tangents) {
    const [u, normalized, r] = inputs as [Tensor, Tensor, Tensor];
    const du = tangents.get(u);
    const dr = tangents.get(r);
    const turned = tangents.get(normalized);
    let d = du && slope(record, du, { normalized, r, attributes }).along;
    if (dr) d = slope(record, u, { normalized, r: dr, attributes }, d).along;
    if (turned) d = curvature(record, u, turned, { normalized, r, attributes }, d);
    if (d) tangents.set(out as Tensor, d);
  },
};

export const normalizationCurvature: Operation = {
  name: "normalize-curvature",
  examples,
  flops: ({ outputs: [out] }) => 8 * (out as Tensor).rows * (out as Tensor).columns,
  scratch: twoRows,
  encode(call) {
    const operands = [call.outputs[0] as Tensor, ...call.inputs, "scratch" as const];
    return { op: Op.NormalizeCurvature, sizes: sizesOf(call), operands };
  },
};

/** (x − 1 μᵀ) / √(1 σ²ᵀ + ε) with a given variance, and mean unless it is 0; both are constants. */
export function normalizeBy(
  record: CallRecorder,
  x: Tensor,
  given: { readonly mean?: Tensor; readonly variance: Tensor; readonly epsilon: number },
  into?: Tensor,
): Tensor {
  const { mean, variance, epsilon } = given;
  const inputs = mean ? [x, variance, mean] : [x, variance];
  return record.call(givenNormalization, inputs, [x], { epsilon }, into)[0] as Tensor;
}

export const givenNormalization: Operation = {
  name: "normalize-by",
  examples: [0],
  overwrites: [0],
  flops: ({ outputs: [out] }) => 2 * (out as Tensor).rows * (out as Tensor).columns,
  encode({ inputs: [x, variance, mean], outputs: [out], into, attributes: { epsilon = 0 } }) {
    const { rows, columns } = out as Tensor;
    const operands = [out as Tensor, x as Tensor, variance as Tensor, mean ?? null];
    return { op: Op.NormalizeBy, sizes: [rows, columns, 0, into ? 1 : 0], coefficients: [epsilon], operands };
  },
  vjp(record, { inputs: [x, variance], outputs: [out], attributes: { epsilon = 0 } }, cotangents) {
    const d = cotangents.get(out as Tensor) as Tensor;
    const given = { variance: variance as Tensor, epsilon };
    cotangents.add(x as Tensor, (into) => normalizeBy(record, d, given, into));
  },
  jvp(record, { inputs: [x, variance], outputs: [out], attributes: { epsilon = 0 } }, tangents) {
    const dx = tangents.get(x as Tensor);
    if (dx) tangents.set(out as Tensor, normalizeBy(record, dx, { variance: variance as Tensor, epsilon }));
  },
};
