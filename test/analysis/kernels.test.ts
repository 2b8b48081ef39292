/** What analysis says of dynamics with kernels: of convolutions, between all features of an image. */
import { describe, expect, it } from "vitest";
import {
  conv2d,
  conv2dKernel,
  createModel,
  energy,
  euler,
  flatten,
  gradientFlow,
  isStable,
  jacobianSpectrum,
  layerField,
  linear,
  linearSeparability,
  lyapunov,
  network,
  ode,
  parabolic,
  softmaxCrossEntropy,
  trajectories,
} from "../../src/index.ts";
import { norm } from "../support/agreement.ts";
import { symmetric } from "../support/draws.ts";
import { kernelExample, kernelPairs, type Pair } from "../support/families.ts";
import { odeModel, using, widthOf } from "../support/odeModels.ts";

const WIDTH = 4;
const STEPS = 5;

const modelOf = (pair: Pair, options: object = {}, more: object = {}) =>
  odeModel(pair, { width: WIDTH, options: { steps: STEPS, finalTime: 1, ...options }, ...more });

function set(model: { get(): ArrayLike<number>; set(values: number[]): void }, pair: Pair): void {
  model.set(symmetric(3, model.get().length, 0.6 * kernelExample(pair, WIDTH).size));
}

/** (f(x + ε e_i) − f(x − ε e_i)) / 2ε, row by row of the Jacobian. */
function differences(f: (x: number[]) => ArrayLike<number>, x: readonly number[], step = 1e-5): number[][] {
  const columns = x.map((_, i) => {
    const [plus, minus] = [1, -1].map((s) => Array.from(f(x.map((v, k) => (k === i ? v + s * step : v)))));
    return (plus as number[]).map((v, k) => (v - (minus?.[k] as number)) / (2 * step));
  });
  return (columns[0] as number[]).map((_, r) => columns.map((c) => c[r] as number));
}

const withKernels = kernelPairs.filter(({ kernel }) => kernel !== "dense");
const partitioned = ["hamiltonian", "secondOrder"];
const imaginary = ["antisymmetric", "hamiltonian", "doubleHamiltonian"];

describe.each(withKernels)("$kind, $kernel, with $integrator", (pair) => {
  const { kind, integrator } = pair;
  const width = widthOf(pair, WIDTH);
  const example = symmetric(4, width);

  it("has spectra with the law of the dynamics", () =>
    using(modelOf(pair, { weights: "nodal" }), (model) => {
      set(model, pair);
      const steps = jacobianSpectrum(model, example);
      expect(steps.length).toBe(STEPS);
      for (const { eigenvalues } of steps) {
        expect(eigenvalues.length).toBe(partitioned.includes(kind) ? 2 * width : width);
        for (const z of eigenvalues) {
          if (imaginary.includes(kind)) expect(Math.abs(z.re)).toBeLessThan(1e-7);
          if (kind === "secondOrder") expect(Math.abs(z.re)).toBeLessThan(1e-5);
          if (kind === "parabolic") expect(z.re).toBeLessThan(1e-10);
          if (kind === "parabolic") expect(Math.abs(z.im)).toBeLessThan(1e-6);
        }
      }
    }));

  it("has exponents that add up to the growth of volume, and adjoints that begin with the gradient", () =>
    using(modelOf(pair), (model) => {
      set(model, pair);
      const exponents = lyapunov(model, example);
      expect(exponents.length).toBe(width);
      if (!["leapfrogMidpoint", "leapfrog"].includes(integrator) && kind !== "hamiltonian") {
        const J = differences((x) => model.scores(x), example);
        const sum = exponents.reduce((a, b) => a + b, 0);
        expect(sum).toBeCloseTo(logDeterminant(J), 6);
      }
      const data = { features: example, labels: symmetric(5, width) };
      const flow = gradientFlow(model, data);
      expect(flow.length).toBe(STEPS);
      if (integrator !== "leapfrogMidpoint") expect(flow[0]?.adjoint).toBeCloseTo(norm(model.inputGradient(data)), 12);
      const all = Math.sqrt(flow.reduce((s, f) => s + f.gradient ** 2, 0));
      expect(all).toBeCloseTo(norm(model.gradient(data).gradient), 12);
    }));

  it("has paths, stability, separability and energy over time", () =>
    using(modelOf(pair, { weights: "constant" }, { after: [linear(2)], loss: softmaxCrossEntropy }), (model) => {
      set(model, pair);
      const data = { features: symmetric(6, 3 * width), labels: [0, 1, 0] };
      const [paths] = trajectories(model, data.features);
      expect(Array.from(paths?.paths[1]?.subarray(0, width) ?? [])).toEqual(data.features.slice(width, 2 * width));
      expect(isStable(model, data.features).steps.length).toBe(STEPS);
      expect(linearSeparability(model, data)[0]?.accuracy.length).toBe(STEPS + 1);
      const { values } = energy(model, data.features);
      const drift = Math.max(...values.map((v) => Math.abs(v - (values[0] as number))));
      if (kind === "parabolic") expect(values.at(-1)).toBeLessThan(values[0] as number);
      else if (kind !== "layerField") expect(drift).toBeLessThan(0.2 * Math.abs(values[0] as number));
    }));
});

