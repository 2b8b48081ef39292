/**
 * ∂Y_N/∂Y_0 of an ode layer, F P_{N−1} … P_0 B, and its singular values: the largest says how much the layer amplifies the worst
 * small perturbation of one example.
 */
import type { Features } from "../model/examples.ts";
import type { Model } from "../model/model.ts";
import { times } from "./columns.ts";
import { inspectedRows, type LayerChoice } from "./inspection.ts";
import { propagators } from "./propagators.ts";
import { singularValues } from "./singularValues.ts";

export interface FlowJacobian {
  readonly layer: string;
  /** Rows and columns. */
  readonly size: number;
  /** ∂(Y_N)_r/∂(Y_0)_c at r · size + c. */
  readonly jacobian: Float64Array;
  /** Largest first. */
  readonly singularValues: number[];
}

/** One for every example. Throws `option` without an ode layer, `shape`, `value`. */
export function flowJacobian(model: Model, features: Features, choice: LayerChoice = {}): FlowJacobian[] {
  const rows = inspectedRows(model, features, "flowJacobian");
  return Array.from({ length: rows.count }, (_, i) => {
    const { steps, begin, along, end } = propagators(model, rows, i, "flowJacobian", choice);
    const J = begin.map((x) =>
      times(
        end,
        along.reduce((moved, P) => times(P, moved), x),
      ),
    );
    const size = steps.features;
    return {
      layer: steps.name,
      size,
      jacobian: Float64Array.from({ length: size * size }, (_, k) => J[k % size]?.[Math.floor(k / size)] as number),
      singularValues: singularValues(J),
    };
  });
}
