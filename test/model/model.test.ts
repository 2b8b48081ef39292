import { describe, expect, it } from "vitest";
import {
  createModel,
  dense,
  euler,
  layerField,
  leastSquares,
  linear,
  logistic,
  type Model,
  network,
  ode,
  pad,
  softmaxCrossEntropy,
  standardize,
} from "../../src/index.ts";
import { inner } from "../support/adjoint.ts";
import { deviation } from "../support/agreement.ts";
import { integers, symmetric } from "../support/draws.ts";
import { runNode } from "../support/runNode.ts";
import { ROOT } from "../support/scratch.ts";

const WIDTH = 3;
const CLASSES = 3;
const STEPS = 3;
const description = network({
  input: WIDTH,
  layers: [
    standardize({ mean: [0.1, 0, -0.1], deviation: [1, 2, 0.5] }),
    dense(5),
    ode(layerField(), euler, { steps: STEPS, finalTime: 1.5 }),
    pad(6),
    linear(CLASSES),
  ],
});
const precisions = ["f32", "f64"] as const;
const BATCHES = [...Array.from({ length: 17 }, (_, i) => i + 1), 31, 33, 100, 257, 2047, 2048, 2049, 4097];
const EXAMPLES = 4097;
const features = symmetric(1, EXAMPLES * WIDTH, 2);
const labels = integers(2, EXAMPLES, CLASSES);
const first = (n: number) => ({ features: features.slice(0, n * WIDTH), labels: labels.slice(0, n) });

async function using(precision: "f32" | "f64", body: (model: Model) => void | Promise<void>): Promise<void> {
  const model = await createModel(description, { precision, seed: 5 });
  try {
    await body(model);
  } finally {
    model.dispose();
  }
}

