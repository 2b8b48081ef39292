/** Every pair converges to the solution at its stated order, at a T that is no multiple of π. */
import { describe, expect, it } from "vitest";
import type { Fields, Term } from "../../src/core/recording/field.ts";
import { Recorder } from "../../src/core/recording/recorder.ts";
import type { Tensor } from "../../src/core/recording/tensor.ts";
import type { Integrator } from "../../src/integrators/integrator.ts";
import { integratorsByName } from "../../src/integrators/registry.ts";
import { dynamicsOf } from "../reference/dynamics.ts";
import type { WeightsInTime } from "../reference/weights.ts";
import { norm } from "../support/agreement.ts";
import { symmetric } from "../support/draws.ts";
import { kernelExample, kernelPairs } from "../support/families.ts";
import {
  accurate,
  odeModel,
  type Pair,
  type Start,
  sample,
  startsOf,
  steppers,
  using,
  type WeightFunction,
  widthOf,
} from "../support/odeModels.ts";

const WIDTH = 4;
const FINAL_TIME = 1.3;

/** The start of a trajectory. */
const startOf = (pair: Pair) => symmetric(5, widthOf(pair, WIDTH));

const descriptionOf = (pair: Pair, dynamics: object) => ({
  kind: pair.kind,
  ...dynamics,
  ...kernelExample(pair, WIDTH).dynamics,
});

/** θ(t), smooth and of no symmetry; constant for speed 0. */
function weightFunction(pair: Pair, dynamics: object, speed: number): WeightFunction {
  const description = descriptionOf(pair, dynamics);
  const { size: scale } = kernelExample(pair, WIDTH);
  const letters = dynamicsOf(description).letters(description, widthOf(pair, WIDTH));
  const parts = letters.map(([letter, shape], i) => {
    const size = shape.reduce((product, extent) => product * extent, 1);
    const draw = (seed: number, bound: number) => symmetric(seed + i, size, scale * bound);
    return [letter, draw(31, 0.8), draw(61, 0.6), draw(91, 0.5)] as const;
  });
  return (t) =>
    Object.fromEntries(
      parts.map(([letter, base, rise, wave]) => [
        letter,
        base.map((b, i) => b + speed * ((rise[i] as number) * t + (wave[i] as number) * Math.sin(2 * t + i))),
      ]),
    );
}

interface Problem {
  readonly dynamics: object;
  readonly theta: WeightFunction;
  readonly weights: WeightsInTime;
  readonly start: Start;
}

async function endState(pair: Pair, { dynamics, theta, weights, start }: Problem, steps: number) {
  const options = { steps, finalTime: FINAL_TIME, weights, start };
  return using(odeModel(pair, { width: WIDTH, dynamics, options }), (model) => {
    sample(model, theta, { steps, finalTime: FINAL_TIME, weights });
    return Array.from(model.scores(startOf(pair)));
  });
}

const solutions = new Map<string, readonly number[]>();

/** The exact y(T), computed once for all integrators. */
function solution(pair: Pair, { dynamics, theta }: Problem): readonly number[] {
  const key = JSON.stringify([pair.kind, pair.kernel, dynamics, theta(1)]);
  const found = solutions.get(key) ?? accurate(descriptionOf(pair, dynamics), theta, startOf(pair), FINAL_TIME);
  solutions.set(key, found);
  return found;
}

/** log₂ of the ratio of the errors at N and 2N steps. */
async function observedOrder(pair: Pair, problem: Problem, N = 64): Promise<number> {
  const exact = solution(pair, problem);
  const error = async (steps: number) => {
    const end = await endState(pair, problem, steps);
    return norm(end.map((entry, i) => entry - (exact[i] as number)));
  };
  return Math.log2((await error(N)) / (await error(2 * N)));
}

/** The fractions of a step at which a method looks at the weights. */
function sampled(name: string): Set<number> {
  const found = new Set<number>();
  const record = new Recorder("f64");
  const y = record.input("y", 1, 4);
  const see = (x: Tensor, c: number): Term => {
    found.add(c);
    return [1, x];
  };
  const implicitMidpoint = (x: Tensor) => see(x, 0.5)[1];
  const split = (x: Tensor): [Tensor, Tensor] => [x, x];
  const join = (_: Tensor, q: Tensor) => q;
  const fields: Fields = {
    vector: { kind: "vector", at: see, implicitMidpoint },
    partitioned: { kind: "partitioned", strang: false, split, join, first: see, second: see },
    secondOrder: { kind: "secondOrder", acceleration: see },
  };
  const integrator = integratorsByName[name] as Integrator;
  const context = { record, field: fields[integrator.field], h: 1, start: "full" } as const;
  integrator.step(context, integrator.begin(context, y));
  return found;
}

describe.each(kernelPairs)("$kind, $kernel, with $integrator", (pair) => {
  const { integrator } = pair;
  const stated = (start: Start) => steppers[integrator]?.order(start) as number;

  for (const start of startsOf(integrator)) {
    it.each(pair.kernel === "dense" ? ["tanh", "identity"] : ["tanh"])(
      `is of its order with constant weights, start ${start}, %s`,
      async (activation) => {
        const dynamics = { activation };
        const theta = weightFunction(pair, dynamics, 0);
        const order = await observedOrder(pair, { dynamics, theta, weights: "constant", start });
        expect(Math.abs(order - stated(start)), `order ${order}`).toBeLessThan(0.1);
      },
    );

    it.each([
      ["perStep", 1],
      ["nodal", 2],
      ["halfSteps", 4],
    ] as const)(`with θ(t) and ${start} start, %s weights allow order %i`, async (weights, allowed) => {
      const problem = { dynamics: {}, theta: weightFunction(pair, {}, 1), weights, start };
      const order = await observedOrder(pair, problem);
      // A method that looks at θ(t_j) alone finds it in every layout.
      const nodal = await endState(pair, { ...problem, weights: "nodal" }, 8);
      const perStep = await endState(pair, { ...problem, weights: "perStep" }, 8);
      const atNodesOnly = nodal.every((entry, i) => entry === perStep[i]);
      // Between the sets of weights, and beyond them, lies a line.
      const between = [...sampled(integrator)].some((c) => ![0, 0.5, 1].includes(c));
      const expected = atNodesOnly ? stated(start) : Math.min(between ? Math.min(allowed, 2) : allowed, stated(start));
      expect(Math.abs(order - expected), `order ${order}`).toBeLessThan(0.1);
    });
  }
});

describe("the full start in the linear case: y_N = cos(Nφ + φ/2) / cos(φ/2), sin(φ/2) = h/2", () => {
  it.each([
    { kind: "hamiltonian", integrator: "verlet" },
    { kind: "secondOrder", integrator: "leapfrog" },
  ])("$integrator", async (pair) => {
    const steps = 20;
    const h = 0.1;
    const options = { steps, stepSize: h, weights: "constant" };
    await using(odeModel(pair, { width: 1, dynamics: { activation: "identity", bias: false }, options }), (model) => {
      model.set([1]);
      const angle = 2 * Math.asin(h / 2);
      const expected = Math.cos(steps * angle + angle / 2) / Math.cos(angle / 2);
      expect(model.scores([1])[0]).toBeCloseTo(expected, 13);
      // Half a step late: cos(T + h/2), and not cos T, up to O(h²).
      expect(Math.abs(expected - Math.cos(steps * h + h / 2) / Math.cos(h / 2))).toBeLessThan((h * h) / 6);
    });
  });
});
