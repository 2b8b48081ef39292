/** Batch normalisation inside time steps: statistics of every stage of every step, learned, used, saved and refused. */
import { describe, expect, it } from "vitest";
import { fromNpz, toNpz } from "../../src/formats.ts";
import {
  activation,
  adam,
  add,
  batchNorm,
  conv2d,
  conv2dKernel,
  createModel,
  dopri5,
  doubleHamiltonian,
  energy,
  euler,
  flatten,
  hamiltonian,
  jacobianSpectrum,
  type Layer,
  layerField,
  leapfrog,
  linear,
  type Model,
  modelFromBytes,
  multilevel,
  network,
  ode,
  parabolic,
  rk4,
  secondOrder,
  sgd,
  train,
  verlet,
} from "../../src/index.ts";
import { expectAdjoint } from "../support/adjoint.ts";
import { expectAgreement } from "../support/agreement.ts";
import { integers, symmetric } from "../support/draws.ts";
import { joiningPairs, kernelPairs } from "../support/families.ts";
import { odeLayer, type Pair, startsOf, steppers } from "../support/odeModels.ts";
import { bytesOf } from "./subjects.ts";

const EXAMPLES = 5;
const MOMENTUM = 0.1;
const input = [2, 2, 3] as const;
const PIXELS = 12;
const dataOf = (examples: number) => ({
  features: symmetric(1, examples * PIXELS),
  labels: integers(2, examples, 3),
});
const data = dataOf(EXAMPLES);
const field = { kernel: conv2dKernel(3), norm: "batch" } as const;
const modelOf = (layers: readonly Layer[], options: object = {}, shape: readonly [number, number, number] = input) =>
  createModel(network({ input: shape, layers: [...layers, flatten(), linear(3)] }), { precision: "f64", ...options });
const heat = ode(parabolic(field), euler, { steps: 3 });

const statisticsOf = (model: Model) => model.statistics.map(({ name }) => Array.from(model.get(name)));
const positive = (seed: number, n: number) => symmetric(seed, n).map((x) => 1.5 + x);

/** Another mean and variance in every stage of every step. */
function scatterStatistics(model: Model): void {
  for (const [k, { name, shape }] of model.statistics.entries()) {
    model.set(name, positive(50 + k, (shape[0] as number) * (shape[1] as number)));
  }
}

describe("statistics", () => {
  const shapes = async (layer: Layer) => {
    const model = await modelOf([layer]);
    const found = Object.fromEntries(model.statistics.map(({ name, shape }) => [name, [...shape]]));
    model.dispose();
    return found;
  };
  const numbered = (stages: number, shape: number[]) =>
    Object.fromEntries(
      Array.from({ length: stages }, (_, k) => [
        [`0.mean${k + 1}`, shape],
        [`0.variance${k + 1}`, shape],
      ]).flat(),
    );

  it("are a mean and a variance of every step, whatever weights they share", async () => {
    const one = { "0.mean": [3, 6], "0.variance": [3, 6] };
    for (const weights of ["perStep", "constant", "nodal", "halfSteps"] as const) {
      expect(await shapes(ode(secondOrder({ ...field, hidden: 6 }), leapfrog, { steps: 3, weights }))).toEqual(one);
    }
  });

  it("of every stage where a step has several", async () => {
    expect(await shapes(ode(layerField(field), rk4, { steps: 2 }))).toEqual(numbered(4, [2, 2]));
    expect(await shapes(ode(hamiltonian({ ...field, bias: "scalar" }), verlet, { steps: 2 }))).toEqual(
      numbered(2, [2, 2]),
    );
    const halves = doubleHamiltonian({ ...field, hidden: 5 });
    expect(await shapes(ode(halves, verlet, { steps: 2 }))).toEqual(numbered(2, [2, 5]));
    expect(await shapes(ode(halves, verlet, { steps: 2, start: "half" }))).toEqual(numbered(3, [2, 5]));
    const chosen = ode(layerField(field), dopri5(), { times: [0, 0.1, 0.5, 1] });
    expect(await shapes(chosen)).toEqual(numbered(6, [3, 2]));
  });
});

