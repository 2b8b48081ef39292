/**
 * x̂ = (x − μ) / √(σ² + ε) with mean and variance (biased) of a group of numbers, and its derivatives. With ⟨·⟩ the mean over a
 * group and r = 1 / √(σ² + ε), the slope along u is r ∘ (u − ⟨u⟩ − x̂ ⟨u ∘ x̂⟩), its own adjoint and linear in r, so that
 *   d slope(u; x̂, r) = slope(du; x̂, r) + slope(u; x̂, dr) − r ∘ (dx̂ ⟨u ∘ x̂⟩ + x̂ ⟨u ∘ dx̂⟩).
 * Ioffe & Szegedy 2015 (batch), Ba, Kiros & Hinton 2016 (layer), Ulyanov, Vedaldi & Lempitsky 2016 (instance).
 */
import {
  type Call,
  type CallRecorder,
  numberBytes,
  type Operation,
  type Shape,
  type Tensor,
} from "../core/recording/tensor.ts";
import * as encoders from "./encoders.generated.ts";

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

/** Rows of a group, whether all columns are one, whether the batch is, ε. */
type Groups = {
  readonly per: number;
  readonly pooled: number;
  readonly joins: number;
  readonly epsilon: number;
};

/** x normalised over its groups. */
export function normalize(record: CallRecorder, x: Tensor, { norm, per = 1, epsilon = 1e-5 }: Grouping): Normalized {
  const joins = Number(norm === "batch");
  const groups = { per: joins ? x.rows : per, pooled: Number(norm === "layer"), joins, epsilon };
  const statistics = statisticsOf(x, groups);
  const outputs = [{ rows: x.rows, columns: x.columns }, statistics, statistics, statistics] as const;
  const [normalized, , mean, variance] = record.call(normalization, [x], outputs, groups);
  return { normalized, mean, variance };
}

function statisticsOf({ rows, columns }: Tensor, { per }: Groups): Shape {
  return { rows: rows / per, columns };
}

interface Along {
  readonly normalized: Tensor;
  readonly r: Tensor;
  readonly groups: Groups;
}

/** The slope along u, and −r² ⟨u ∘ x̂⟩. */
function slope(record: CallRecorder, u: Tensor, { normalized, r, groups }: Along, into?: Tensor) {
  const outputs = [{ rows: u.rows, columns: u.columns }, statisticsOf(u, groups)] as const;
  const [along, dr] = record.call(normalizationSlope, [u, normalized, r], outputs, groups, into);
  return { along, dr };
}

/** −r ∘ (w ⟨u ∘ x̂⟩ + x̂ ⟨u ∘ w⟩). */
function curvature(
  record: CallRecorder,
  u: Tensor,
  w: Tensor,
  { normalized, r, groups }: Along,
  into?: Tensor,
): Tensor {
  return record.call(normalizationCurvature, [u, w, normalized, r], [u], groups, into)[0];
}

/** Rows of examples, whose parts threads share, unless the batch has its statistics in common. */
const examples = ({ inputs, attributes }: Call): number[] => (attributes.joins ? [] : inputs.map((_, i) => i));

const sizesOf = ({ rows, columns }: Tensor, { per, pooled }: Groups, into: Tensor | undefined) => ({
  rows,
  columns,
  per,
  beta: Number(!!into),
  pooled,
});

const area = ({ rows, columns }: Tensor): number => rows * columns;

export const normalization: Operation<
  [x: Tensor],
  [normalized: Tensor, r: Tensor, mean: Tensor, variance: Tensor],
  Groups
