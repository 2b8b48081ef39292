import { OdenetError } from "../core/errors.ts";
import { type L1, l1, l1Kind } from "./l1.ts";
import { chosen, type Layout, type RegularizerKind, type Term } from "./regularizer.ts";
import {
  type StabilityPenalty,
  type StabilityProjection,
  stabilityPenalty,
  stabilityPenaltyKind,
  stabilityProjection,
  stabilityProjectionKind,
} from "./stability.ts";
import { type Tikhonov, tikhonov, tikhonovKind } from "./tikhonov.ts";
import { type TimeSmoothness, timeSmoothness, timeSmoothnessKind } from "./timeSmoothness.ts";

export type { Layout, Selection, Term, TimeAxis } from "./regularizer.ts";
export { l1, stabilityPenalty, stabilityProjection, tikhonov, timeSmoothness };

/** Every regularizer, as plain data. */
export type Regularizer = Tikhonov | TimeSmoothness | L1 | StabilityPenalty | StabilityProjection;

/** Every regularizer's factory by kind. */
export const regularizers = { tikhonov, timeSmoothness, l1, stabilityPenalty, stabilityProjection };

const kinds: { readonly [K in Regularizer["kind"]]: RegularizerKind<Extract<Regularizer, { kind: K }>> } = {
  tikhonov: tikhonovKind,
  timeSmoothness: timeSmoothnessKind,
  l1: l1Kind,
  stabilityPenalty: stabilityPenaltyKind,
  stabilityProjection: stabilityProjectionKind,
};

function kindOf(regularizer: Regularizer): RegularizerKind<Regularizer> {
  const kind = (regularizer as { kind?: unknown } | undefined)?.kind;
  if (typeof kind === "string" && Object.hasOwn(kinds, kind)) {
    return kinds[kind as Regularizer["kind"]] as unknown as RegularizerKind<Regularizer>;
  }
  throw new OdenetError(
    "option",
    `createModel: expected regularizers as a list of ${Object.keys(kinds).join(", ")}, got ${String(kind ?? regularizer)}. Call the factory, as tikhonov(1e-4).`,
  );
}

/** The regularizers laid out for a network: what adds to the objective, and what brings θ back to what is allowed. */
export function layOutRegularizers(
  regularizers: readonly Regularizer[],
  layout: Layout,
): { terms: Term[]; projections: Term[] } {
  return {
    terms: regularizers.flatMap((r) => kindOf(r).terms(r, layout)),
    projections: regularizers.flatMap((r) => kindOf(r).projection?.(r, layout) ?? []),
  };
}

/** With names instead of patterns: plain data that JSON keeps. */
export function named(regularizer: Regularizer, layout: Layout): Regularizer {
  kindOf(regularizer);
  const { kind, parameters } = regularizer;
  if (parameters === undefined) return regularizer;
  return Object.freeze({ ...regularizer, parameters: chosen(parameters, layout, kind).map(({ name }) => name) });
}

/** Reads one from JSON; throws for what is wrong. */
export function parseRegularizer(json: unknown): Regularizer {
  return kindOf(json as Regularizer).parse(json as Record<string, unknown>);
}
