/** Analysis looks at the time steps of every kind: equal ones, grids of times, chosen ones, checkpoints, reversal, threads. */
import { describe, expect, it } from "vitest";
import {
  createModel,
  dopri5,
  energy,
  euler,
  gradientFlow,
  hamiltonian,
  isStable,
  jacobianSpectrum,
  layerField,
  leapfrogMidpoint,
  leastSquares,
  linear,
  lossLine,
  lyapunov,
  type Model,
  network,
  ode,
  reversibilityError,
  rk4,
  trajectories,
  verlet,
} from "../../src/index.ts";
import type { Integrator } from "../../src/integrators/integrator.ts";

const STEPS = 5;
const times = Array.from({ length: STEPS + 1 }, (_, j) => j / STEPS);
const data = { features: [0.3, -0.8, 1.2, 0.4], labels: [1, -1] };

const modelOf = (block: ReturnType<typeof ode>, options = {}): Promise<Model> =>
  createModel(network({ input: 2, layers: [block, linear(1)] }), {
    loss: leastSquares(),
    precision: "f64",
    seed: 3,
    ...options,
  });

/** All numbers that analysis finds out along the steps. */
const everything = (model: Model): number[] => [
  ...jacobianSpectrum(model, data.features.slice(0, 2)).flatMap((s) => [s.time, ...s.jacobian, s.rate ?? 0]),
  ...energy(model, data.features).values,
  ...lyapunov(model, data.features),
  ...isStable(model, data.features).steps.map((s) => s.amplification),
  ...gradientFlow(model, data).flatMap((f) => [f.adjoint, f.gradient]),
];

function expectClose(found: readonly number[], expected: readonly number[]): void {
  expect(found.length).toBe(expected.length);
  found.forEach((x, k) => {
    expect(x).toBeCloseTo(expected[k] as number, 9);
  });
}

describe("a grid of times that are equally spaced is looked at as equal steps are", () => {
  it.each([
    ["euler", "perStep", euler],
    ["rk4", "perStep", rk4],
    ["rk4", "nodal", rk4],
    ["rk4", "halfSteps", rk4],
    ["rk4", "constant", rk4],
  ] as const)("%s %s", async (_, weights, integrator) => {
    const method = integrator as Integrator<"vector">;
    const [equal, grid] = await Promise.all([
      modelOf(ode(layerField(), method, { steps: STEPS, weights })),
      modelOf(ode(layerField(), method, { times, weights })),
    ]);
    grid.set(equal.get());
    expectClose(everything(grid), everything(equal));
  });
});

it.each([{ reversible: true }, { checkpoint: "sqrt" } as const])(
  "%o changes no more than round-off in the gradient",
  async (option) => {
    const [with_, without] = await Promise.all([
      modelOf(ode(hamiltonian(), verlet, { steps: 9, ...option })),
      modelOf(ode(hamiltonian(), verlet, { steps: 9 })),
    ]);
    expectClose(everything(with_), everything(without));
  },
);

it("a first step that differs is one of the steps", async () => {
  const model = await modelOf(ode(layerField(), leapfrogMidpoint, { steps: STEPS, finalTime: 0.5 }));
  expect(jacobianSpectrum(model, [0.1, 0.2])).toHaveLength(STEPS);
  expect(gradientFlow(model, data).filter((f) => f.step !== undefined)).toHaveLength(STEPS);
  expect(lyapunov(model, data.features)).toHaveLength(2);
});

describe("chosen steps", () => {
  const chosen = () => ode(layerField(), dopri5({ rtol: 1e-6, atol: 1e-8 }), { finalTime: 3 });

  it("are those of the trajectory, for one example after another", async () => {
    const model = await modelOf(chosen());
    for (const features of [
      [0.3, -0.8],
      [6, 5],
      [0.3, -0.8],
    ]) {
      const found = jacobianSpectrum(model, features);
      const path = trajectories(model, features)[0];
      expect(found.map((s) => s.time)).toEqual(path?.times.slice(0, -1));
      found.forEach(({ scaled, eigenvalues, time }, j) => {
        const h = (path?.times[j + 1] as number) - time;
        expect(scaled[0]?.re).toBe(h * (eigenvalues[0]?.re as number));
      });
      expect(energy(model, features).times).toEqual(path?.times);
    }
  });

  it("are refused where each must be known before the features are", async () => {
    const model = await modelOf(chosen());
    expect(() => gradientFlow(model, data)).toThrow(/layer 0 \(ode\): expected steps that are given .* dopri5/);
    expect(model.value(data)).toBeGreaterThan(0);
  });

  it("are refused where examples that are looked at apart have different ones", async () => {
    const model = await modelOf(chosen());
    expect(() => isStable(model, [0, 0, 9, -9])).toThrow(/isStable: expected one set of steps for all examples/);
    expect(isStable(model, [0.3, -0.8]).steps.length).toBeGreaterThan(1);
  });

  it("are chosen anew at every point of a line", async () => {
    const model = await modelOf(chosen());
    const theta = model.get();
    const at = (a: number) => Float64Array.from(theta, (t) => a * t);
    const line = await lossLine(model, data, { at, a: { from: 0.5, to: 4, points: 4 } });
    expect(model.get()).toEqual(theta);
    line.a.forEach((a, k) => {
      model.set(at(a));
      expect(line.values[k]).toBe(model.value(data));
    });
  });
});

it("reversibilityError is the model's own, as a function", async () => {
  const model = await modelOf(ode(hamiltonian(), verlet, { steps: 9 }));
  expect(reversibilityError(model, data.features)).toBe(model.reversibilityError(data.features));
});

it("threads leave all of it as it is", async () => {
  const features = Float64Array.from({ length: 1200 }, (_, i) => Math.sin(i));
  const many = { features, labels: Float64Array.from({ length: 600 }, (_, i) => Math.cos(i)) };
  const block = ode(layerField(), rk4, { steps: STEPS });
  const [one, two] = await Promise.all([modelOf(block), modelOf(block, { threads: 2 })]);
  const at = (a: number) => Float64Array.from(one.get(), (t) => a * t);
  const axis = { a: { from: 0, to: 2, points: 3 } };
  expect(energy(two, features).values).toEqual(energy(one, features).values);
  expect(gradientFlow(two, many)).toEqual(gradientFlow(one, many));
  expect(await lossLine(two, many, { at, ...axis })).toEqual(await lossLine(one, many, { at, ...axis }));
  two.dispose();
});
