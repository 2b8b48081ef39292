import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { peaks } from "../../src/data/index.ts";
import {
  createModel,
  dense,
  gradientDescent,
  l1,
  lbfgs,
  linear,
  type Model,
  type ModelOptions,
  momentum,
  type Network,
  network,
  newtonCG,
  nlcg,
  type Optimizer,
  ode,
  resNet,
  stabilityPenalty,
  stabilityProjection,
  tikhonov,
  timeSmoothness,
  train,
  variableProjection,
} from "../../src/index.ts";
import { engineOf } from "../../src/model/model.ts";
import { recipe } from "../../src/model/recipe.ts";
import { recordGradient } from "../../src/model/recordings.ts";
import { recordStep, type Update } from "../../src/training/recordStep.ts";
import { symmetric } from "../support/draws.ts";
import { everyPair } from "../support/everyPair.ts";
import { imageExamples, networkOfExample } from "../support/imageExamples.ts";
import { runNode } from "../support/runNode.ts";
import { bytesOf, data, optimizerOf, network as small, trainers } from "./subjects.ts";

const ROOT = fileURLToPath(new URL("../..", import.meta.url));

/** However little work a plan is, threads share it. */
const make = (described: Network, threads: number, options: ModelOptions = {}): Promise<Model> =>
  createModel(described, { seed: 4, threads, sharedWork: 0, ...options });

/** How many threads share the gradient of so many rows. */
const sharers = (model: Model, rows: number): number => {
  const engine = engineOf(model);
  return engine.plans.of(
    recipe((_, n) => recordGradient(engine, n)),
    rows,
  ).threads;
};

const hash = (...values: readonly ArrayLike<number>[]): string => {
  const all = createHash("sha256");
  for (const v of values) all.update(new Uint8Array(Float64Array.from(v).buffer));
  return all.digest("hex");
};

describe.each(["perStep", "constant", "nodal", "halfSteps"] as const)(
  "every dynamics and integrator, weights %s",
  (weights) => {
    it("is trained and evaluated by 1, 2, 3 and 4 threads to the same bits", async () => {
      const points = peaks({ examples: 70, seed: 1 });
      const results = [];
      for (const threads of [1, 2, 3, 4]) {
        const model = await make(everyPair(weights), threads);
        expect(sharers(model, 70)).toBe([1, 2, 2, 4][threads - 1]);
        for (const _ of train(model, points, { batchSize: 70, epochs: 2, optimizer: optimizerOf("momentum", 0.01) }));
        const { value, gradient } = model.gradient(points);
        const { loss, accuracy = 0 } = model.evaluate(points);
        const v = model.get();
        const states = model.states(points.features).flatMap(({ values }) => values);
        results.push(
          hash(v, gradient, [value, loss, accuracy], model.scores(points.features), model.gaussNewton(points, v)),
          hash(model.inputGradient(points), model.jacobianVector(points.features, v), ...states),
        );
        model.dispose();
      }
      expect(new Set(results.filter((_, k) => k % 2 === 0)).size).toBe(1);
      expect(new Set(results.filter((_, k) => k % 2 === 1)).size).toBe(1);
    });
  },
);

describe.each(Object.keys(trainers))("%s", (name) => {
  it("gives the same bytes with every number of threads, clipped and not", async () => {
    const trained = async (threads: number, clip?: number) => {
      const model = await make(small, threads, { precision: clip ? "f64" : "f32" });
      const options = { optimizer: optimizerOf(name, 0.05), batchSize: 48, epochs: 3, ...(clip ? { clip } : {}) };
      const values = Array.from(train(model, data, options), ({ value, gradientNorm }) => [value, gradientNorm]).flat();
      const bytes = hash(bytesOf(model), values);
      model.dispose();
      return bytes;
    };
    expect(await trained(2)).toBe(await trained(1));
    expect(await trained(2, 0.1)).toBe(await trained(1, 0.1));
  });
});

const penalties = [tikhonov(0.01), timeSmoothness(0.02), l1(0.003), stabilityPenalty(0.05)];

