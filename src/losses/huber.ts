/** 1/n Σ ρ(S − C), ρ(r) = ½ r² for |r| ≤ δ, else δ (|r| − ½ δ) (Huber 1964). */
import { type LossEntry, makeLoss } from "./loss.ts";

export interface Huber {
  readonly kind: "huber";
  readonly delta: number;
}

/** Least squares for small residuals, their absolute value beyond δ, default 1. Labels are target rows. */
export function huber(options: { delta?: number } = {}): Huber {
  return makeLoss(huberEntry, options);
}

export const huberEntry: LossEntry<Omit<Huber, "kind">> & { readonly name: "huber" } = {
  name: "huber",
  label: "Huber",
  code: 3,
  labels: "rows",
  fromTargets: true,
  options: { delta: { kind: "number", label: "δ", from: 1e-30, to: 1e30, initial: 1 } },
  parameters: ({ delta }) => [delta],
};

/** ρ with two derivatives for δ = 1, and where they jump, for the tests. */
export const reference = [
  (r: number) => (Math.abs(r) <= 1 ? (r * r) / 2 : Math.abs(r) - 0.5),
  (r: number) => Math.max(-1, Math.min(1, r)),
  (r: number) => (Math.abs(r) <= 1 ? 1 : 0),
] as const;

export const referenceKinks = [-1, 1] as const;
