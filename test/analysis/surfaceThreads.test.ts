import { fileURLToPath } from "node:url";
import { describe, expect, it, vi } from "vitest";
import { Memory } from "../../src/core/host/memory.ts";
import { peaks } from "../../src/data/index.ts";
import {
  batchNorm,
  createModel,
  dense,
  dopri5,
  filterNormalizedDirections,
  implicitMidpoint,
  layerField,
  linear,
  lossLine,
  lossSurface,
  type Model,
  type ModelOptions,
  type Network,
  network,
  ode,
  tikhonov,
} from "../../src/index.ts";
import { everyPair } from "../support/everyPair.ts";
import { runNode } from "../support/runNode.ts";

const ROOT = fileURLToPath(new URL("../..", import.meta.url));
const data = peaks({ examples: 20, seed: 1 });
const a = { from: -0.5, to: 1, points: 5 };
const b = { from: -0.1, to: 0.6, points: 7 };

/** What models with so many threads find, each alike. */
async function alike<T>(described: Network, options: ModelOptions, find: (model: Model) => Promise<T>): Promise<T> {
  const found: T[] = [];
  for (const threads of [1, 2, 3, 8]) {
    const model = await createModel(described, { seed: 4, ...options, threads });
    found.push(await find(model));
    model.dispose();
  }
  for (const other of found) expect(other).toEqual(found[0]);
  return found[0] as T;
}

/** The numbers of threads that ran plans together meanwhile. */
async function sharers(run: () => Promise<unknown>): Promise<Set<number>> {
  const runTeam = vi.spyOn(Memory.prototype, "runTeam");
  await run();
  const threads = new Set(runTeam.mock.calls.map(([team]) => team.threads));
  runTeam.mockRestore();
  return threads;
}

/** A map of (a, b) to θ that is no plane. */
const bent = (theta: ArrayLike<number>) => (a: number, b: number) => Array.from(theta, (t, k) => t + a * b * (k % 3));

const surfaces = async (model: Model) => {
  const [d1, d2] = filterNormalizedDirections(model, { seed: 3, biases: "copy" });
  const { values: mapped } = await lossSurface(model, data, { at: bent(model.get()), a, b });
  const { values: plane } = await lossSurface(model, data, { directions: [d1, d2], a, b });
  const { values: line } = await lossLine(model, data, { direction: d1, a });
  expect(new Set([...mapped, ...plane, ...line]).size).toBeGreaterThan(50);
  return [mapped, plane, line];
};

describe("1, 2, 3 and 8 threads find the same bits", () => {
  it.each(["perStep", "constant", "nodal", "halfSteps"] as const)(
    "with every dynamics and integrator, weights %s",
    async (weights) => {
      await alike(everyPair(weights), { precision: weights === "nodal" ? "f64" : "f32" }, surfaces);
    },
  );

  it.each<[string, Network["layers"]]>([
    ["statistics of the batch", [dense(4), batchNorm(), linear(5)]],
    ["steps that the network chooses", [dense(4), ode(layerField(), dopri5({ rtol: 1e-4, atol: 1e-4 })), linear(5)]],
  ])("with %s", async (_, layers) => {
    await alike(network({ input: 2, layers }), { regularizers: [tikhonov(0.1)] }, surfaces);
  });

  it("with more points than one run holds, more examples than a chunk, and fewer points than threads", async () => {
    const described = network({ input: 2, layers: [linear(2)] });
    const many = {
      features: Array.from({ length: 4100 }, (_, k) => Math.sin(k)),
      labels: Array.from({ length: 2050 }, (_, k) => k % 2),
    };
    for (const [points, others] of [
      [70, 59],
      [2, 2],
    ] as const) {
      const axes = { a: { from: 0, to: 1, points }, b: { from: 0, to: 1, points: others } };
      const { values } = await alike(described, {}, (model) =>
        lossSurface(model, many, { at: bent(model.get()), ...axes }),
      );
      expect(values.length).toBe(points * others);
    }
  });
});

it("all threads of a model take part, and no more than there are points", async () => {
  const described = network({ input: 2, layers: [dense(4), linear(5)] });
  const two = { from: 0, to: 1, points: 2 };
  for (const threads of [1, 2, 3, 8, 9]) {
    const model = await createModel(described, { threads });
    const at = bent(model.get());
    const used = Math.min(threads, 8);
    expect([...(await sharers(() => lossSurface(model, data, { at, a, b })))]).toEqual(used > 1 ? [used] : []);
    const least = Math.min(used, 4);
    expect([...(await sharers(() => lossSurface(model, data, { at, a: two, b: two })))]).toEqual(
      least > 1 ? [least] : [],
    );
    model.dispose();
  }
});

it("where a step has no solution, the error is the first such point's, and the model goes on", async () => {
  const described = network({ input: 2, layers: [ode(layerField(), implicitMidpoint, { steps: 3 }), linear(5)] });
  const message = await alike(described, {}, async (model) => {
    const theta = model.get();
    const at = (a: number, b: number) => theta.map((t) => t * (a + b > 1 ? 1e6 : 1));
    const failed = lossSurface(model, data, { at, a, b });
    await expect(failed).rejects.toMatchObject({ name: "OdenetError", code: "convergence" });
    expect(model.get()).toEqual(theta);
    expect(Number.isFinite(model.value(data))).toBe(true);
    return failed.catch(({ message }) => message);
  });
  expect(message).toMatch(/no solution in step [123] /);
});

it("what a map throws, or gives, in the middle of a grid reaches the caller, and the model goes on", async () => {
  const described = network({ input: 2, layers: [dense(4), linear(5)] });
  await alike(described, {}, async (model) => {
    const theta = model.get();
    const { values } = await lossSurface(model, data, { at: bent(theta), a, b });
    const { total } = model.memory;
    const fails = (message: RegExp, instead: () => number[]) =>
      expect(
        lossSurface(model, data, { at: (x, y) => (x > 0.5 ? instead() : bent(theta)(x, y)), a, b }),
      ).rejects.toThrow(message);
    await fails(/no such place/, () => {
      throw new Error("no such place");
    });
    await fails(/theta: expected finite .*numbers, got Infinity/, () => Array(theta.length).fill(1 / 0));
    await fails(/expected 37 numbers, got 1/, () => [1]);
    expect(model.memory.total).toBe(total);
    expect(model.get()).toEqual(theta);
    expect((await lossSurface(model, data, { at: bent(theta), a, b })).values).toEqual(values);
    return values;
  });
});

it("a process ends by itself while its threads wait", async () => {
  const script = `
    import { createModel, lossSurface, resNet } from "odenet";
    import { peaks } from "odenet/data";
    const axis = { from: -1, to: 1, points: 20 };
    const network = resNet({ input: 2, outputs: 5, width: 4, steps: 8 });
    const found = [];
    for (const threads of [1, 3]) {
      const model = await createModel(network, { threads });
      const at = (a, b) => model.get().map((t) => t * a + b);
      found.push(String((await lossSurface(model, peaks({ examples: 20 }), { at, a: axis, b: axis })).values));
    }
    console.log(found[0] === found[1]);
  `;
  const { code, stdout, stderr } = await runNode(["--input-type=module", "--eval", script], ROOT);
  expect(stdout, stderr).toBe("true\n");
  expect(code).toBe(0);
});