/** What is added to the loss, and who minimizes it, in batches of so many. */
const regularized: Record<string, { regularizers: ModelOptions["regularizers"]; optimizer: () => Optimizer }> = {
  "momentum with every penalty": { regularizers: penalties, optimizer: () => optimizerOf("momentum", 0.05) },
  "adam with every penalty and the constraint": {
    regularizers: [...penalties, stabilityProjection()],
    optimizer: () => optimizerOf("adam", 0.05),
  },
  "gradientDescent with the constraint": { regularizers: [stabilityProjection()], optimizer: gradientDescent },
  nlcg: { regularizers: penalties, optimizer: nlcg },
  lbfgs: { regularizers: penalties, optimizer: lbfgs },
  newtonCG: { regularizers: penalties, optimizer: newtonCG },
  "newtonCG by blocks": { regularizers: penalties, optimizer: () => newtonCG({ hessian: "blockGaussNewton" }) },
  "newtonCG, exact": { regularizers: penalties, optimizer: () => newtonCG({ hessian: "exact" }) },
  variableProjection: { regularizers: penalties, optimizer: () => variableProjection() },
};

describe.each(Object.entries(regularized))("regularizers: %s", (_, { regularizers, optimizer }) => {
  it.each(["f32", "f64"] as const)("%s: the same bits from 1, 2, 3 and 4 threads", async (precision) => {
    const results = [];
    for (const threads of [1, 2, 3, 4]) {
      const model = await make(small, threads, { precision, ...(regularizers ? { regularizers } : {}) });
      expect(sharers(model, data.labels.length)).toBe([1, 2, 2, 4][threads - 1]);
      const options = { optimizer: optimizer(), batchSize: Number.POSITIVE_INFINITY, epochs: 4 };
      const steps = Array.from(train(model, data, options), ({ value, gradientNorm }) => [value, gradientNorm]).flat();
      const { value, gradient } = model.gradient(data);
      const v = model.get();
      results.push(
        hash(v, steps, [value, model.value(data)], gradient, model.gaussNewton(data, v), model.hessianVector(data, v)),
      );
      model.dispose();
    }
    expect(new Set(results).size).toBe(1);
  });
});

it("a step with regularizers is shared, and its regularizers, norm and update are the first thread's", async () => {
  const model = await make(small, 4, { regularizers: [...penalties, stabilityProjection()] });
  const engine = engineOf(model);
  const [state = 0, previous = 0] = engine.vectors.allocateAll(2);
  const update = { optimizer: momentum() as Update["optimizer"], states: [state], previous, previousState: 0 };
  const { threads, plan } = engine.plans.of(
    recipe((_, n) => recordStep(engine, n, update)),
    64,
  );
  expect(threads).toBe(4);
  const lines = plan
    .describe()
    .split("\n")
    .filter((line) => line.includes("regularize"));
  // Four penalties, some of several parameters, and the projection of K.
  expect(lines.length).toBe(engine.terms.length + engine.projections.length);
  expect(plan.count - (plan.team?.count ?? 0)).toBeGreaterThanOrEqual(lines.length);
  model.dispose();
});

it("batches of any size, whose last shards are short, empty or chunks of their own, give the same bits", async () => {
  const points = peaks({ examples: 2500, seed: 1 });
  const first = (n: number) => ({ features: points.features.slice(0, 2 * n), labels: points.labels.slice(0, n) });
  const described = resNet({ input: 2, outputs: 5, width: 9, steps: 3 });
  const models = await Promise.all([1, 2, 4, 8].map((threads) => make(described, threads)));
  const used: number[][] = [];
  for (const n of [1, 16, 31, 32, 33, 63, 64, 65, 95, 127, 128, 129, 130, 145, 160, 161, 192, 257, 1000, 2048, 2500]) {
    const gradients = models.map((model) => {
      const { value, gradient } = model.gradient(first(n));
      return hash(gradient, [value], model.scores(first(n).features));
    });
    expect(new Set(gradients).size, `${n} rows`).toBe(1);
    if (n <= 2048) used.push(models.map((model) => sharers(model, n)));
  }
  // With 129 rows in shards of 20, the last eighth is empty, so that four threads share them.
  expect(used[11]).toEqual([1, 2, 4, 4]);
  expect(used.at(-1)).toEqual([1, 2, 4, 8]);
  for (const model of models) model.dispose();
});

it.each(Object.entries(imageExamples))("%s: images are shared too, to the same bits", async (_, examples) => {
  for (const example of examples) {
    const examplesCount = 70;
    const features = symmetric(1, examplesCount * example.input.reduce((a, b) => a * b));
    const points = { features, labels: Array.from({ length: examplesCount }, (_, i) => i % 3) };
    const results = [];
    for (const threads of [1, 2, 4]) {
      const model = await make(networkOfExample(example) as Network, threads);
      // Statistics of the batch are taken by one thread; scores are shared all the same.
      expect(sharers(model, examplesCount)).toBe(example.joins ? 1 : threads);
      const { value, gradient } = model.gradient(points);
      const v = model.get();
      const products = [model.gaussNewton(points, v), model.hessianVector(points, v), model.inputGradient(points)];
      results.push(hash(gradient, [value], model.scores(features), ...products));
      model.dispose();
    }
    expect(new Set(results).size).toBe(1);
  }
});

