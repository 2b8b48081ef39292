/// <reference types="vite/client" />
import type { Smooth } from "./arithmetic.ts";

export interface Activation {
  /** [σ, σ', σ'']. */
  readonly sigma: Smooth;
  /** Where σ or one of its first two derivatives jumps: Taylor draws stay clear of these. */
  readonly kinks: readonly number[];
}

const smooth = (...sigma: Smooth): Activation => ({ sigma, kinks: [] });

/** 1 / (1 + e^{-x}), without overflow. */
export function sigmoid(x: number): number {
  return x < 0 ? Math.exp(x) / (1 + Math.exp(x)) : 1 / (1 + Math.exp(-x));
}

/** 1 - tanh² = 4 e^{-2|x|} / (1 + e^{-2|x|})², without cancellation. */
function sech2(x: number): number {
  const decay = Math.exp(-2 * Math.abs(x));
  return (4 * decay) / (1 + decay) ** 2;
}

const sigmoid1 = (x: number) => sigmoid(x) * sigmoid(-x);
const sigmoid2 = (x: number) => sigmoid1(x) * (sigmoid(-x) - sigmoid(x));

/** log(1 + e^x) with its derivatives. */
export const softplus: Smooth = [(x) => Math.max(x, 0) + Math.log1p(Math.exp(-Math.abs(x))), sigmoid, sigmoid1];

const ETA = 0.1; // half width of smoothRelu's parabola

/** References that stand beside the entries of src/activations. */
const beside = import.meta.glob<{ readonly reference?: Smooth }>("../../src/activations/*.ts", { eager: true });

export const activations: Readonly<Record<string, Activation>> = {
  ...Object.fromEntries(
    Object.entries(beside).flatMap(([path, { reference }]) =>
      reference ? [[/(\w+)\.ts$/.exec(path)?.[1] ?? path, smooth(...reference)]] : [],
    ),
  ),
  tanh: smooth(Math.tanh, sech2, (x) => -2 * Math.tanh(x) * sech2(x)),
  identity: smooth(
    (x) => x,
    () => 1,
    () => 0,
  ),
  sigmoid: smooth(sigmoid, sigmoid1, sigmoid2),
  softplus: smooth(...softplus),
  sin: smooth(Math.sin, Math.cos, (x) => -Math.sin(x)),
  relu: {
    sigma: [(x) => Math.max(x, 0), (x) => (x > 0 ? 1 : 0), () => 0],
    kinks: [0],
  },
  smoothRelu: {
    sigma: [
      (x) => (Math.abs(x) <= ETA ? (x * x) / (4 * ETA) + x / 2 + ETA / 4 : Math.max(x, 0)),
      (x) => (Math.abs(x) <= ETA ? x / (2 * ETA) + 0.5 : x > 0 ? 1 : 0),
      (x) => (Math.abs(x) <= ETA ? 1 / (2 * ETA) : 0),
    ],
    kinks: [-ETA, ETA],
  },
};

/** The activation of that name. */
export function activationOf(name: string): Activation {
  const found = activations[name];
  if (!found) throw new Error(`reference: no activation "${name}"`);
  return found;
}
