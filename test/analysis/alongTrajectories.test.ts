import { describe, expect, it } from "vitest";
import {
  antisymmetric,
  createModel,
  energy,
  euler,
  flowJacobian,
  gradientFlow,
  implicitMidpoint,
  isStable,
  jacobianSpectrum,
  layerField,
  leastSquares,
  linear,
  linearSeparability,
  lyapunov,
  network,
  ode,
  rk4,
  trajectories,
} from "../../src/index.ts";
import { data, example, modelOf, pairs, WIDTH, wide } from "./models.ts";

const norm = (v: ArrayLike<number>) => Math.sqrt(Array.from(v).reduce((s, x) => s + x * x, 0));

/** (f(x + ε e_i) − f(x − ε e_i)) / 2ε for every i. */
function differences(f: (x: number[]) => ArrayLike<number>, x: readonly number[], step = 1e-5): number[][] {
  return x.map((_, i) => {
    const [plus, minus] = [1, -1].map((s) => f(x.map((v, k) => (k === i ? v + s * step : v)))) as [
      ArrayLike<number>,
      ArrayLike<number>,
    ];
    return Array.from(plus, (v, k) => (v - (minus[k] as number)) / (2 * step));
  });
}

describe.each(pairs)("$kind with $integrator", ({ kind, integrator }) => {
  it.each(["perStep", "nodal", "halfSteps", "constant"])(
    "spectra have the law of the dynamics, %s",
    async (weights) => {
      const model = await modelOf(kind, integrator, { weights });
      const steps = jacobianSpectrum(model, example);
      expect(steps.length).toBe(8);
      for (const { eigenvalues, scaled, jacobian } of steps) {
        expect(scaled[0]?.re).toBeCloseTo((eigenvalues[0]?.re as number) / 8, 12);
        const size = Math.sqrt(jacobian.length);
        expect(eigenvalues.length).toBe(size);
        expect(size).toBe(["hamiltonian", "secondOrder"].includes(kind) ? 2 * WIDTH : WIDTH);
        for (const z of eigenvalues) {
          if (["antisymmetric", "hamiltonian", "doubleHamiltonian"].includes(kind))
            expect(Math.abs(z.re)).toBeLessThan(1e-10);
          if (kind === "secondOrder") expect(Math.abs(z.re)).toBeLessThan(1e-6);
          if (kind === "parabolic") expect(z.re).toBeLessThan(1e-12);
          if (kind === "parabolic") expect(Math.abs(z.im)).toBeLessThan(1e-7);
        }
      }
      expect(steps.slice(0, -1).every((s) => (s.rate as number) >= 0)).toBe(true);
      model.dispose();
    },
  );

  it("the product of the exponents' growth is that of the volume: Σ exponents = log |det ∂y(T)/∂y(0)| / T where the state is y", async () => {
    const model = await modelOf(kind, integrator, { bare: true });
    const exponents = lyapunov(model, wide);
    expect(exponents.length).toBe(WIDTH);
    for (let k = 1; k < WIDTH; k++) expect(exponents[k] as number).toBeLessThanOrEqual(exponents[k - 1] as number);
    const oneStep = !["leapfrogMidpoint", "leapfrog"].includes(integrator) && kind !== "hamiltonian";
    if (oneStep) {
      const J = differences((x) => model.scores(x), wide);
      const sum = exponents.reduce((a, b) => a + b, 0);
      expect(sum).toBeCloseTo(Math.log(Math.abs(determinant(J))), 6);
    }
    model.dispose();
  });

  it("∂Y_N/∂Y_0 is what differences give; the product of its singular values is |det|", async () => {
    const model = await modelOf(kind, integrator, { bare: true });
    const [found] = flowJacobian(model, wide);
    const { jacobian, singularValues, size } = found as NonNullable<typeof found>;
    expect(size).toBe(WIDTH);
    const columns = differences((x) => model.scores(x), wide);
    for (let r = 0; r < WIDTH; r++) {
      for (let c = 0; c < WIDTH; c++) expect(jacobian[r * WIDTH + c]).toBeCloseTo(columns[c]?.[r] as number, 7);
    }
    expect(singularValues.reduce((a, b) => a * b, 1)).toBeCloseTo(Math.abs(determinant(columns)), 6);
    expect(singularValues).toEqual([...singularValues].sort((a, b) => b - a));
    model.dispose();
  });

  it("the adjoint of the first step is the gradient with respect to the layer's input", async () => {
    const model = await modelOf(kind, integrator, { bare: true });
    const inputs = { features: [...wide, ...wide.map((v) => -v)], labels: [1, 2] };
    const flow = gradientFlow(model, inputs);
    expect(flow.length).toBe(8);
    // Methods that keep y₀ twice see it through both.
    if (integrator !== "leapfrogMidpoint") expect(flow[0]?.adjoint).toBeCloseTo(norm(model.inputGradient(inputs)), 12);
    const all = Math.sqrt(flow.reduce((s, f) => s + f.gradient ** 2, 0));
    expect(all).toBeCloseTo(norm(model.gradient(inputs).gradient), 12);
    model.dispose();
  });

  it("paths are the states, by example; isStable and separability have an entry a time", async () => {
    const model = await modelOf(kind, integrator);
    const [states] = model.states(data.features);
    const [paths] = trajectories(model, data.features);
    expect(paths?.paths.length).toBe(5);
    expect([...(paths?.paths[3]?.subarray(8 * WIDTH) ?? [])]).toEqual([
      ...(states?.values[8]?.subarray(3 * WIDTH, 4 * WIDTH) ?? []),
    ]);
    expect(isStable(model, data.features).steps.length).toBe(8);
    expect(linearSeparability(model, data)[0]?.accuracy.length).toBe(9);
    model.dispose();
  });

  it.each(["full", "half"])("energy over time has the law of the dynamics, start %s", async (start) => {
    const drift = async (steps: number) => {
      const model = await modelOf(kind, integrator, { weights: "constant", steps, start });
      const { values, times, examples } = energy(model, data.features);
      model.dispose();
      expect(times.length).toBe(steps + 1);
      expect(examples.length).toBe(5);
      return { values, worst: Math.max(...values.map((v) => Math.abs(v - (values[0] as number)))) };
    };
    const [coarse, fine] = [await drift(16), await drift(64)];
    if (kind === "layerField") return;
    if (kind === "parabolic") {
      if (integrator !== "leapfrogMidpoint")
        for (let j = 1; j <= 64; j++) expect(fine.values[j]).toBeLessThan(fine.values[j - 1] as number);
      return;
    }
    // The continuous energy is constant, so the drift falls with the order of the method.
    expect(fine.worst).toBeLessThan(1e-9 + coarse.worst / (integrator === "euler" ? 3 : 10));
  });
});

