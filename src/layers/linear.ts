/** W y + b: the classifier. */
import type { Tensor } from "../core/recording/tensor.ts";
import { addBias } from "../operations/bias.ts";
import { product } from "../operations/product.ts";
import type { LayerKind } from "./layer.ts";
import { type Initialization, initializations, matrixParameter, rowParameter } from "./parameters.ts";
import { checkBoolean, checkName, checkWhole, featureCount } from "./shape.ts";

export interface LinearOptions {
  /** Whether b is there, default true. */
  bias?: boolean;
  /** First values of W, default `"glorot"`; `"zero"` starts the classifier at equal scores. */
  initialization?: Initialization;
}

export interface Linear {
  readonly kind: "linear";
  readonly units: number;
  readonly bias: boolean;
  readonly initialization: Initialization;
}

/** `W y + b` with `units` outputs. Parameters W: [units, n_f], b: [units]. */
export function linear(units: number, { bias = true, initialization = "glorot" }: LinearOptions = {}): Linear {
  checkWhole(units, "linear", "units");
  checkBoolean(bias, "linear", "bias");
  checkName(initialization, initializations, "linear", "initialization");
  return Object.freeze({ kind: "linear", units, bias, initialization });
}

export const linearKind: LayerKind<Linear> = {
  kind: "linear",
  takes: () => "features",
  layOut({ units, bias, initialization }, input, name) {
    const W = matrixParameter(`${name}.W`, units, featureCount(input), initialization);
    const b = rowParameter(`${name}.b`, units);
    return {
      output: units,
      parameters: bias ? [W, b] : [W],
      record({ record, parameter }, y: Tensor) {
        const scores = product(record, y, parameter(W.name));
        return bias ? addBias(record, scores, parameter(b.name)) : scores;
      },
    };
  },
  parse: (json) => linear(json.units as number, json as LinearOptions),
};