describe("euler with layerField is residual blocks with batchNorm", () => {
  it("in values, gradients, what is learned, and the scores afterwards", async () => {
    const steps = await modelOf([ode(layerField(field), euler, { steps: 2, stepSize: 1 })]);
    const block = () => add([conv2d(2, { bias: false }), batchNorm(), activation("tanh")]);
    const layers = await modelOf([block(), block()]);
    const [K, b, W, c] = [symmetric(3, 72), symmetric(4, 4), symmetric(5, 36), symmetric(6, 3)];
    for (const [name, values] of Object.entries({ "0.K": K, "0.b": b, "2.W": W, "2.b": c })) steps.set(name, values);
    for (const j of [0, 1]) {
      layers.set(`${j}.branch.0.K`, K.slice(36 * j, 36 * (j + 1)));
      layers.set(`${j}.branch.1.shift`, b.slice(2 * j, 2 * (j + 1)));
    }
    layers.set("3.W", W);
    layers.set("3.b", c);
    const one = steps.gradient(data);
    const other = layers.gradient(data);
    expectAgreement("value", [one.value], [other.value], 1e-14);
    const gradientOf = (name: string) => {
      const parameters = layers.parameters.map((p) => ({ ...p, size: p.shape.reduce((x, y) => x * y, 1) }));
      const at = parameters.findIndex((p) => p.name === name);
      const from = parameters.slice(0, at).reduce((sum, { size }) => sum + size, 0);
      return other.gradient.slice(from, from + (parameters[at]?.size as number));
    };
    const unrolled = [0, 1].flatMap((j) => [...gradientOf(`${j}.branch.0.K`)]);
    expectAgreement("gradient in K", one.gradient.slice(0, 72), unrolled, 1e-12);

    for (const model of [steps, layers]) {
      for (const _ of train(model, data, { optimizer: sgd({ learningRate: 1e-9 }), batchSize: EXAMPLES }));
    }
    for (const kind of ["mean", "variance"]) {
      const wanted = [0, 1].flatMap((j) => [...layers.get(`${j}.branch.1.${kind}`)]);
      expectAgreement(kind, steps.get(`0.${kind}`), wanted, 1e-12);
    }
    expectAgreement("scores", steps.scores(data.features), layers.scores(data.features), 1e-8);
    for (const model of [steps, layers]) model.dispose();
  });
});

const withNorm = joiningPairs.filter((pair) => !(kernelPairs as readonly Pair[]).includes(pair));

describe.each(withNorm)("$kind with $integrator", (pair) => {
  const { integrator } = pair;
  const memories = [
    {},
    { checkpoint: "sqrt" },
    ...(steppers[integrator]?.inverse === undefined ? [] : [{ reversible: true }]),
  ];
  const layerOf = (options: object) => odeLayer(pair, { width: PIXELS, options: { finalTime: 1.7, ...options } });

  it.each(startsOf(integrator))(
    "scores by the statistics of a batch as the objective does, start %s",
    async (start) => {
      const seen: number[][][] = [];
      for (const memory of memories) {
        const model = await modelOf([layerOf({ start, steps: 7, weights: "nodal", ...memory })]);
        const theta = symmetric(3, model.get().length, 0.8);
        model.set(theta);
        const value = model.value(data);
        for (const _ of train(model, data, { optimizer: sgd({ learningRate: 0.1 }), batchSize: EXAMPLES }));
        seen.push(statisticsOf(model));
        model.set(theta);
        const n = EXAMPLES * 6;
        for (const { name } of model.statistics) {
          const batch = name.includes("mean")
            ? (x: number) => x / MOMENTUM
            : (x: number) => (((x - (1 - MOMENTUM)) / MOMENTUM) * (n - 1)) / n;
          model.set(name, Array.from(model.get(name), batch));
        }
        expectAgreement(`loss, ${JSON.stringify(memory)}`, [model.evaluate(data).loss], [value], 1e-12);
        model.dispose();
      }
      // Checkpoints and reversible steps learn in the same forward pass.
      for (const statistics of seen.slice(1)) expect(statistics).toEqual(seen[0]);
    },
  );

  it.each(startsOf(integrator))("finds each stage's statistics again on the way back, start %s", async (start) => {
    const found: ArrayLike<number>[] = [];
    for (const memory of memories) {
      const model = await modelOf([layerOf({ start, steps: 7, ...memory })]);
      model.set(symmetric(3, model.get().length, 0.8));
      scatterStatistics(model);
      const [v, u] = [symmetric(4, model.get().length), symmetric(5, EXAMPLES * 3)];
      const [Jv, Jtu] = [model.jacobianVector(data.features, v), model.vectorJacobian(data.features, u)];
      expectAdjoint(JSON.stringify(memory), { v, u, Jv, Jtu }, 1e-11);
      found.push(Jtu);
      if ("reversible" in memory) expect(model.reversibilityError(data.features)).toBeLessThan(1e-12);
      model.dispose();
    }
    for (const other of found.slice(1)) expectAgreement("Jᵀu", other, found[0] as ArrayLike<number>, 1e-11);
  });
});

