/** scale · σ(K y + b): the plain network's layer; the course's opening layer has scale = h. */
import { type ActivationName, activate, activations } from "../operations/activation.ts";
import { addBias } from "../operations/bias.ts";
import { combine } from "../operations/combine.ts";
import { product } from "../operations/product.ts";
import type { LayerKind } from "./layer.ts";
import { type Initialization, initializations, matrixParameter, rowParameter } from "./parameters.ts";
import { checkBoolean, checkFinite, checkName, checkWhole, featureCount } from "./shape.ts";

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
  return activation === "relu" || activation === "smoothRelu" ? "he" : "glorot";
}

/** `scale · σ(K y + b)` with `units` outputs. Parameters K: [units, n_f], b: [units]. */
export function dense(units: number, options: DenseOptions = {}): Dense {
  const { activation = "tanh", bias = true, scale = 1 } = options;
  checkWhole(units, "dense", "units");
  checkName(activation, activationNames, "dense", "activation");
  checkFinite(scale, "dense", "scale");
  checkBoolean(bias, "dense", "bias");
  const { initialization = defaultInitialization(activation) } = options;
  checkName(initialization, initializations, "dense", "initialization");
  // JSON has no −0: + 0 makes it 0.
  return Object.freeze({ kind: "dense", units, activation, bias, scale: scale + 0, initialization });
}

/** The names of all activations. */
export const activationNames = Object.keys(activations) as ActivationName[];

export const denseKind: LayerKind<Dense> = {
  kind: "dense",
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
  parse: (json) => dense(json.units as number, json as DenseOptions),
};