it("small work stays on one thread, large work does not", async () => {
  const tiny = await createModel(resNet({ input: 2, outputs: 5, width: 8, steps: 16 }), { threads: 2 });
  const middle = await createModel(resNet({ input: 2, outputs: 5, width: 64, steps: 8 }), { threads: 2 });
  expect([sharers(tiny, 40), sharers(middle, 256)]).toEqual([1, 2]);
});

it("an implicit step without a solution is found by whichever thread has it", async () => {
  const { implicitMidpoint, layerField } = await import("../../src/index.ts");
  const layer = ode(layerField({ activation: "relu" }), implicitMidpoint, { steps: 3, finalTime: 60 });
  const described = network({ input: 2, layers: [dense(4), layer, linear(5)] });
  const points = peaks({ examples: 70, seed: 1 });
  const messages = [];
  for (const threads of [1, 2, 4]) {
    const model = await make(described, threads);
    model.set(Array.from(model.get(), (x) => 30 * x));
    try {
      messages.push(model.value(points));
    } catch (error) {
      messages.push((error as Error).message);
    }
    model.dispose();
  }
  expect(messages[0]).toMatch(/no solution in step [123] /);
  expect(messages).toEqual(Array(3).fill(messages[0]));
});

it("memory that grows while threads wait is theirs too, and many models live side by side", async () => {
  const models = await Promise.all(
    [8, 64, 16].map((width) => make(resNet({ input: 2, outputs: 5, width, steps: 3 }), 2)),
  );
  const alone = await Promise.all(
    [8, 64, 16].map((width) => make(resNet({ input: 2, outputs: 5, width, steps: 3 }), 1)),
  );
  for (const examples of [50, 500, 2000]) {
    const points = peaks({ examples, seed: 2 });
    const value = (model: Model) => hash(model.gradient(points).gradient);
    expect(models.map(value)).toEqual(alone.map(value));
  }
  for (const model of models) model.dispose();
  expect(() => models[0]?.get()).toThrow(/dispose/);
});

it.each(["while its threads wait", "after dispose", "with an error"])("a process ends by itself, %s", async (how) => {
  const script = `
    import { createModel, resNet, train } from "odenet";
    import { peaks } from "odenet/data";
    const model = await createModel(resNet({ input: 2, outputs: 5, width: 32, steps: 8 }), { threads: 3 });
    for (const step of train(model, peaks({ examples: 256 }), { batchSize: 128 })) console.log(step.iteration);
    ${how === "after dispose" ? "model.dispose(); model.dispose();" : how === "with an error" ? "throw new Error('so');" : ""}
  `;
  const { code, stdout, stderr } = await runNode(["--input-type=module", "--eval", script], ROOT);
  expect(stdout, stderr).toBe("1\n2\n");
  expect(code).toBe(how === "with an error" ? 1 : 0);
});

it("the threads of a model that is forgotten end, and those of one that is disposed of", async (context) => {
  if (!existsSync("/proc/self/task")) return context.skip("there is no /proc to count threads in");
  const script = `
    import { readdirSync } from "node:fs";
    import { createModel, resNet } from "odenet";
    const threads = () => readdirSync("/proc/self/task").length;
    const make = (n) => createModel(resNet({ input: 2, outputs: 2, width: 4, steps: 2 }), { threads: n });
    const settled = async (n) => {
      for (let i = 0; i < 100 && threads() > n; i++) {
        gc();
        await new Promise((resolve) => setTimeout(resolve, 50));
      }
      return threads() - n;
    };
    await make(1);
    let base = threads();
    for (let same = 0; same < 10; same++) {
      await new Promise((resolve) => setTimeout(resolve, 50));
      if (threads() !== base) [base, same] = [threads(), 0]; // those that loaded and compiled are still ending
    }
    const model = await make(3);
    const most = threads(); // others may have ended since
    model.dispose();
    const disposed = await settled(Math.min(base, most - 2));
    await make(3);
    console.log(disposed <= 0, (await settled(base)) <= 0);
  `;
  const { stdout, stderr } = await runNode(["--expose-gc", "--input-type=module", "--eval", script], ROOT);
  expect(stdout, stderr).toBe("true true\n");
});

it("threads must be a whole number", async () => {
  await expect(createModel(small, { threads: 0 })).rejects.toMatchObject({ code: "option" });
  await expect(createModel(small, { threads: 1.5 })).rejects.toMatchObject({ code: "option" });
});
