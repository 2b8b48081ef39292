import * as odenet from "../../src/index.ts";
import type { Complex } from "../../src/integrators/complex.ts";
import { numbers } from "../reference/arithmetic.ts";
import { type DynamicsDescription, dynamicsOf } from "../reference/dynamics.ts";
import { axpy } from "../reference/vectors.ts";
import { sets, type WeightsInTime } from "../reference/weights.ts";
import { kernelExample, type Pair, surface } from "./families.ts";

export type { Pair };
export type Start = "full" | "half";

/** What the laws read of an integrator. */
export interface Stepper {
  readonly name: string;
  readonly inverse?: unknown;
  order(start?: Start): number;
  stabilityFunction?(z: Complex): Complex;
  amplification(z: Complex): number;
}

export const steppers = odenet.integrators as unknown as Readonly<Record<string, Stepper>>;

/** Both starts where they differ in order. */
export function startsOf(integrator: string): Start[] {
  const { order } = steppers[integrator] as Stepper;
  return order("half") === order("full") ? ["full"] : ["full", "half"];
}

export interface OdeSubject {
  /** Features; a convolution's example has its own. */
  readonly width: number;
  readonly dynamics?: Omit<DynamicsDescription, "kind">;
  readonly options: Readonly<Record<string, unknown>>;
  readonly precision?: odenet.Precision;
  /** Layers after the steps. */
  readonly after?: readonly odenet.Layer[];
  readonly loss?: () => odenet.Loss;
}

/** The layer of a pair. */
export function odeLayer(pair: Pair, { width, dynamics, options }: OdeSubject): odenet.Layer {
  const { kind, integrator } = pair;
  const { kernel, norm } = kernelExample(pair, width).dynamics;
  const field = (surface[kind] as (o: object) => never)({
    ...(kernel && { kernel }),
    ...(norm && { norm }),
    ...dynamics,
  });
  return odenet.ode(field, surface[integrator] as never, options as never);
}

/** Features of a pair's example where vectors have `width`. */
export const widthOf = (pair: Pair, width: number): number => kernelExample(pair, width).input;

/** A model whose first layer is time steps of a pair; its scores are the features at T unless layers follow. */
export function odeModel(pair: Pair, subject: OdeSubject): Promise<odenet.Model> {
  const { width, precision = "f64", after = [], loss = odenet.leastSquares } = subject;
  const { input, shape } = kernelExample(pair, width);
  const flat = shape && after.length > 0 ? [odenet.flatten()] : [];
  const net = odenet.network({ input: shape ?? input, layers: [odeLayer(pair, subject), ...flat, ...after] });
  return odenet.createModel(net, { precision, loss });
}

/** Calls `law` on a model and gives the memory back. */
export async function using<R>(model: Promise<odenet.Model>, law: (model: odenet.Model) => R): Promise<R> {
  const made = await model;
  try {
    return law(made);
  } finally {
    made.dispose();
  }
}

/** θ(t): every parameter's numbers at a time, by letter. */
export type WeightFunction = (t: number) => Readonly<Record<string, readonly number[]>>;

/** Sets a model's first layer to the samples of θ(t) that its weights in time ask for; all sets if θ is constant. */
export function sample(
  model: odenet.Model,
  theta: WeightFunction,
  { steps, finalTime, weights }: { steps: number; finalTime: number; weights: WeightsInTime },
): void {
  const count = sets[weights](steps);
  const spacing = weights === "halfSteps" ? finalTime / steps / 2 : finalTime / steps;
  const rows = Array.from({ length: count }, (_, j) => theta(j * spacing));
  for (const { name } of model.parameters) {
    const [layer, letter] = name.split(".") as [string, string];
    if (layer === "0")
      model.set(
        name,
        rows.flatMap((row) => row[letter] as number[]),
      );
  }
}

const STEPS = 600; // at the problems' size its own error is below 1e-12

/** y(T) by the reference's field and 600 steps of Runge–Kutta of order 4 on the first-order system. */
export function accurate(
  description: DynamicsDescription,
  theta: WeightFunction,
  y: readonly number[],
  finalTime: number,
): readonly number[] {
  const field = dynamicsOf(description);
  const n = y.length;
  let state: readonly number[];
  let velocity: (x: readonly number[], t: number) => readonly number[];
  let output = (x: readonly number[]): readonly number[] => x.slice(0, n);
  if (field.order === "first") {
    state = y;
    velocity = (x, t) => field.velocity(numbers, description, theta(t), x);
  } else if (field.order === "second") {
    state = [...y, ...y.map(() => 0)];
    velocity = (x, t) => [...x.slice(n), ...field.acceleration(numbers, description, theta(t), x.slice(0, n))];
  } else {
    const { p, q } = field.split(numbers, y);
    state = [...p, ...q];
    const m = p.length;
    velocity = (x, t) => [
      ...field.pDot(numbers, description, theta(t), x.slice(m)),
      ...field.qDot(numbers, description, theta(t), x.slice(0, m)),
    ];
    output = (x) => field.output(x.slice(0, m), x.slice(m));
  }
  const h = finalTime / STEPS;
  for (let j = 0; j < STEPS; j++) {
    const t = j * h;
    const k1 = velocity(state, t);
    const k2 = velocity(axpy(numbers, state, h / 2, k1), t + h / 2);
    const k3 = velocity(axpy(numbers, state, h / 2, k2), t + h / 2);
    const k4 = velocity(axpy(numbers, state, h, k3), t + h);
    state = state.map(
      (x, i) => x + (h / 6) * ((k1[i] as number) + 2 * (k2[i] as number) + 2 * (k3[i] as number) + (k4[i] as number)),
    );
  }
  return output(state);
}
