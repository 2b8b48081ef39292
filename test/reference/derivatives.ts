import { activations } from "./activations.ts";
import { type Arithmetic, listening, numbers } from "./arithmetic.ts";
import { dualize, duals } from "./dual.ts";
import type { Batch } from "./layers.ts";
import { type LossDescription, lossValue } from "./losses.ts";
import { forward, type NetworkDescription, scored } from "./network.ts";
import { tape } from "./tape.ts";
import { matrix } from "./vectors.ts";

/** Features example by example, with their labels. */
export interface Data {
  readonly features: readonly number[];
  readonly labels: readonly number[];
}

/** S, example by example. */
export function scores(network: NetworkDescription, theta: readonly number[], features: readonly number[]): number[] {
  return forward(numbers, scored(network), theta, features).flat();
}

/** The outputs y_0, …, y_N of every ode layer: steps + 1 arrays each, example by example. */
export function states(network: NetworkDescription, theta: readonly number[], features: readonly number[]) {
  const seen: number[][][] = [];
  forward(numbers, scored(network), theta, features, (_, batches) => seen.push(batches.map((batch) => batch.flat())));
  return seen;
}

function objective<T>(
  a: Arithmetic<T>,
  network: NetworkDescription,
  loss: LossDescription,
  theta: readonly T[],
  features: readonly T[],
  labels: readonly number[],
): T {
  return lossValue(a, loss, forward(a, network, theta, features), labels);
}

/** E(S(θ)). */
export function value(network: NetworkDescription, loss: LossDescription, theta: readonly number[], data: Data) {
  return objective(numbers, network, loss, theta, data.features, data.labels);
}

/** dE/dθ and dE/dY₀. */
export function gradient(network: NetworkDescription, loss: LossDescription, theta: readonly number[], data: Data) {
  const t = tape(numbers);
  const parameters = theta.map(t.variable);
  const features = data.features.map(t.variable);
  const end = objective(t, network, loss, parameters, features, data.labels);
  t.sweep([end], [1]);
  return {
    value: end.value,
    gradient: parameters.map((x) => x.adjoint),
    inputGradient: features.map((x) => x.adjoint),
  };
}

/** dS in the direction (v, w) of theta and features. */
export function jacobianVector(
  network: NetworkDescription,
  theta: readonly number[],
  features: readonly number[],
  v: readonly number[] | undefined,
  w?: readonly number[],
): number[] {
  return pushed(scored(network), theta, features, v, w);
}

function pushed(
  network: NetworkDescription,
  theta: readonly number[],
  features: readonly number[],
  v: readonly number[] | undefined,
  w?: readonly number[],
): number[] {
  const S = forward(duals, network, dualize(theta, v), dualize(features, w));
  return S.flat().map((x) => x.tangent);
}

/** Jᵀ u, for theta and for the features. */
export function vectorJacobian(
  network: NetworkDescription,
  theta: readonly number[],
  features: readonly number[],
  u: readonly number[],
): { theta: number[]; features: number[] } {
  return pulled(scored(network), theta, features, u);
}

function pulled(
  network: NetworkDescription,
  theta: readonly number[],
  features: readonly number[],
  u: readonly number[],
): { theta: number[]; features: number[] } {
  const t = tape(numbers);
  const parameters = theta.map(t.variable);
  const inputs = features.map(t.variable);
  t.sweep(forward(t, network, parameters, inputs).flat(), u);
  return { theta: parameters.map((x) => x.adjoint), features: inputs.map((x) => x.adjoint) };
}

/** E''(S) D. */
export function lossHessianVector(
  loss: LossDescription,
  S: Batch<number>,
  labels: readonly number[],
  D: Batch<number>,
): number[] {
  const t = tape(duals);
  const lifted = S.map((s, i) => dualize(s, D[i]).map(t.variable));
  t.sweep([lossValue(t, loss, lifted, labels)], [duals.constant(1)]);
  return lifted.flat().map((x) => x.adjoint.tangent);
}

/** Jᵀ E''(S) J v, S being the objective's. */
export function gaussNewton(
  network: NetworkDescription,
  loss: LossDescription,
  theta: readonly number[],
  data: Data,
  v: readonly number[],
): number[] {
  const S = forward(numbers, network, theta, data.features);
  const Jv = matrix(pushed(network, theta, data.features, v), S[0]?.length ?? 0);
  return pulled(network, theta, data.features, lossHessianVector(loss, S, data.labels, Jv)).theta;
}

/** d²E/dθ² v: reverse mode over duals. */
export function hessianVector(
  network: NetworkDescription,
  loss: LossDescription,
  theta: readonly number[],
  data: Data,
  v: readonly number[],
): number[] {
  const t = tape(duals);
  const parameters = dualize(theta, v).map(t.variable);
  const features = dualize(data.features).map(t.variable);
  t.sweep([objective(t, network, loss, parameters, features, data.labels)], [duals.constant(1)]);
  return parameters.map((x) => x.adjoint.tangent);
}

/** Signed distances of every activation's argument from every kink of that activation, in order of evaluation. */
export function kinkDistances(network: NetworkDescription, theta: readonly number[], features: readonly number[]) {
  const kinks = new Map(Object.values(activations).map((activation) => [activation.sigma, activation.kinks]));
  const distances: number[] = [];
  const listener = listening((f, x) => {
    for (const kink of kinks.get(f) ?? []) distances.push(x - kink);
  });
  forward(listener, network, theta, features);
  return distances;
}
