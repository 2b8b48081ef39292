/** scale · σ(K y + b): the plain network's layer; the course's opening layer has scale = h. */
import { pickOptions, type Rules } from "../core/registry.ts";
import { type ActivationName, activate, activations } from "../operations/activation.ts";
import { addBias } from "../operations/bias.ts";
import { combine } from "../operations/combine.ts";
import { product } from "../operations/product.ts";
import type { LayerKind } from "./layer.ts";
import { type Initialization, matrixParameter, rowParameter } from "./parameters.ts";
import { activationRule, biasRule, initializationRule, sizeRule, type Undrawn } from "./rules.ts";
import { featureCount } from "./shape.ts";

export interface DenseOptions {
  /** σ, default `"tanh"`. */
  activation?: ActivationName;
  /** Whether b is there, default true. */
  bias?: boolean;
  /** Factor of the result, default 1. */
  scale?: number;
  /** First values of K, default `"he"` for the relu family, `"glorot"` for the others. */
  initialization?: Initialization;
}

export interface Dense {
  readonly kind: "dense";
  readonly units: number;
  readonly activation: ActivationName;
  readonly bias: boolean;
  readonly scale: number;
  readonly initialization: Initialization;
}

/** He's draw suits activations that are zero on one side; Glorot's the others. */
export function defaultInitialization(activation: ActivationName): Initialization {
  return activations[activation].draw;
}

/** `scale · σ(K y + b)` with `units` outputs. Parameters K: [units, n_f], b: [units]. */
export function dense(units: number, options: DenseOptions = {}): Dense {
  return make({ ...options, units });
}

const rules: Rules<Undrawn<Dense>> = {
  units: sizeRule("units"),
  activation: activationRule("tanh"),
  bias: biasRule,
  scale: { kind: "number", label: "factor of the result", initial: 1 },
  initialization: initializationRule,
};

function make(given: object): Dense {
  const read = pickOptions("dense", rules, given);
  const { initialization = defaultInitialization(read.activation) } = read;
  // JSON has no −0: + 0 makes it 0.
  return Object.freeze({ kind: "dense", ...read, scale: read.scale + 0, initialization });
}

export const denseKind: LayerKind<Dense> = {
  kind: "dense",
  label: "dense",
  options: rules,
  takes: () => "features",
  layOut({ units, activation, bias, scale, initialization }, input, name) {
    const K = matrixParameter(`${name}.K`, units, featureCount(input), initialization);
    const b = rowParameter(`${name}.b`, units);
    return {
      output: units,
      parameters: bias ? [K, b] : [K],
      record({ record, parameter }, y) {
        const z = product(record, y, parameter(K.name));
        const out = activate(record, bias ? addBias(record, z, parameter(b.name)) : z, activation);
        return scale === 1 ? out : combine(record, [[scale, out]]);
      },
    };
  },
  parse: make,
};