> = {
  name: "normalize",
  examples,
  overwrites: [0],
  flops: ({ outputs: [out] }) => 6 * area(out),
  encode({ inputs: [x], outputs: [out, r, mean, variance], into, attributes }) {
    const { epsilon } = attributes;
    return encoders.normalize({ out, r, mean, variance, x, ...sizesOf(out, attributes, into), epsilon });
  },
  vjp(record, { inputs: [x], outputs: [normalized, r], attributes: groups }, cotangents) {
    const d = cotangents.of(normalized);
    cotangents.add(x, (into) => slope(record, d, { normalized, r, groups }, into).along);
  },
  jvp(record, { inputs: [x], outputs: [normalized, r], attributes: groups }, tangents) {
    const dx = tangents.get(x);
    if (!dx) return;
    const { along, dr } = slope(record, dx, { normalized, r, groups });
    tangents.set(normalized, along);
    tangents.set(r, dr);
  },
};

export const normalizationSlope: Operation<
  [u: Tensor, normalized: Tensor, r: Tensor],
  [along: Tensor, dr: Tensor],
  Groups
> = {
  name: "normalize-slope",
  examples,
  overwrites: [0],
  flops: ({ outputs: [out] }) => 7 * area(out),
  encode({ inputs: [u, normalized, r], outputs: [out, dr], into, attributes }, precision) {
    const sizes = sizesOf(out, attributes, into);
    return encoders.normalizeSlope({ out, dr, u, normalized, r, ...sizes }, numberBytes(precision));
  },
  /** Of the slope alone: what −r² ⟨u ∘ x̂⟩ is for is a tangent itself. */
  jvp(record, { inputs: [u, normalized, r], outputs: [out], attributes: groups }, tangents) {
    const du = tangents.get(u);
    const dr = tangents.get(r);
    const turned = tangents.get(normalized);
    let d = du && slope(record, du, { normalized, r, groups }).along;
    if (dr) d = slope(record, u, { normalized, r: dr, groups }, d).along;
    if (turned) d = curvature(record, u, turned, { normalized, r, groups }, d);
    if (d) tangents.set(out, d);
  },
};

export const normalizationCurvature: Operation<
  [u: Tensor, w: Tensor, normalized: Tensor, r: Tensor],
  [out: Tensor],
  Groups
> = {
  name: "normalize-curvature",
  examples,
  flops: ({ outputs: [out] }) => 8 * area(out),
  encode({ inputs: [u, w, normalized, r], outputs: [out], into, attributes }, precision) {
    const sizes = sizesOf(out, attributes, into);
    return encoders.normalizeCurvature({ out, u, w, normalized, r, ...sizes }, numberBytes(precision));
  },
};

/** Statistics from elsewhere. */
interface Given {
  readonly mean?: Tensor;
  readonly variance: Tensor;
  readonly epsilon: number;
}

/** (x − 1 μᵀ) / √(1 σ²ᵀ + ε) with a given variance, and mean unless it is 0; both are constants. */
export function normalizeBy(record: CallRecorder, x: Tensor, given: Given, into?: Tensor): Tensor {
  const { mean, variance, epsilon } = given;
  return record.call(givenNormalization, mean ? [x, variance, mean] : [x, variance], [x], { epsilon }, into)[0];
}

export const givenNormalization: Operation<
  [x: Tensor, variance: Tensor, ...mean: Tensor[]],
  [out: Tensor],
  { readonly epsilon: number }
> = {
  name: "normalize-by",
  examples: [0],
  overwrites: [0],
  flops: ({ outputs: [out] }) => 2 * area(out),
  encode({ inputs: [x, variance, mean], outputs: [out], into, attributes: { epsilon } }) {
    const { rows, columns } = out;
    return encoders.normalizeBy({ out, x, variance, mean, rows, columns, beta: Number(!!into), epsilon });
  },
  vjp(record, { inputs: [x, variance], outputs: [out], attributes: { epsilon } }, cotangents) {
    const d = cotangents.of(out);
    cotangents.add(x, (into) => normalizeBy(record, d, { variance, epsilon }, into));
  },
  jvp(record, { inputs: [x, variance], outputs: [out], attributes: { epsilon } }, tangents) {
    const dx = tangents.get(x);
    if (dx) tangents.set(out, normalizeBy(record, dx, { variance, epsilon }));
  },
};