function determinant(rows: number[][]): number {
  const A = rows.map((r) => [...r]);
  let det = 1;
  for (let k = 0; k < A.length; k++) {
    const p = A.slice(k).reduce(
      (best, r, i) => (Math.abs(r[k] as number) > Math.abs(A[best]?.[k] as number) ? i + k : best),
      k,
    );
    [A[k], A[p]] = [A[p] as number[], A[k] as number[]];
    if (p !== k) det = -det;
    det *= A[k]?.[k] as number;
    for (let r = k + 1; r < A.length; r++) {
      const f = (A[r]?.[k] as number) / (A[k]?.[k] as number);
      for (let c = k; c < A.length; c++) (A[r] as number[])[c] = (A[r]?.[c] as number) - f * (A[k]?.[c] as number);
    }
  }
  return det;
}

describe("exact cases", () => {
  const K = [0.3, -1, 1, 0.3];
  const linearModel = async (steps: number) => {
    const block = ode(layerField({ activation: "identity", bias: false }), rk4, {
      steps,
      finalTime: 2,
      weights: "constant",
    });
    const model = await createModel(network({ input: 2, layers: [block] }), { loss: leastSquares(), precision: "f64" });
    model.set("0.K", K);
    return model;
  };

  it("ẏ = K y: the Jacobian is K, it does not change, and both exponents are Re λ", async () => {
    const model = await linearModel(20);
    const [first, second] = jacobianSpectrum(model, [1, 2]);
    expect([...(first?.jacobian ?? [])]).toEqual(K);
    expect(first?.rate).toBe(0);
    expect(second?.eigenvalues[0]?.im).toBeCloseTo(1, 12);
    for (const e of lyapunov(model, [1, 2])) expect(e).toBeCloseTo(0.3, 5);
    expect(isStable(model, [1, 2]).stable).toBe(false);
  });

  it("the implicit midpoint rule turns an antisymmetric K into a rotation: every singular value of ∂Y_N/∂Y_0 is 1", async () => {
    const field = antisymmetric({ activation: "identity", bias: false });
    const block = ode(field, implicitMidpoint, { steps: 20, finalTime: 4 });
    const model = await createModel(network({ input: 3, layers: [block] }), { precision: "f64", seed: 3 });
    const found = flowJacobian(model, [1, 2, 3, -1, 0, 4]);
    expect(found.length).toBe(2);
    for (const { singularValues } of found) for (const s of singularValues) expect(s).toBeCloseTo(1, 12);
  });

  it("the field's Jacobian is diag(σ′) K", async () => {
    const block = ode(layerField(), euler, { steps: 3, finalTime: 0.3 });
    const model = await createModel(network({ input: 3, layers: [block] }), { precision: "f64", seed: 2 });
    const y = [0.4, -1, 0.7];
    const states = model.states(y)[0]?.values ?? [];
    jacobianSpectrum(model, y).forEach(({ jacobian }, j) => {
      const Kj = model.get("0.K").subarray(9 * j, 9 * j + 9);
      const b = model.get("0.b").subarray(3 * j, 3 * j + 3);
      for (let r = 0; r < 3; r++) {
        const z = [0, 1, 2].reduce(
          (s, c) => s + (Kj[3 * r + c] as number) * (states[j]?.[c] as number),
          b[r] as number,
        );
        for (let c = 0; c < 3; c++)
          expect(jacobian[3 * r + c]).toBeCloseTo((1 - Math.tanh(z) ** 2) * (Kj[3 * r + c] as number), 12);
      }
    });
  });

  it("points that a line separates are separable, rings are not", async () => {
    const block = ode(layerField(), euler, { steps: 1, finalTime: 1e-9 });
    const model = await createModel(network({ input: 2, layers: [block] }), { precision: "f64" });
    const angles = Array.from({ length: 40 }, (_, k) => (k * Math.PI) / 20);
    const rings = angles.flatMap((a, k) => [(1 + (k % 2)) * Math.cos(a), (1 + (k % 2)) * Math.sin(a)]);
    const labels = angles.map((_, k) => k % 2);
    expect(linearSeparability(model, { features: rings, labels })[0]?.accuracy[0]).toBeLessThan(0.7);
    const halves = angles.map((a) => (Math.cos(a) > 0.1 ? 1 : 0));
    expect(linearSeparability(model, { features: rings, labels: halves })[0]?.accuracy[0]).toBeGreaterThan(0.9);
    const line = rings.map((v, k) => (k % 2 === 0 ? v : v + 10 * (labels[Math.floor(k / 2)] as number)));
    expect(linearSeparability(model, { features: line, labels })[0]?.accuracy[0]).toBe(1);
  });

  it("a network without an ode layer is told so", async () => {
    const model = await createModel(network({ input: 2, layers: [linear(2)] }));
    for (const ask of [jacobianSpectrum, isStable, lyapunov, flowJacobian, energy, trajectories]) {
      expect(() => ask(model, [1, 2])).toThrow(/expected a network with an ode layer/);
    }
    expect(() => linearSeparability(model, { features: [1, 2], labels: [0] })).toThrow(/with an ode layer/);
    expect(gradientFlow(model, { features: [1, 2], labels: [0] }).length).toBe(1);
    expect(model.scores([1, 2]).length).toBe(2);
  });

  it("another layer can be chosen, and a wrong one is named", async () => {
    const block = () => ode(layerField(), euler, { steps: 2 });
    const model = await createModel(network({ input: 2, layers: [block(), block()] }), { precision: "f64" });
    expect(jacobianSpectrum(model, [1, 2], { layer: "1" })).not.toEqual(jacobianSpectrum(model, [1, 2]));
    expect(() => lyapunov(model, [1, 2], { layer: "2" })).toThrow(/expected layer to be one of 0, 1, got "2"/);
  });
});