/** log |det J| by J's own growth: the sum of the logarithms of its pivots. */
function logDeterminant(J: number[][]): number {
  const rows = J.map((row) => [...row]);
  let total = 0;
  for (let k = 0; k < rows.length; k++) {
    const p = rows
      .slice(k)
      .reduce((best, row, i) => (Math.abs(row[k] as number) > Math.abs(rows[best]?.[k] as number) ? k + i : best), k);
    [rows[k], rows[p]] = [rows[p] as number[], rows[k] as number[]];
    const pivot = rows[k] as number[];
    total += Math.log(Math.abs(pivot[k] as number));
    for (const row of rows.slice(k + 1)) {
      const c = (row[k] as number) / (pivot[k] as number);
      for (let j = k; j < row.length; j++) row[j] = (row[j] as number) - c * (pivot[j] as number);
    }
  }
  return total;
}

describe("the Jacobian of a convolution", () => {
  it.each([
    parabolic({ kernel: conv2dKernel(3), norm: "instance" }),
    parabolic({ kernel: conv2dKernel(3), norm: "batch" }),
    layerField({ kernel: conv2dKernel(2) }),
  ])("is that of the field in the API's order of features: $kind", async (dynamics) => {
    const h = 0.5;
    const block = ode(dynamics, euler, { steps: 1, stepSize: h });
    const model = await createModel(network({ input: [2, 3, 2], layers: [block] }), { precision: "f64", seed: 3 });
    for (const { name } of model.statistics) model.set(name, [0.4, 1.7]);
    const y = symmetric(8, 12);
    const J = differences((x) => model.scores(x), y);
    const found = jacobianSpectrum(model, y)[0]?.jacobian ?? [];
    J.flat().forEach((v, k) => {
      expect((v - (k % 13 === 0 ? 1 : 0)) / h).toBeCloseTo(found[k] as number, 8);
    });
    model.dispose();
  });
});

describe("gradient flow through layers of images", () => {
  it("sees every layer once, and all of the gradient", async () => {
    const block = ode(parabolic({ kernel: conv2dKernel(3), hidden: 3 }), euler, { steps: 2 });
    const layers = [conv2d(4, { activation: "tanh" }), block, flatten(), linear(3)];
    const model = await createModel(network({ input: [1, 4, 4], layers }), { precision: "f64", seed: 3 });
    const data = { features: symmetric(9, 2 * 16), labels: [0, 2] };
    const flow = gradientFlow(model, data);
    expect(flow.map(({ layer, step }) => [layer, step])).toEqual([
      ["0", undefined],
      ["1", 0],
      ["1", 1],
      ["2", undefined],
      ["3", undefined],
    ]);
    const all = Math.sqrt(flow.reduce((s, f) => s + f.gradient ** 2, 0));
    expect(all).toBeCloseTo(norm(model.gradient(data).gradient), 12);
    expect(flow[0]?.adjoint).toBeCloseTo(flow[1]?.adjoint as number, 12);
    model.dispose();
  });
});
