/** Rules that several layers share. */
import type { Rule } from "../core/registry.ts";
import { namesOf } from "../core/registry.ts";
import { type ActivationName, activations } from "../operations/activation.ts";
import { type Initialization, initializations } from "./parameters.ts";

/** A number of units, channels or positions, without which there is no layer. */
export const sizeRule = (label: string): Rule<number> => ({ kind: "whole", label, from: 1, required: true });

export const activationRule = (initial: ActivationName): Rule<ActivationName> => ({
  kind: "choice",
  label: "σ",
  choices: namesOf(activations),
  initial,
});

/** First values of a matrix; where there is no default, the activation's. */
export const initializationRule: Rule<Initialization> = {
  kind: "choice",
  label: "first values",
  choices: initializations,
};

export const biasRule: Rule<boolean> = { kind: "boolean", label: "b", initial: true };

/** Largest size, stride or padding: kernels count positions in 24 bits. */
export const LARGEST = 4096;

/** Positions of a window. */
export const extentRule = (label: string, initial?: number): Rule<number> => ({
  kind: "whole",
  label,
  from: 1,
  to: LARGEST,
  ...(initial === undefined ? { required: true } : { initial }),
});

/** A layer's data before the default of its first values is known. */
export type Undrawn<L> = Omit<L, "kind" | "initialization"> & { readonly initialization?: Initialization };
