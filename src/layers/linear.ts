/** W y + b: the classifier. */
import type { Tensor } from "../core/recording/tensor.ts";
import { type DataRules, pickOptions } from "../core/registry.ts";
import { addBias } from "../operations/bias.ts";
import { product } from "../operations/product.ts";
import type { LayerKind } from "./layer.ts";
import { type Initialization, matrixParameter, rowParameter } from "./parameters.ts";
import { biasRule, initializationRule, sizeRule } from "./rules.ts";
import { featureCount } from "./shape.ts";

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
export function linear(units: number, options: LinearOptions = {}): Linear {
  return make({ ...options, units });
}

const rules: DataRules<Linear> = {
  units: sizeRule("units"),
  bias: biasRule,
  initialization: { ...initializationRule, initial: "glorot" },
};

const make = (given: object): Linear => Object.freeze({ kind: "linear", ...pickOptions("linear", rules, given) });

export const linearKind: LayerKind<Linear> = {
  kind: "linear",
  label: "linear",
  options: rules,
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
  parse: make,
};
