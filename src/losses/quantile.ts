/** 1/n Σ (level − ½) r + ½ a(r), r = C − S, a(r) = |r|, within ±smoothing r²/(2 smoothing) + smoothing/2 (Koenker & Bassett 1978). */
import { type LossEntry, makeLoss } from "./loss.ts";

export interface Quantile {
  readonly kind: "quantile";
  readonly level: number;
  readonly smoothing: number;
}

/** The score learns the level's quantile of the targets, default the median. Labels are target rows. `smoothing` 1e-3 is the quadratic's half width. */
export function quantile(options: { level?: number; smoothing?: number } = {}): Quantile {
  return makeLoss(quantileEntry, options);
}

export const quantileEntry: LossEntry<Omit<Quantile, "kind">> & { readonly name: "quantile" } = {
  name: "quantile",
  label: "quantile",
  code: 4,
  labels: "rows",
  fromTargets: true,
  options: {
    level: { kind: "number", label: "level", from: 0, to: 1, initial: 0.5 },
    smoothing: { kind: "number", label: "smoothing", from: 1e-30, to: 1e30, initial: 1e-3 },
  },
  parameters: ({ level, smoothing }) => [level, smoothing],
};

/** The law of the reference tests: level ½, smoothing 1e-3, in s − c. */
export const reference = [
  (u: number) => (Math.abs(u) <= 1e-3 ? (u * u) / 4e-3 + 2.5e-4 : Math.abs(u) / 2),
  (u: number) => Math.max(-1, Math.min(1, u / 1e-3)) / 2,
  (u: number) => (Math.abs(u) <= 1e-3 ? 500 : 0),
] as const;

export const referenceKinks = [-1e-3, 1e-3] as const;