describe.each(precisions)("a model in %s", (precision) => {
  const tolerance = precision === "f32" ? 2e-5 : 1e-12;

  it("an example's scores, states and probabilities have the same bits in any batch", () =>
    using(precision, (model) => {
      const alone = { scores: [] as number[], probabilities: [] as number[] };
      for (let i = 0; i < 300; i++) {
        const { scores, probabilities } = model.predict(features.slice(i * WIDTH, (i + 1) * WIDTH));
        alone.scores.push(...scores);
        alone.probabilities.push(...(probabilities ?? []));
      }
      const whole = model.scores(features);
      expect(Array.from(whole.subarray(0, alone.scores.length))).toEqual(alone.scores);
      const paths = model.states(features)[0];
      for (const n of BATCHES) {
        const { features: x } = first(n);
        expect(model.scores(x)).toEqual(whole.slice(0, n * CLASSES));
        const prediction = model.predict(x);
        expect(prediction.scores).toEqual(whole.slice(0, n * CLASSES));
        const shared = Math.min(n, 300) * CLASSES;
        expect(Array.from(prediction.probabilities?.subarray(0, shared) ?? [])).toEqual(
          alone.probabilities.slice(0, shared),
        );
        const path = model.states(x)[0];
        for (let j = 0; j <= STEPS; j++) expect(path?.values[j]).toEqual(paths?.values[j]?.slice(0, n * 5));
      }
    }));

  it("value, evaluate and gradient agree with the sum over single examples, for every batch size", () =>
    using(precision, (model) => {
      const single = new Float64Array(EXAMPLES);
      const gradients: Float64Array[] = [];
      for (let i = 0; i < 130; i++) {
        const data = { features: features.slice(i * WIDTH, (i + 1) * WIDTH), labels: [labels[i] as number] };
        const { value, gradient } = model.gradient(data);
        single[i] = value;
        gradients.push(Float64Array.from(gradient));
      }
      for (const n of BATCHES) {
        const data = first(n);
        const value = model.value(data);
        const { loss, accuracy } = model.evaluate(data);
        const derived = model.gradient(data);
        expect(derived.value).toBe(value);
        expect(loss).toBe(value);
        const { classes } = model.predict(data.features);
        expect(accuracy).toBe(Array.from(classes ?? []).filter((c, i) => c === data.labels[i]).length / n);
        if (n > 130) continue;
        const mean = single.subarray(0, n).reduce((a, b) => a + b, 0) / n;
        expect(Math.abs(value - mean)).toBeLessThan(tolerance);
        const sum = gradients
          .slice(0, n)
          .reduce((a, g) => a.map((x, k) => x + (g[k] as number) / n), new Float64Array(derived.gradient.length));
        expect(deviation(derived.gradient, sum)).toBeLessThan(tolerance);
      }
    }));

  it("large batches are the weighted sum of their chunks", () =>
    using(precision, (model) => {
      const parts = [
        [0, 2048],
        [2048, 4096],
        [4096, 4097],
      ].map(([from = 0, to = 0]) => ({
        n: to - from,
        ...model.gradient({ features: features.slice(from * WIDTH, to * WIDTH), labels: labels.slice(from, to) }),
      }));
      const { value, gradient } = model.gradient(first(EXAMPLES));
      expect(Math.abs(value - parts.reduce((s, p) => s + (p.value * p.n) / EXAMPLES, 0))).toBeLessThan(tolerance);
      const sum = parts.reduce(
        (s, p) => s.map((x, k) => x + ((p.gradient[k] as number) * p.n) / EXAMPLES),
        new Float64Array(gradient.length),
      );
      expect(deviation(gradient, sum)).toBeLessThan(tolerance);
      const v = symmetric(3, gradient.length);
      const u = symmetric(4, EXAMPLES * CLASSES);
      const Jv = model.jacobianVector(features, v);
      const Jtu = model.vectorJacobian(features, u);
      const left = inner(Jv, u);
      const right = inner(Jtu, v);
      expect(Math.abs(left - right) / Math.abs(left)).toBeLessThan(tolerance * 10);
      expect(model.inputGradient(first(EXAMPLES)).length).toBe(features.length);
    }));

  it("states: the first is the ode layer's input, the last its output, at times j h", () =>
    using(precision, async (model) => {
      const [path] = model.states(features.slice(0, 9 * WIDTH));
      expect(Array.from(path?.times ?? [])).toEqual([0, 0.5, 1, 1.5]);
      expect(path?.layer).toBe("2");
      const opening = await createModel(network({ input: WIDTH, layers: description.layers.slice(0, 2) }), {
        precision,
      });
      for (const p of opening.parameters) opening.set(p.name, model.get(p.name));
      expect(path?.values[0]).toEqual(opening.scores(features.slice(0, 9 * WIDTH)));
      const rest = await createModel(network({ input: 5, layers: [linear(CLASSES)] }), { precision });
      rest.set(
        "0.W",
        Array.from(model.get("4.W")).filter((_, i) => i % 6 < 5),
      );
      rest.set("0.b", model.get("4.b"));
      expect(rest.scores(Array.from(path?.values[STEPS] ?? []))).toEqual(model.scores(features.slice(0, 9 * WIDTH)));
      opening.dispose();
      rest.dispose();
    }));

  it("parameters come and go in the contract's order: K[r · columns + c]", () =>
    using(precision, (model) => {
      const numbers = (shape: readonly number[]) => shape.reduce((a, b) => a * b, 1);
      expect(model.parameters.map((p) => p.name)).toEqual(["1.K", "1.b", "2.K", "2.b", "4.W", "4.b"]);
      expect(model.parameters.map((p) => p.shape)).toEqual([[5, 3], [5], [3, 5, 5], [3, 5], [3, 6], [3]]);
      const all = Float64Array.from({ length: model.get().length }, (_, i) => i + 1);
      model.set(all);
      expect(Array.from(model.get())).toEqual(Array.from(all));
      let at = 0;
      for (const { name, shape } of model.parameters) {
        expect(Array.from(model.get(name))).toEqual(Array.from(all.subarray(at, at + numbers(shape))));
        at += numbers(shape);
        const before = Array.from(model.get());
        const values = symmetric(at, numbers(shape)).map(Math.fround);
        model.set(name, values);
        expect(Array.from(model.get(name))).toEqual(values);
        const after = Array.from(model.get());
        const changed = after.map((x, i) => x !== before[i]);
        expect(changed.filter(Boolean).length).toBeLessThanOrEqual(numbers(shape));
        expect(changed.slice(0, at - numbers(shape)).some(Boolean)).toBe(false);
        expect(changed.slice(at).some(Boolean)).toBe(false);
      }
      // e_c in, column c of W out.
      model.set(new Float64Array(all.length));
      model.set(
        "1.K",
        Float64Array.from({ length: 15 }, (_, i) => i / 16),
      );
      const copy = model.get();
      copy.fill(9);
      expect(model.get("1.K")[4]).toBe(4 / 16);
    }));

  it("features may be flat or nested, in any array, and bytes are scaled", () =>
    using(precision, (model) => {
      const bytes = Uint8Array.from({ length: 6 * WIDTH }, (_, i) => (i * 53) % 256);
      const scaled = Array.from(bytes, (b) => b / 255);
      const nested = Array.from({ length: 6 }, (_, i) => scaled.slice(i * WIDTH, (i + 1) * WIDTH));
      const expected = model.scores(scaled);
      for (const same of [Float64Array.from(scaled), nested, nested.map((row) => Float64Array.from(row))]) {
        expect(model.scores(same)).toEqual(expected);
      }
      expect(deviation(model.scores(Float32Array.from(scaled)), expected)).toBeLessThan(1e-6);
      expect(deviation(model.scores(bytes), expected)).toBeLessThan(1e-6);
      const y = [0, 1, 2, 0, 1, 2];
      const values = Array.from(bytes, (b) => b / 16);
      expect(model.value({ features: bytes, labels: y, scale: 1 / 16 })).toBe(
        model.value({ features: values, labels: y }),
      );
      const oneHot = y.map((c) => [0, 1, 2].map((k) => (k === c ? 1 : 0)));
      expect(model.value({ features: scaled, labels: oneHot })).toBe(model.value({ features: scaled, labels: y }));
      expect(model.value({ features: scaled, labels: oneHot.flat() })).toBe(
        model.value({ features: scaled, labels: y }),
      );
    }));

  it("many batch sizes do not grow the memory without bound", () =>
    using(precision, (model) => {
      const use = (n: number) => {
        const data = first(n);
        model.gradient(data);
        model.scores(data.features);
      };
      for (let n = 1; n <= 40; n++) use(n);
      use(300);
      const { total } = model.memory;
      for (let round = 0; round < 3; round++) for (let n = 1; n <= 299; n += 3) use(n);
      expect(model.memory.total).toBeLessThan(total * 1.5);
      const { parameters, gradient, optimizer, features: own } = model.memory;
      expect(parameters).toBe(gradient);
      expect(optimizer).toBe(0);
      expect(parameters).toBeGreaterThanOrEqual(model.get().length * (precision === "f32" ? 4 : 8));
      expect(parameters + gradient + own).toBeLessThan(model.memory.total);
    }));
});

