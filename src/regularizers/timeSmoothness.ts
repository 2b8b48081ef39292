/** For each ode layer R(θ) = α h/2 Σ_j ‖(θ_{j+1} − θ_j)/h‖²; half steps have the spacing h/2, constant weights give 0. */
import { checkSelection, checkWeight, chosen, type RegularizerKind, type Selection, setLength } from "./regularizer.ts";

export interface TimeSmoothness {
  readonly kind: "timeSmoothness";
  readonly weight: number;
  readonly parameters?: Selection;
}

/** Weights of an ode layer that change slowly in time. Applies to every ode layer's parameters unless told. */
export function timeSmoothness(alpha: number, { parameters }: { parameters?: Selection } = {}): TimeSmoothness {
  checkWeight(alpha, "timeSmoothness", "α");
  checkSelection(parameters, "timeSmoothness");
  return Object.freeze({ kind: "timeSmoothness", weight: alpha, ...(parameters === undefined ? {} : { parameters }) });
}

export const timeSmoothnessKind: RegularizerKind<TimeSmoothness> = {
  terms({ weight, parameters }, layout) {
    return chosen(parameters, layout, "timeSmoothness").flatMap((place) => {
      const { time, count, offset } = place;
      if (!time || time.constant || count < 2) return [];
      // α h/2 ‖Δ/h‖² = (α/h)/2 ‖Δ‖².
      const n = setLength(layout, place);
      return [{ penalty: "difference", n, sets: count, weight: weight / time.spacing, offset }];
    });
  },
  parse: (json) => timeSmoothness(json.weight as number, json as { parameters?: Selection }),
};
