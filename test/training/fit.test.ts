import { describe, expect, it } from "vitest";
import { type FitOptions, sgd, train } from "../../src/index.ts";
import { expectGivenBack } from "../support/memory.ts";
import { BATCH, bytesOf, data, freshModel } from "./subjects.ts";

const options = { epochs: 4, batchSize: BATCH };

describe("a run to the end", () => {
  it("is finished, with one entry of history an epoch and the best of them", async () => {
    const model = await freshModel();
    const validation = { features: [0, 0, 0.5, -0.5], labels: [0, 1] };
    const epochs: unknown[] = [];
    const result = await model.fit(data, { ...options, validation, onEpoch: (epoch) => epochs.push(epoch) });
    expect([result.status, result.reason]).toEqual(["finished", "4 epochs done"]);
    expect(result.history.map(({ epoch }) => epoch)).toEqual([0, 1, 2, 3]);
    expect(epochs).toEqual(result.history.map((entry, i) => ({ ...entry, iteration: 3 * (i + 1) })));
    const losses = result.history.map((entry) => entry.validation?.loss as number);
    expect(result.best?.validation?.loss).toBe(Math.min(...losses));
    expect(result.best?.epoch).toBe(losses.indexOf(Math.min(...losses)));
  });

  it.each([
    [0, "0 epochs done", undefined],
    [1, "1 epoch done", 0],
  ])("of %d epochs says so", async (epochs, reason, best) => {
    const result = await (await freshModel()).fit(data, { epochs });
    expect(result).toMatchObject({ status: "finished", reason });
    expect(result.best?.epoch).toBe(best);
  });

  it("without validation the best epoch has the least training loss", async () => {
    const { history, best } = await (await freshModel()).fit(data, options);
    expect(best?.loss).toBe(Math.min(...history.map(({ loss }) => loss)));
    expect(best).not.toHaveProperty("validation");
  });
});

describe("a signal", () => {
  async function stoppedAfter(iterations: number, more: FitOptions = {}) {
    const model = await freshModel();
    const before = model.memory;
    const controller = new AbortController();
    const onStep: FitOptions["onStep"] = ({ iteration }) => {
      if (iteration === iterations) controller.abort();
    };
    const result = await model.fit(data, { ...options, onStep, signal: controller.signal, ...more });
    expectGivenBack(model, before);
    return { result, model };
  }

  it.each([1, 2, 3, 7])("stops after step %d, exactly there", async (iterations) => {
    const { result, model } = await stoppedAfter(iterations);
    const reason = `stopped by the signal after ${iterations} step${iterations === 1 ? "" : "s"}`;
    expect(result).toMatchObject({ status: "stopped", reason });
    expect(result.history).toHaveLength(Math.floor(iterations / 3));
    const twin = await freshModel();
    for (const step of train(twin, data, options)) if (step.iteration === iterations) break;
    expect(bytesOf(model)).toEqual(bytesOf(twin));
  });

  it("that is set from the start stops before the first step", async () => {
    const model = await freshModel();
    const theta = bytesOf(model);
    const result = await model.fit(data, { ...options, signal: AbortSignal.abort() });
    expect(result).toMatchObject({ status: "stopped", reason: "stopped by the signal after 0 steps", history: [] });
    expect(bytesOf(model)).toEqual(theta);
  });

  it("from a timer arrives, since training gives the event loop its turns", async () => {
    const model = await freshModel();
    const result = await model.fit(data, { ...options, epochs: 1e7, signal: AbortSignal.timeout(30) });
    expect(result.status).toBe("stopped");
  });
});

describe("callbacks", () => {
  it("an error in one of them comes through, and the memory is given back", async () => {
    const model = await freshModel();
    const before = model.memory;
    for (const name of ["onStep", "onEpoch"] as const) {
      const fitting = model.fit(data, {
        ...options,
        [name]: () => {
          throw new Error(`from ${name}`);
        },
      });
      await expect(fitting).rejects.toThrow(`from ${name}`);
      expectGivenBack(model, before);
    }
  });

  it("two fits on one model at once both end", async () => {
    const model = await freshModel();
    const both = await Promise.all([
      model.fit(data, options),
      model.fit(data, { ...options, optimizer: sgd({ learningRate: 0.01 }), seed: 1 }),
    ]);
    expect(both.map(({ status }) => status)).toEqual(["finished", "finished"]);
    expect(model.memory.optimizer).toBe(0);
  });
});
