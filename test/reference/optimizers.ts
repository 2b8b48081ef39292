/// <reference types="vite/client" />
import { updates as factories } from "../../src/optimizers/entries.generated.ts";
import type { Optimizer } from "../../src/optimizers/optimizer.ts";
/** The updates of θ by a gradient, in float64, straight from their papers. Each factory keeps its state between steps. */
export type Update = (theta: readonly number[], gradient: ArrayLike<number>, learningRate: number) => number[];

interface Decay {
  readonly weightDecay?: number;
}

/** g + λ θ. */
const decayed = (gradient: ArrayLike<number>, theta: readonly number[], lambda: number) =>
  theta.map((x, i) => (gradient[i] as number) + lambda * x);

/** θ − η d, d = g + λ θ. */
export function sgd({ weightDecay = 0 }: Decay): Update {
  return (theta, gradient, eta) => {
    const d = decayed(gradient, theta, weightDecay);
    return theta.map((x, i) => x - eta * (d[i] as number));
  };
}

/** v <- μ v + d; θ − η v, or θ − η (d + μ v). */
export function momentum(options: Decay & { readonly momentum: number; readonly nesterov?: boolean }): Update {
  const { weightDecay = 0, momentum: mu, nesterov = false } = options;
  let v: number[] | undefined;
  return (theta, gradient, eta) => {
    const d = decayed(gradient, theta, weightDecay);
    const velocity = d.map((x, i) => mu * (v?.[i] ?? 0) + x);
    v = velocity;
    const direction = nesterov ? d.map((x, i) => x + mu * (velocity[i] as number)) : velocity;
    return theta.map((x, i) => x - eta * (direction[i] as number));
  };
}

interface AdamOptions extends Decay {
  readonly beta1?: number;
  readonly beta2?: number;
  readonly epsilon?: number;
}

function adamWith(coupled: number, decoupled: number, options: AdamOptions): Update {
  const { beta1 = 0.9, beta2 = 0.999, epsilon = 1e-8 } = options;
  let m: number[] | undefined;
  let v: number[] | undefined;
  let t = 0;
  return (theta, gradient, eta) => {
    const d = decayed(gradient, theta, coupled);
    t++;
    const mean = d.map((x, i) => beta1 * (m?.[i] ?? 0) + (1 - beta1) * x);
    const square = d.map((x, i) => beta2 * (v?.[i] ?? 0) + (1 - beta2) * x * x);
    [m, v] = [mean, square];
    return theta.map((x, i) => {
      const unbiasedMean = (mean[i] as number) / (1 - beta1 ** t);
      const unbiasedSquare = (square[i] as number) / (1 - beta2 ** t);
      return x - eta * decoupled * x - (eta * unbiasedMean) / (Math.sqrt(unbiasedSquare) + epsilon);
    });
  };
}

/** Kingma & Ba 2015, algorithm 1, of d = g + λ θ. */
export const adam = ({ weightDecay = 0, ...options }: AdamOptions): Update => adamWith(weightDecay, 0, options);

/** Loshchilov & Hutter 2019, algorithm 2: θ shrinks by η λ θ. */
export const adamW = ({ weightDecay = 0.01, ...options }: AdamOptions): Update => adamWith(0, weightDecay, options);

/** One step of a method as its paper states it, on θ, its gradient and two states. `t` counts from 1. */
export type Rule = (theta: number, g: number, state: [number, number], t: number, rate: number) => number;

const beside = import.meta.glob<{ readonly reference?: Rule }>("../../src/optimizers/*.ts", { eager: true });

/** Rules that stand beside the entries of src/optimizers, of their default options, by name. */
export const rulesBeside: Readonly<Record<string, Rule>> = Object.fromEntries(
  Object.entries(beside).flatMap(([path, { reference }]) =>
    reference ? [[/(\w+)\.ts$/.exec(path)?.[1] ?? path, reference]] : [],
  ),
);

/** The factories of all updates by kind. */
export const updates: Readonly<Record<string, (options?: object) => Optimizer>> = factories;

/** A rule beside its entry as an update of the whole θ. */
export function updateBeside(rule: Rule): Update {
  const states: [number, number][] = [];
  let t = 0;
  return (theta, gradient, rate) => {
    t++;
    return theta.map((x, i) => {
      states[i] ??= [0, 0];
      return rule(x, gradient[i] as number, states[i], t, rate);
    });
  };
}
