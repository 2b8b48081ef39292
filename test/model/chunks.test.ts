/** Large batches in chunks: so many examples at once as the network's size says, whose sums are added in order. */
import { describe, expect, it } from "vitest";
import {
  conv2d,
  createModel,
  flatten,
  hamiltonian,
  imagePresets,
  type Layer,
  leastSquares,
  linear,
  network,
  ode,
  resNet,
  verlet,
} from "../../src/index.ts";
import { rowsOfChunk } from "../../src/model/chunks.ts";
import { engineOf } from "../../src/model/model.ts";
import { symmetric } from "../support/draws.ts";

it("a chunk is a power of two up to 2,048, of at most 2²⁷ numbers where there is a choice", () => {
  expect([0, 1, 2 ** 16, 2 ** 16 + 1, 2 ** 20, 2 ** 27, 2 ** 30].map(rowsOfChunk)).toEqual([
    2048, 2048, 2048, 1024, 128, 1, 1,
  ]);
});

const over = (steps: number, reversible: boolean) =>
  network({ input: 8, layers: [ode(hamiltonian(), verlet, { steps, finalTime: 1, reversible }), linear(2)] });

it.each([
  ["a small network", resNet({ input: 2, outputs: 5, width: 64, steps: 32 }), 2048],
  ["LeNet", imagePresets.leNet(), 2048],
  ["a deep one", over(5000, false), 256],
  ["a deep one that keeps no features", over(5000, true), 2048],
])("%s", async (_, net, rows) => {
  for (const precision of ["f32", "f64"] as const) {
    const model = await createModel(net, { precision });
    expect(engineOf(model).rowsAtOnce(1e6)).toBe(rows);
    expect(engineOf(model).rowsAtOnce(3)).toBe(3);
    model.dispose();
  }
});

describe("a network of 128 examples at once", () => {
  const layers: Layer[] = [conv2d(64, { size: 1 }), conv2d(1, { size: 1, stride: 16 }), flatten(), linear(3)];
  const net = network({ input: [1, 64, 64], layers });
  const features = symmetric(1, 130 * 4096);
  const labels = symmetric(2, 130 * 3);
  const part = (from: number, to: number) => ({
    features: features.slice(from * 4096, to * 4096),
    labels: labels.slice(from * 3, to * 3),
  });

  it("adds the gradients of its chunks, and needs no more memory for more", async () => {
    const model = await createModel(net, { loss: leastSquares({ reduction: "sum" }), seed: 1 });
    const first = model.gradient(part(0, 128));
    const { features: once } = model.memory;
    const second = model.gradient(part(128, 130));
    const both = model.gradient(part(0, 130));
    expect(model.memory.features).toBe(once);
    expect(both.value).toBe(first.value + second.value);
    both.gradient.forEach((g, i) => {
      expect(g).toBe(Math.fround((first.gradient[i] as number) + (second.gradient[i] as number)));
    });
    model.dispose();
  });
});
