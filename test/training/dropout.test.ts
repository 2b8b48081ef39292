/** Dropout: its mask is that of the generator, the same for every engine setting, and only training draws it. */
import { describe, expect, it } from "vitest";
import { Random, STREAMS, streams } from "../../src/core/random.ts";
import {
  adam,
  conv2d,
  createModel,
  dense,
  dropout,
  flatten,
  lbfgs,
  leastSquares,
  linear,
  type Model,
  network,
  type Precision,
  sgd,
  train,
} from "../../src/index.ts";
import { integers, symmetric } from "../support/draws.ts";
import { bytesOf } from "./subjects.ts";

const TWO_32 = 2 ** 32;

/** Which of `width` numbers of example `number` are kept in step `step`, from the generator itself. */
function maskOf(seed: number, step: number, layer: number, number: number, width: number, rate: number): boolean[] {
  const blocks = Math.ceil(width / 4);
  const start = 4 * (step * TWO_32 + number * blocks);
  const words = Random.at(seed, streams.dropout + STREAMS * layer, start).integers(width, TWO_32);
  return Array.from(words, (word) => word >= Math.floor(rate * TWO_32));
}

/** Which weights of a linear layer behind the mask change in each step: those whose feature is kept, none being 0. */
async function observed(width: number, options: { seed: number; precision: Precision; steps: number }) {
  const { seed, precision, steps } = options;
  const layers = [dropout(0.4), linear(1, { bias: false })];
  const model = await createModel(network({ input: width, layers }), { precision, loss: leastSquares });
  const data = { features: Array(width).fill(1), labels: [1e3] };
  const seen: boolean[][] = [];
  let before = Array.from(model.get());
  const run = train(model, data, { batchSize: 1, epochs: steps, seed, optimizer: sgd() });
  for (const _ of run) {
    const after = Array.from(model.get());
    seen.push(after.map((w, k) => w !== before[k]));
    before = after;
  }
  model.dispose();
  return seen;
}

it.each(["f32", "f64"] as const)("the mask is the one of the generator, %s", async (precision) => {
  const [seed, width] = [2 ** 33 + 5, 9];
  const seen = await observed(width, { seed, precision, steps: 6 });
  expect(seen).toEqual(Array.from({ length: 6 }, (_, step) => maskOf(seed, step, 0, 0, width, 0.4)));
});

describe("training with dropout", () => {
  const net = network({
    input: [2, 5, 3],
    layers: [conv2d(3, { activation: "tanh" }), dropout(0.25), flatten(), dense(10), dropout(0.5), linear(3)],
  });
  const dataOf = (n: number) => ({ features: symmetric(1, 30 * n), labels: integers(2, n, 3) });
  const trained = async (options: object, model?: Model) => {
    const own = model ?? (await createModel(net, { seed: 3 }));
    for (const _ of train(own, dataOf(90), { batchSize: 40, epochs: 2, optimizer: adam(), ...options }));
    return own;
  };

  it("gives the same bits for 1, 2 and 4 threads, and others with another seed", async () => {
    const results = [];
    for (const threads of [1, 2, 4]) {
      const model = await trained({}, await createModel(net, { seed: 3, threads, sharedWork: 0 }));
      results.push(bytesOf(model));
      model.dispose();
    }
    expect(results[1]).toEqual(results[0]);
    expect(results[2]).toEqual(results[0]);
    expect(bytesOf(await trained({ seed: 1 }))).not.toEqual(results[0]);
  });

  it("resumes from a checkpoint to the same bits", async () => {
    const whole = bytesOf(await trained({}));
    const stopped = await createModel(net, { seed: 3 });
    const options = { batchSize: 40, epochs: 2, optimizer: adam() };
    let resume: Uint8Array | undefined;
    for (const step of train(stopped, dataOf(90), options)) {
      if (step.iteration < 4) continue;
      resume = step.checkpoint();
      break;
    }
    expect(bytesOf(await trained({ resume }, await createModel(net, { seed: 8 })))).toEqual(whole);
  });

  it("draws the masks of a batch that is computed in chunks by the examples' numbers", async () => {
    const width = 3;
    const n = 2100;
    const model = await createModel(network({ input: width, layers: [dropout(0.5), linear(1, { bias: false })] }), {
      precision: "f64",
      loss: leastSquares({ reduction: "sum" }),
    });
    model.set([0, 0, 0]);
    const features = symmetric(4, n * width);
    const labels = symmetric(5, n);
    // One object holds all examples: the order in the batch is the permutation of the epoch.
    const order = new Random(7, streams.shuffling).permutation(n);
    for (const _ of train(model, { features, labels }, { batchSize: n, seed: 7, optimizer: sgd({ learningRate: 1 }) }));
    // At W = 0, a step of 1 is Σ c (x ∘ mask) / (1 − rate).
    const expected = [0, 0, 0];
    order.forEach((example, number) => {
      maskOf(7, 0, 0, number, width, 0.5).forEach((kept, k) => {
        if (kept)
          expected[k] =
            (expected[k] as number) + 2 * (features[example * width + k] as number) * (labels[example] as number);
      });
    });
    Array.from(model.get()).forEach((w, k) => {
      expect(w).toBeCloseTo(expected[k] as number, 10);
    });
    model.dispose();
  });

  it("keeps about 1 − rate of the numbers, and every layer draws its own", () => {
    const draws = [0, 1].map((layer) => maskOf(1, 0, layer, 0, 40_000, 0.3));
    const shares = draws.map((mask) => mask.filter(Boolean).length / 40_000);
    for (const share of shares) expect(Math.abs(share - 0.7)).toBeLessThan(4 * Math.sqrt((0.7 * 0.3) / 40_000));
    expect(draws[0]).not.toEqual(draws[1]);
  });
});

it("outside of training there is none", async () => {
  const layers = [dense(6), linear(2)];
  const [plain, dropped] = [layers, [dense(6), dropout(0.9), linear(2)]].map((l) => network({ input: 3, layers: l }));
  const [a, b] = [await createModel(plain as never, { seed: 2 }), await createModel(dropped as never, { seed: 2 })];
  const data = { features: symmetric(1, 15), labels: [0, 1, 1, 0, 1] };
  expect(b.scores(data.features)).toEqual(a.scores(data.features));
  expect(b.gradient(data)).toEqual(a.gradient(data));
  expect(b.evaluate(data)).toEqual(a.evaluate(data));
  for (const model of [a, b]) model.dispose();
});

it("is refused with methods that compare values, and with rates that are none", async () => {
  const model = await createModel(network({ input: 2, layers: [dropout(0.5), linear(2)] }));
  const data = { features: [1, 2], labels: [0] };
  expect(() => train(model, data, { optimizer: lbfgs() })).toThrow(/expected sgd, momentum, adam or adamW .*got lbfgs/);
  for (const rate of [1, -0.1, Number.NaN, "half"]) {
    expect(() => dropout(rate as number)).toThrow(/dropout: expected rate to be a finite number from 0 and below 1/);
  }
  model.dispose();
});
