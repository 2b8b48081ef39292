/**
 * K y + b, the argument of every σ: b has one number a row, one number a step ("scalar"), or is absent. For images a norm may
 * stand in between, N(K y) + b, whose shift b is.
 */
import { OdenetError } from "../core/errors.ts";
import type { Tensor } from "../core/recording/tensor.ts";
import { namesOf, pickOptions, type Rule, type Rules } from "../core/registry.ts";
import { type ActivationName, activate, activations, antiderivative } from "../operations/activation.ts";
import { addBias } from "../operations/bias.ts";
import { zero } from "../operations/fill.ts";
import { toFeatures, toImage } from "../operations/images.ts";
import { implicitMidpoint } from "../operations/implicitMidpoint.ts";
import { normalize } from "../operations/normalize.ts";
import { product } from "../operations/product.ts";
import { area } from "../operations/windows.ts";
import type { Bias, DynamicsData, FieldContext, Norm } from "./dynamics.ts";
import { checkedKernel, denseKernel, type Kernel, rulesOf } from "./kernels/index.ts";
import type { DynamicsParameter, FieldConstant, LinearMap, MapShape } from "./kernels/kernel.ts";

/** Options that every dynamics has. */
export interface FieldOptions {
  /** σ, default `"tanh"`. */
  activation?: ActivationName;
  /** Default true: b has one number a row, or a channel. `"scalar"`: one number a step. */
  bias?: Bias;
  /** What K is: default a matrix; `conv2dKernel(3)` for images; `basisKernel(matrices)`. */
  kernel?: Kernel;
  /**
   * With convolutions, what K y is normalised over before b is added: `"instance"`, each channel of each example; `"layer"`, each
   * example; `"batch"`, each channel of the batch, with running statistics for `scores` as in `batchNorm`.
   */
  norm?: Norm;
}

export type Field = Pick<DynamicsData, "activation" | "bias" | "kernel" | "norm">;

/** Rules for the common options of a dynamics. */
export const fieldRules: Rules<Field> = {
  activation: { kind: "choice", label: "σ", choices: namesOf(activations), initial: "tanh" },
  bias: { kind: "choice", label: "bias", choices: [true, false, "scalar"], initial: true },
  kernel: { kind: "custom", label: "kernel", check: (value, where) => unlessDense(checkedKernel(where, value)) },
  norm: { kind: "choice", label: "norm", choices: ["instance", "layer", "batch"] },
};

/** Rows of K where they are not as many as features. */
export const hiddenRule: Rule<number> = { kind: "whole", label: "rows of K", from: 1 };

const unlessDense = (kernel: Kernel): Kernel | undefined => (kernel === denseKernel ? undefined : kernel);

/** Checks the options of a dynamics. */
export function fieldOptions<T extends Field>(where: string, rules: Rules<T>, given: object): T {
  const options = pickOptions(where, rules, given);
  if (options.norm === undefined || takes(options) === "image") return options;
  throw new OdenetError(
    "option",
    `${where}: expected norm with a convolution only, got a kernel for plain features. Add kernel: conv2dKernel(3), or leave norm out.`,
  );
}

/** What the rows of y are to a dynamics' kernel. */
export function takes({ kernel = denseKernel }: Field): "features" | "image" {
  return rulesOf(kernel).takes;
}

/** The parameters of every map: its kernel's, then b. */
export function parametersOf(field: Field, maps: readonly MapShape[], where: string): DynamicsParameter[] {
  const { bias, kernel = denseKernel } = field;
  return maps.flatMap((shape): DynamicsParameter[] => {
    const K = rulesOf(kernel).parameter(kernel, shape, where);
    if (bias === false) return [K];
    return [K, { letter: `b${shape.suffix}`, shape: [bias === "scalar" ? 1 : shape.rows] }];
  });
}

/** The fixed numbers of every map, each once. */
export function constantsOf({ bias, kernel = denseKernel }: Field, maps: readonly MapShape[]): FieldConstant[] {
  const all = maps.flatMap((shape): FieldConstant[] => [
    ...(rulesOf(kernel).constants?.(kernel, shape) ?? []),
    ...(bias === "scalar" ? [ones(shape.rows)] : []),
  ]);
  return [...new Map(all.map((constant) => [constant.name, constant])).values()];
}