describe("losses of a model", () => {
  it("logistic: P(class 1), threshold ½; least squares: scores alone", async () => {
    const net = network({ input: 2, layers: [linear(1)] });
    const model = await createModel(net, { loss: logistic, precision: "f64" });
    model.set([1, 0, 0]);
    const { classes, probabilities, scores } = model.predict([2, 0, -2, 0, 0, 0]);
    expect(Array.from(classes ?? [])).toEqual([1, 0, 0]);
    expect(Array.from(scores)).toEqual([2, -2, 0]);
    expect(probabilities?.[0]).toBeCloseTo(1 / (1 + Math.exp(-2)), 14);
    expect(model.evaluate({ features: [2, 0, -2, 0], labels: [1, 1] }).accuracy).toBe(0.5);
    model.dispose();
    const squares = await createModel(net, { loss: leastSquares(), precision: "f64" });
    squares.set([1, 0, 0]);
    expect(Object.keys(squares.predict([1, 2]))).toEqual(["scores"]);
    expect(squares.evaluate({ features: [2, 0, -2, 0], labels: [1, 0] })).toEqual({ loss: (1 + 4) / 4 });
    squares.dispose();
    const sum = await createModel(net, { loss: leastSquares({ reduction: "sum" }), precision: "f64" });
    sum.set([1, 0, 0]);
    const n = 5000;
    expect(sum.value({ features: new Array(2 * n).fill(1), labels: new Array(n).fill(0) })).toBe(n / 2);
    sum.dispose();
  });

  it("a network without parameters has scores, a value and an empty gradient", async () => {
    const model = await createModel(network({ input: 3, layers: [] }), { loss: softmaxCrossEntropy });
    expect(Array.from(model.scores([1, 2, 3]))).toEqual([1, 2, 3]);
    expect(model.gradient({ features: [1, 2, 3], labels: [0] }).gradient.length).toBe(0);
    expect(model.get().length).toBe(0);
    model.dispose();
  });
});

describe("a model's life", () => {
  it("dispose may be called again; any other use is a clear error", async () => {
    const model = await createModel(description);
    model.dispose();
    model.dispose();
    const uses: (() => unknown)[] = [
      () => model.get(),
      () => model.set(new Float32Array(1)),
      () => model.scores([1, 2, 3]),
      () => model.states([1, 2, 3]),
      () => model.predict([1, 2, 3]),
      () => model.evaluate(first(1)),
      () => model.value(first(1)),
      () => model.gradient(first(1)),
      () => model.inputGradient(first(1)),
      () => model.jacobianVector([1, 2, 3], []),
      () => model.vectorJacobian([1, 2, 3], []),
      () => model.gaussNewton(first(1), []),
      () => model.hessianVector(first(1), []),
      () => model.memory,
      () => model.describe(),
    ];
    for (const use of uses) {
      expect(use).toThrow(expect.objectContaining({ code: "disposed", message: expect.stringMatching(/dispose\(\)/) }));
    }
    await expect(model.fit(first(1))).rejects.toMatchObject({ code: "disposed" });
  });

  it("a forgotten model is collected, and so is a disposed one", async () => {
    const script = `
      import { build } from "esbuild";
      const { outputFiles } = await build({ entryPoints: ["src/index.ts"], bundle: true, write: false, format: "esm", platform: "neutral", mainFields: ["module", "main"], logLevel: "silent" });
      const { createModel, network, dense, linear } = await import("data:text/javascript;base64," + Buffer.from(outputFiles[0].text).toString("base64"));
      const refs = [];
      for (let i = 0; i < 8; i++) {
        const model = await createModel(network({ input: 2, layers: [dense(400), dense(400), linear(2)] }));
        model.gradient({ features: [1, 2, 3, 4], labels: [0, 1] });
        if (i % 2) model.dispose();
        refs.push(new WeakRef(model));
      }
      for (let i = 0; i < 20; i++) { await new Promise((r) => setTimeout(r, 5)); globalThis.gc(); }
      console.log("alive", refs.filter((r) => r.deref()).length);
    `;
    const { stdout, stderr } = await runNode(["--expose-gc", "--input-type=module", "-e", script], ROOT);
    expect(stdout, stderr).toMatch(/alive [01]\n/);
  });
});
