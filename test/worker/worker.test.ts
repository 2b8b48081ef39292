import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { Worker } from "node:worker_threads";
import { build } from "esbuild";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { peaks } from "../../src/data/index.ts";
import * as odenet from "../../src/index.ts";
import { gradientFlow } from "../../src/index.ts";
import { describeOptions } from "../../src/training/describeOptions.ts";
import { reviveOptions } from "../../src/training/reviveOptions.ts";
import type * as remote from "../../src/worker/index.ts";
import { connect } from "../../src/worker/index.ts";
import { ROOT } from "../support/scratch.ts";
import type { functions } from "./served.ts";

const { adam, cosine, createModel, network, ode, layerField, euler, resNet, sgd, tikhonov } = odenet;
const data = peaks({ examples: 200, seed: 1 });
const described = resNet({ input: 2, outputs: 5, width: 6, steps: 4 });
const options = { seed: 2, regularizers: [tikhonov(1e-4, { parameters: /\.K$/ })] };

const folder = mkdtempSync(join(tmpdir(), "odenet-worker-"));
const file = join(folder, "served.mjs");
beforeAll(async () => {
  const entry = fileURLToPath(new URL("./served.ts", import.meta.url));
  await build({ entryPoints: [entry], outfile: file, bundle: true, format: "esm", target: "es2022", platform: "node" });
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const newWorker = () => new Worker(pathToFileURL(file));
const connected = (worker: Parameters<typeof connect>[0] = newWorker) => connect<typeof functions>(worker);

/** What the worker must answer: the same of a model in this thread. */
async function here() {
  const model = await createModel(described, options);
  const result = await model.fit(data, training);
  return { model, result };
}
const training = { optimizer: adam({ learningRate: 0.01 }), schedule: cosine(), epochs: 8, seed: 3, validation: data };

describe("a model in a worker", () => {
  it("has the same properties, and gives the same bits", async () => {
    const connection = connected();
    const model = await connection.createModel(described, options);
    const { model: own, result } = await here();
    expect(model.parameters).toEqual(own.parameters);
    expect(model.statistics).toEqual(own.statistics);
    expect(JSON.stringify(model.network)).toBe(JSON.stringify(own.network));
    expect([model.loss, model.precision]).toEqual([own.loss, own.precision]);

    const steps: number[] = [];
    const epochs: number[] = [];
    const fitted = await model.fit(data, {
      ...training,
      onStep: ({ iteration }) => steps.push(iteration),
      onEpoch: ({ epoch }) => epochs.push(epoch),
    });
    expect(fitted).toEqual(result);
    expect(steps).toEqual(Array.from({ length: 32 }, (_, k) => k + 1));
    expect(epochs).toEqual([0, 1, 2, 3, 4, 5, 6, 7]);
    const theta = own.get();
    const v = theta.map((_, k) => (k % 3) - 1);
    expect(await model.get()).toEqual(theta);
    expect(await model.get("1.K")).toEqual(own.get("1.K"));
    expect(await model.predict(data.features)).toEqual(own.predict(data.features));
    expect(await model.states(data.features)).toEqual(own.states(data.features));
    expect(await model.evaluate(data)).toEqual(own.evaluate(data));
    expect(await model.gradient(data)).toEqual(own.gradient(data));
    expect(await model.hessianVector(data, v)).toEqual(own.hessianVector(data, v));
    expect(await model.toBytes()).toEqual(own.toBytes());
    expect((await model.memory).parameters).toBe(own.memory.parameters);
    await model.set("2.b", [1, 2, 3, 4, 5]);
    own.set("2.b", [1, 2, 3, 4, 5]);
    expect(await model.scores([0.5, 0.5])).toEqual(own.scores([0.5, 0.5]));

    const loaded = await connection.modelFromBytes(own.toBytes());
    expect(await loaded.value(data)).toBe(own.value(data));
    expect(await connection.call("gradientFlow", loaded, data)).toEqual(gradientFlow(own, data));
    connection.close();
  });

  it("trains beside another one, is asked while it trains, and stops where the signal says", async () => {
    const connection = connected();
    const [a, b] = await Promise.all([0, 1].map((seed) => connection.createModel(described, { seed })));
    const controller = new AbortController();
    const first = a?.fit(data, { epochs: 1e6, signal: controller.signal });
    const second = await b?.fit(data, { epochs: 5 });
    expect(second?.status).toBe("finished");
    expect((await a?.evaluate(data))?.loss).toBeGreaterThan(0);
    controller.abort();
    const stopped = await first;
    expect(stopped?.status).toBe("stopped");
    expect(stopped?.checkpoint).toBeInstanceOf(Uint8Array);
    const resume = stopped?.checkpoint as Uint8Array;
    const resumed = await a?.fit(data, { epochs: (stopped?.history.length ?? 0) + 2, resume });
    expect(resumed?.status).toBe("finished");
    connection.close();
  });

  it("is what it was after a crash, and its training goes on to the same bits", async () => {
    const connection = connected();
    const { model: own, result } = await here();
    const model = await connection.createModel(described, options);
    const idle = await connection.createModel(described, { seed: 9 });
    const changed = (await idle.get()).map((x) => x + 1);
    await idle.set(changed);
    let broken = false;
    const fitted = model.fit(data, {
      ...training,
      checkpointInterval: 0,
      onCheckpoint() {
        if (broken) return;
        broken = true;
        void connection.call("fail");
      },
    });
    expect(await fitted).toEqual(result);
    expect(broken).toBe(true);
    expect(await model.get()).toEqual(own.get());
    expect(await idle.get()).toEqual(changed);
    connection.close();
  });

  it("of a worker that cannot be replaced rejects, and says so", async () => {
    const connection = connected(newWorker());
    const model = await connection.createModel(described);
    const fitted = model.fit(data, { epochs: 1e6 });
    void connection.call("fail");
    await expect(fitted).rejects.toMatchObject({ name: "OdenetError", code: "engine" });
    await expect(model.get()).rejects.toThrow(/told to fail.*function that makes another/);
  });

  it("moves arrays where told, and copies them else", async () => {
    const connection = connected();
    const model = await connection.createModel(described);
    const own = { features: data.features.slice(), labels: data.labels.slice() };
    await model.fit(own, { epochs: 1 });
    expect(own.features.length).toBe(400);
    await model.fit(own, { epochs: 1, transfer: true });
    expect([own.features.length, own.labels.length]).toEqual([0, 0]);
    expect(await connection.call("double", Float64Array.of(1, 2))).toEqual(Float64Array.of(2, 4));
    connection.close();
  });
});

describe("what goes wrong is told as in this thread", () => {
  it.each([
    ["a wrong shape", (m: remote.RemoteModel) => m.scores([1, 2, 3]), "length"],
    ["NaN", (m: remote.RemoteModel) => m.scores([1, Number.NaN]), "value"],
    ["a label out of range", (m: remote.RemoteModel) => m.evaluate({ features: [0, 0], labels: [7] }), "label"],
    ["an unknown parameter", (m: remote.RemoteModel) => m.get("9.K"), "name"],
    ["an option", (m: remote.RemoteModel) => m.fit(data, { epochs: -1 }), "option"],
  ])("%s", async (_, wrong, code) => {
    const connection = connected();
    const model = await connection.createModel(described);
    const own = await createModel(described);
    const expected = await Promise.resolve(own)
      .then(wrong as never)
      .catch((error) => error);
    await expect(wrong(model)).rejects.toMatchObject({ name: "OdenetError", code, message: expected.message });
    expect((await model.evaluate(data)).loss).toBe(own.evaluate(data).loss);
    connection.close();
  });

  it("an optimizer of one's own cannot be sent", async () => {
    const connection = connected();
    const model = await connection.createModel(described);
    const own = { ...sgd(), settings: undefined } as unknown as ReturnType<typeof sgd>;
    await expect(model.fit(data, { optimizer: own })).rejects.toThrow(/expected an optimizer from a factory/);
    connection.close();
  });

  it("a network that cannot be made, a closed connection, a model disposed of, an unknown function", async () => {
    const connection = connected();
    await expect(connection.createModel({ input: 2, layers: [{}] } as never)).rejects.toMatchObject({ code: "name" });
    const model = await connection.createModel(described);
    await model.dispose();
    await model.dispose();
    await expect(model.get()).rejects.toMatchObject({ code: "disposed" });
    await expect(connection.call("nothing" as "fail")).rejects.toThrow(/gradientFlow, double, fail.*got nothing/);
    connection.close();
    await expect(connection.createModel(described)).rejects.toMatchObject({ code: "disposed" });
  });
});

const made = (kind: string, factory: (settings: object) => object): [string, object] => [kind, factory({})];
describe("every optimizer and schedule goes over the line and is the same there", () => {
  it.each([
    ...Object.entries(odenet.optimizers).map(([kind, factory]) => made(kind, factory)),
    ["newtonCG with timeSmoothing", odenet.newtonCG({ preconditioner: odenet.timeSmoothing({ alpha: 0.1 }) })] as const,
  ])("optimizer %s", async (_, optimizer) => {
    const sent = structuredClone(describeOptions({ optimizer: optimizer as odenet.Optimizer }));
    const back = reviveOptions(sent).optimizer as odenet.Optimizer;
    const run = async (which: odenet.Optimizer) => {
      const small = network({ input: 2, layers: [ode(layerField(), euler, { steps: 2 }), odenet.linear(5)] });
      const model = await createModel(small, { precision: "f64" });
      const { history } = await model.fit(data, { optimizer: which, epochs: 2 });
      return { history, theta: model.get() };
    };
    expect(await run(back)).toEqual(await run(optimizer as odenet.Optimizer));
  });

  it.each(Object.entries(odenet.schedules))("schedule %s", (_, factory) => {
    const schedule = factory();
    const back = reviveOptions(structuredClone(describeOptions({ schedule }))).schedule as odenet.Schedule;
    for (const t of [0, 0.3, 0.5, 0.8, 1]) expect(back.rate(t)).toBe(schedule.rate(t));
  });
});

it("the published createModel makes its own worker, and ends it", async () => {
  const published = (await import(pathToFileURL(join(ROOT, "dist/worker.js")).href)) as typeof remote;
  const model = await published.createModel(described, options);
  const { model: own } = await here();
  await model.fit(data, { ...training, optimizer: adam({ learningRate: 0.01 }) });
  expect(await model.get()).toEqual(own.get());
  await model.dispose();
  await expect(published.createModel({ input: 0 } as never)).rejects.toMatchObject({ name: "OdenetError" });
});