describe("a model", () => {
  const blocks: readonly Layer[] = [heat, ode(hamiltonian(field), verlet, { steps: 3, reversible: true })];

  it("is trained by 1, 2 and 4 threads to the same bits", async () => {
    const results = [];
    for (const threads of [1, 2, 4]) {
      const model = await modelOf(blocks, { seed: 1, threads, sharedWork: 0, precision: "f32" });
      for (const _ of train(model, dataOf(70), { optimizer: adam(), batchSize: 40, epochs: 2 }));
      results.push([bytesOf(model), statisticsOf(model), model.scores(dataOf(70).features)]);
      model.dispose();
    }
    expect(results[1]).toEqual(results[0]);
    expect(results[2]).toEqual(results[0]);
  });

  it("is saved with them, and resumed to the same bits", async () => {
    const options = { optimizer: adam(), batchSize: 16, epochs: 3 };
    const many = dataOf(40);
    const [whole, stopped, resumed] = await Promise.all([1, 1, 9].map((seed) => modelOf(blocks, { seed })));
    if (!whole || !stopped || !resumed) throw new Error("three models");
    for (const _ of train(whole, many, options));
    let bytes: Uint8Array | undefined;
    for (const step of train(stopped, many, options)) {
      if (step.iteration !== 5) continue;
      bytes = step.checkpoint();
      break;
    }
    for (const _ of train(resumed, many, { ...options, resume: bytes as Uint8Array }));
    const copies = [resumed, await modelFromBytes(whole.toBytes()), await fromNpz(toNpz(whole))];
    for (const copy of copies) {
      expect(copy.get()).toEqual(whole.get());
      expect(statisticsOf(copy)).toEqual(statisticsOf(whole));
      expect(copy.scores(many.features)).toEqual(whole.scores(many.features));
    }
    for (const model of [whole, stopped, ...copies]) model.dispose();
  });

  it("has statistics that differ from stage to stage, and refuses a negative variance", async () => {
    const model = await modelOf(blocks, { seed: 1 });
    for (const _ of train(model, dataOf(40), { optimizer: adam(), batchSize: 20, epochs: 3 }));
    const all = statisticsOf(model).flat();
    expect(new Set(all).size).toBe(all.length);
    expect(() => model.set("0.variance", Array(6).fill(-1))).toThrow(/set 0.variance: expected numbers from 0 on/);
    model.dispose();
  });

  it("is carried to finer steps with the statistics of each", async () => {
    const net = network({
      input,
      layers: [ode(parabolic(field), euler, { steps: 2, weights: "constant" }), flatten(), linear(3)],
    });
    const { model } = await multilevel(net, data, { levels: [2, 4], epochs: 2, batchSize: EXAMPLES, precision: "f64" });
    expect(model.statistics.map(({ shape }) => [...shape])).toEqual([
      [4, 2],
      [4, 2],
    ]);
    expect(model.evaluate(data).loss).toBeGreaterThan(0);
    model.dispose();
  });

  it("has a Jacobian and an energy where its maps have statistics of their own", async () => {
    const model = await modelOf([ode(hamiltonian(field), verlet, { steps: 2 })], { seed: 1 });
    model.set(symmetric(3, model.get().length));
    const plain = energy(model, data.features);
    const [spectrum] = jacobianSpectrum(model, data.features.slice(0, PIXELS));
    scatterStatistics(model);
    const scattered = energy(model, data.features);
    const [other] = jacobianSpectrum(model, data.features.slice(0, PIXELS));
    expect(Array.from(scattered.values)).not.toEqual(Array.from(plain.values));
    expect(other?.eigenvalues).not.toEqual(spectrum?.eigenvalues);
    model.dispose();
  });
});

describe("what is refused", () => {
  it("a batch of one image of one position, before training and where the objective is wanted", async () => {
    const model = await modelOf([heat], {}, [2, 1, 1]);
    const one = { features: [1, 2], labels: [0] };
    expect(() => model.gradient(one)).toThrow(/layer 0 \(ode\): expected a batch of at least 2 examples, got 1/);
    expect(() => train(model, one, { optimizer: sgd() })).toThrow(/expected batches of at least 2 examples/);
    expect(model.scores(one.features).every(Number.isFinite)).toBe(true);
    const two = { features: [1, 2, 3, 4], labels: [0, 1] };
    for (const _ of train(model, two, { optimizer: sgd() }));
    model.dispose();
  });

  it("steps that are chosen anew for every batch", () => {
    expect(() => network({ input, layers: [ode(layerField(field), dopri5(), {})] })).toThrow(
      expect.objectContaining({
        code: "pair",
        message: expect.stringMatching(/expected steps that are given for norm "batch"/),
      }),
    );
  });
});