/** A scalar bias is spread over a row of ones. */
const ones = (length: number): FieldConstant => ({
  name: `ones${length}`,
  rows: 1,
  values: new Array<number>(length).fill(1),
});

/** σ(M y + b) for a linear map M, or σ(N(M y) + b). */
interface Layer {
  layer(y: Tensor): Tensor;
  /** Σ(M y + b), Σ' = σ: a summand of an energy. */
  potential(y: Tensor): Tensor;
}

/** K y + b with what dynamics make of it. */
export interface Affine extends Layer {
  /** Kᵀ σ(K y + b). */
  gradient(y: Tensor): Tensor;
  /** Kᵀ y + b. */
  readonly transposed: Layer;
  /** A y + b with A = scale · (K − Kᵀ − γ I). */
  antisymmetric(scale: number, gamma: number): Affine;
  /** The solution u of u = y + h/2 f(u), f = σ(K u + b) ("field") or −Kᵀ σ(K u + b) ("gradient"). */
  implicitMidpoint(y: Tensor, h: number, form: "field" | "gradient"): Tensor;
}

/** K y + b at the fraction c of the step; `suffix` tells which of the dynamics' maps. */
export function affine(context: FieldContext, field: Field, c: number, suffix = ""): Affine {
  const { kernel = denseKernel } = field;
  const rules = rulesOf(kernel);
  const shape = context.maps.find((m) => m.suffix === suffix);
  if (!shape) throw new Error(`dynamics: expected the map K${suffix}`);
  const weights = context.weights(c);
  const { letter } = rules.parameter(kernel, shape, "");
  const theta = weights[letter];
  if (!theta) throw new Error(`dynamics: expected weights for ${letter}`);
  const K = rules.map(kernel, context, theta, shape);
  return around(context, field, K, weights[`b${suffix}`], suffix);
}

function around(context: FieldContext, field: Field, K: LinearMap, b: Tensor | undefined, suffix: string): Affine {
  const { record, space } = context;
  const { activation, norm } = field;
  const positions = space.image ? area(space.image) : 1;
  const normalized = (z: Tensor, map: string): Tensor => {
    if (norm === undefined) return z;
    if (norm === "batch") {
      if (!context.overBatch) throw new Error("dynamics: expected steps that are given for a norm over the batch");
      return context.overBatch(z, map);
    }
    return normalize(record, z, { norm, per: positions }).normalized;
  };
  const layerOf = (apply: (y: Tensor) => Tensor, map: string): Layer => {
    const argument = (y: Tensor): Tensor => {
      const z = normalized(apply(y), map);
      return b ? addBias(record, z, biasRow(context, b, z.columns), positions) : z;
    };
    return {
      layer: (y) => activate(record, argument(y), activation),
      potential: (y) => antiderivative(record, argument(y), activation),
    };
  };
  const { layer, potential } = layerOf(K.apply, `K${suffix}`);
  return {
    layer,
    potential,
    gradient: (y) => K.adjoint(layer(y)),
    transposed: layerOf(K.adjoint, `K${suffix} transposed`),
    antisymmetric: (scale, gamma) => around(context, field, K.antisymmetric(scale, gamma), b, suffix),
    implicitMidpoint(y, h, form) {
      const A = K.matrix();
      const row = b && overPositions(context, biasRow(context, b, A.columns / positions), positions);
      const flat = positions === 1 ? y : toFeatures(record, y, positions);
      const u = implicitMidpoint(record, { y: flat, A, b: row, activation, c: h / 2, form });
      return positions === 1 ? u : toImage(record, u, y.columns);
    },
  };
}

/** The bias as a row of `length` numbers. */
function biasRow({ record, constant }: FieldContext, b: Tensor, length: number): Tensor {
  return b.columns === length ? b : product(record, b, constant(`ones${length}`));
}

/** The same number at every position of a channel, as plain features. */
function overPositions({ record }: FieldContext, b: Tensor, positions: number): Tensor {
  if (positions === 1) return b;
  const image = zero(record, { rows: positions, columns: b.columns });
  return toFeatures(record, addBias(record, image, b, positions), positions);
}
