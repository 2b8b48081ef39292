/**
 * R(θ) = λ/2 Σ_j h ‖P₊(½ (K_j + K_jᵀ))‖_F², P₊ the positive part of the symmetric eigendecomposition: half the squared
 * distance of K_j to the matrices with ½(K + Kᵀ) ⪯ 0. The nearest of them is K_j − P₊.
 */
import { OdenetError } from "../core/errors.ts";
import {
  checkSelection,
  checkWeight,
  chosen,
  type Layout,
  type RegularizerKind,
  type Selection,
} from "./regularizer.ts";

interface Options {
  /** Square matrices of ode layers. Default: every one of `layerField`, the dynamics that is not stable by its form. */
  parameters?: Selection;
}

export interface StabilityPenalty {
  readonly kind: "stabilityPenalty";
  readonly weight: number;
  readonly parameters?: Selection;
}

export interface StabilityProjection {
  readonly kind: "stabilityProjection";
  readonly parameters?: Selection;
}

/** Pulls ½(K + Kᵀ) to be negative semidefinite: with σ' ≥ 0, Re eig(diag(σ') K) ≤ 0 then. */
export function stabilityPenalty(lambda: number, { parameters }: Options = {}): StabilityPenalty {
  checkWeight(lambda, "stabilityPenalty", "λ");
  checkSelection(parameters, "stabilityPenalty");
  return Object.freeze({
    kind: "stabilityPenalty",
    weight: lambda,
    ...(parameters === undefined ? {} : { parameters }),
  });
}

/** The same as a constraint: after every step of training, and by `model.project()`, K ← K − P₊. Its value is 0. */
export function stabilityProjection({ parameters }: Options = {}): StabilityProjection {
  checkSelection(parameters, "stabilityProjection");
  return Object.freeze({ kind: "stabilityProjection", ...(parameters === undefined ? {} : { parameters }) });
}

/** One term a stack of matrices; the sum over time is a Riemann sum, a constant matrix stands for all of [0, T]. */
function matrices(selection: Selection | undefined, layout: Layout, where: string) {
  const given = selection !== undefined;
  const places = chosen(selection, layout, where).filter(
    ({ time, rows, columns }) => given || (time?.free && rows === columns && rows > 1),
  );
  for (const { name, time, rows, columns } of places) {
    if (time && rows === columns) continue;
    const got = time ? `${columns} × ${rows}` : "one of another layer";
    throw new OdenetError(
      "shape",
      `${where}: expected ${name} to be a square matrix of an ode layer, got ${got}. Choose /\\.K$/.`,
    );
  }
  if (places.length === 0) {
    throw new OdenetError(
      "option",
      `${where}: expected an ode layer with layerField, whose K may be unstable, got none. Other dynamics are stable by their form; choose matrices by parameters to apply it all the same.`,
    );
  }
  return places.map(({ rows, count, offset, time }) => ({ n: rows, sets: count, offset, share: time?.share ?? 1 }));
}

export const stabilityPenaltyKind: RegularizerKind<StabilityPenalty> = {
  terms: ({ weight, parameters }, layout) =>
    matrices(parameters, layout, "stabilityPenalty").map(({ share, ...where }) => ({
      penalty: "stability",
      weight: weight * share,
      ...where,
    })),
  parse: (json) => stabilityPenalty(json.weight as number, json as Options),
};

export const stabilityProjectionKind: RegularizerKind<StabilityProjection> = {
  terms: () => [],
  projection: ({ parameters }, layout) =>
    matrices(parameters, layout, "stabilityProjection").map(({ share: _, ...where }) => ({
      penalty: "stability",
      weight: -1,
      ...where,
    })),
  parse: (json) => stabilityProjection(json as Options),
};
