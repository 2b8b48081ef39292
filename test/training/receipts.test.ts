import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { circles, type Dataset, selectExamples } from "../../src/data/index.ts";
import {
  adam,
  audit,
  cosine,
  createModel,
  dense,
  dropout,
  linear,
  type Model,
  network,
  optimizers,
  type Receipt,
  type ReceiptLink,
  resNet,
  type TrainOptions,
  tikhonov,
  train,
} from "../../src/index.ts";
import { canonical, endHash, linkHash } from "../../src/training/receipts/receipt.ts";
import { errorOf } from "../data/errors.ts";

const data = circles({ examples: 50, noise: 0.1, seed: 2 });
const validation = circles({ examples: 20, seed: 3 });
const make = (precision: "f32" | "f64" = "f32", seed = 1): Promise<Model> =>
  createModel(resNet({ input: 2, outputs: 2, width: 3, steps: 2 }), { seed, precision });

/** 50 examples in batches of 16: 4 steps an epoch. */
const usual = { epochs: 3, batchSize: 16, seed: 5, receipt: { every: 5 } };

async function receiptOf(model: Model, options: TrainOptions, learned: Dataset = data): Promise<Receipt> {
  const { receipt } = await model.fit(learned, options);
  if (!receipt) throw new Error("no receipt");
  return receipt;
}

/** The file of a receipt, changed by hand. */
type Link = { -readonly [K in keyof ReceiptLink]: ReceiptLink[K] };
type Loose = { -readonly [K in Exclude<keyof Receipt, "links">]: Receipt[K] } & { links: Link[] };
const copyOf = (receipt: Receipt): Loose => JSON.parse(JSON.stringify(receipt));

/** The same with a chain that fits again, as a forger would make it. */
function rehashed(forged: Loose): Receipt {
  const { links, over, theta, hash: _, ...head } = forged;
  links.forEach((link, j) => {
    link.hash = linkHash(j === 0 ? head : links[j - 1]?.hash, link);
  });
  forged.hash = endHash(links[links.length - 1]?.hash, over, theta);
  return forged;
}

const holds = async (...args: Parameters<typeof audit>): Promise<boolean> => (await audit(...args)).holds;

describe("a receipt holds", () => {
  it.each(Object.entries(optimizers))("of %s", async (_, factory) => {
    const optimizer = factory();
    const mini = "record" in optimizer || optimizer.miniBatch;
    const options = { epochs: 3, optimizer, receipt: { every: 2 }, ...(mini ? { batchSize: 16 } : {}) };
    const model = await make();
    const receipt = await receiptOf(model, options);
    const { holds, segments } = await audit(JSON.parse(JSON.stringify(receipt)), data, { model });
    expect(segments.filter((s) => !s.holds)).toEqual([]);
    expect(holds).toBe(true);
  });

  it.each(["f32", "f64"] as const)(
    "in %s, with schedule, clip, validation, weights and early stopping",
    async (precision) => {
      const weights = Array.from({ length: 50 }, (_, k) => 1 + (k % 3));
      const weighted = { ...data, weights };
      const options = { ...usual, validation, schedule: cosine(), clip: 0.5, patience: 1, classWeights: [1, 2] };
      const model = await make(precision);
      const receipt = await receiptOf(
        model,
        { ...options, optimizer: adam({ learningRate: 0.3 }), epochs: 20 },
        weighted,
      );
      expect(receipt.over).toBe(true);
      expect(await audit(receipt, weighted, { model, validation })).toMatchObject({ holds: true });
      expect(await holds(receipt, data, { validation })).toBe(false);
      expect(
        await holds(receipt, { ...weighted, weights: weights.map((w, k) => (k === 7 ? w + 1 : w)) }, { validation }),
      ).toBe(false);
      expect(await holds(receipt, weighted, { validation: data })).toBe(false);
      expect(await holds(receipt, weighted)).toBe(false);
    },
  );

  it("with dropout and regularizers, and names its segments", async () => {
    const described = network({ input: 2, layers: [dense(4), dropout(0.3), linear(2)] });
    const model = await createModel(described, { regularizers: [tikhonov(1e-3, { parameters: /\.K$/ })] });
    const receipt = await receiptOf(model, usual);
    const { segments } = await audit(receipt, data, { model });
    expect(segments).toEqual([
      { index: 0, from: 0, to: 5, holds: true },
      { index: 1, from: 5, to: 10, holds: true },
      { index: 2, from: 10, to: 12, holds: true },
    ]);
  });

  it("of steps in a loop, of a resumed run, of one that a signal stopped, and of none", async () => {
    const model = await make();
    let bytes = new Uint8Array();
    for (const step of train(model, data, usual)) {
      expect(step.receipt().links.map(({ iteration }) => iteration)).toEqual(
        [0, 5, 10, 12].filter((k) => k < step.iteration).concat(step.iteration),
      );
      if (step.iteration === 7) {
        expect(await holds(step.receipt(), data, { model })).toBe(true);
        bytes = step.checkpoint();
      }
      if (step.iteration === 12) expect(step.receipt().over).toBe(true);
    }
    const resumed = await make();
    const rest = await receiptOf(resumed, { ...usual, resume: bytes });
    expect(rest.links.map(({ iteration }) => iteration)).toEqual([7, 10, 12]);
    expect(await holds(rest, data, { model: resumed })).toBe(true);
    expect(resumed.toBytes()).toEqual(model.toBytes());

    const controller = new AbortController();
    const stopped = await make();
    const part = await receiptOf(stopped, {
      ...usual,
      ...{
        signal: controller.signal,
        onStep: ({ iteration }: { iteration: number }) => iteration === 3 && controller.abort(),
      },
    });
    expect(part.over).toBe(false);
    expect(await holds(part, data, { model: stopped })).toBe(true);
    const none = await receiptOf(await make(), { ...usual, epochs: 0 });
    expect(await holds(none, data)).toBe(true);
    expect(await holds(none, validation)).toBe(false);
  });

  it("whatever arrays the data come in, and however many threads computed", async () => {
    const model = await createModel(resNet({ input: 2, outputs: 2, width: 3, steps: 2 }), { threads: 2, seed: 1 });
    const receipt = await receiptOf(model, usual);
    expect(canonical(receipt)).toBe(canonical(await receiptOf(await make(), usual)));
    const nested = Array.from({ length: 50 }, (_, i) => Array.from(data.features.slice(2 * i, 2 * i + 2)));
    expect(await holds(receipt, { features: nested, labels: Array.from(data.labels as ArrayLike<number>) })).toBe(true);
    model.dispose();
  });

  it("says the hashes of the core and of θ", async () => {
    const model = await make();
    const receipt = await receiptOf(model, usual);
    const sha = (bytes: Uint8Array | Float32Array | Float64Array) => createHash("sha256").update(bytes).digest("hex");
    expect(receipt.theta).toBe(sha(model.get()));
    expect(await receiptOf(await make(), { ...usual, receipt: { every: 5, note: { by: "me" } } })).toMatchObject({
      note: { by: "me" },
    });
    expect(receipt.core).toBe(sha(readFileSync("build/core.wasm")));
  });

  it("begins with θ by the seed, or with what is given", async () => {
    expect((await receiptOf(await make("f32", 4), usual)).seed).toBe(4);
    const model = await make("f32", 4);
    for (const _ of train(model, data)) break;
    const receipt = await receiptOf(model, usual);
    expect(receipt.seed).toBeNull();
    expect(await holds(receipt, data, { model })).toBe(true);
  });

  it("draws segments by a seed", async () => {
    const receipt = await receiptOf(await make(), { ...usual, receipt: { every: 1 } });
    const of = async (seed: number) => (await audit(receipt, data, { segments: 3, seed })).segments.map((s) => s.index);
    expect(await of(1)).toHaveLength(3);
    expect(await of(1)).toEqual(await of(1));
    expect(await of(1)).not.toEqual(await of(2));
    expect((await audit(receipt, data, { segments: [4, 2] })).segments.map((s) => s.index)).toEqual([2, 4]);
  });
});

describe("a forged receipt does not hold", () => {
  it("with any character of it changed, chain left as it was", async () => {
    const text = JSON.stringify(await receiptOf(await make(), usual));
    for (let at = 1; at < text.length - 1; at += 211) {
      for (const other of ["7", "x"]) {
        if (text[at] === other) continue;
        let parsed: Receipt;
        try {
          parsed = JSON.parse(text.slice(0, at) + other + text.slice(at + 1));
        } catch {
          continue;
        }
        const found = await audit(parsed, data, { segments: [0] }).catch(() => undefined);
        expect(found?.holds ?? false, `${at}: ${text.slice(at - 20, at + 20)}`).toBe(false);
      }
    }
  });

  it("with one bit of any number of a checkpoint changed and the chain made to fit", async () => {
    const receipt = await receiptOf(await make(), usual);
    for (let j = 0; j < receipt.links.length; j++) {
      for (let from = 1; from < 60; from += 7) {
        const forged = copyOf(receipt);
        const link = forged.links[j];
        if (!link) throw new Error("no link");
        const bytes = Buffer.from(link.checkpoint, "base64");
        bytes[bytes.length - from] = (bytes[bytes.length - from] ?? 0) ^ 1;
        link.checkpoint = bytes.toString("base64");
        const { segments } = await audit(rehashed(forged), data);
        const wrong = segments.filter((s) => !s.holds).map((s) => s.index);
        expect(wrong.length).toBeGreaterThan(0);
        for (const index of wrong) expect([j - 1, j]).toContain(index);
      }
    }
  });

  it("with one bit of the text of its first state changed and the chain made to fit", async () => {
    const receipt = await receiptOf(await make(), usual);
    const length = Buffer.from(receipt.links[0]?.checkpoint ?? "", "base64").length;
    for (let at = 8; at < length; at += 53) {
      const forged = copyOf(receipt);
      const [link] = forged.links;
      if (!link) throw new Error("no link");
      const bytes = Buffer.from(link.checkpoint, "base64");
      bytes[at] = (bytes[at] ?? 0) ^ 2;
      link.checkpoint = bytes.toString("base64");
      expect(await holds(rehashed(forged), data, { segments: [0] }), `byte ${at}`).toBe(false);
    }
  });

  it("with segments swapped, repeated or removed, chain left or made to fit", async () => {
    const receipt = await receiptOf(await make(), { ...usual, receipt: { every: 3 } });
    const changes: ((links: Link[]) => unknown)[] = [
      (links) => links.splice(1, 2, ...links.slice(1, 3).reverse()),
      (links) => links.splice(2, 0, ...links.slice(2, 3)),
      (links) => links.splice(2, 1),
      (links) => links.pop(),
      (links) => links.push(...links.slice(-1)),
    ];
    for (const change of changes) {
      const forged = copyOf(receipt);
      change(forged.links);
      expect(await holds(forged, data)).toBe(false);
      expect(await holds(rehashed(forged), data)).toBe(false);
    }
    const first = copyOf(receipt);
    first.links.shift();
    expect(await holds(first, data)).toBe(false);
  });

  it("with an option, the network, the order of the data, a datum or the model changed and the chain made to fit", async () => {
    const model = await make();
    const receipt = await receiptOf(model, usual);
    const options: object[] = [
      { seed: 6 },
      { batchSize: 17 },
      { epochs: 4 },
      { epochs: 2 },
      { clip: 1e-3 },
      { optimizer: { kind: "sgd", settings: {} } },
      { optimizer: { kind: "nonsense", settings: {} } },
      { schedule: { kind: "cosine", settings: {} } },
      { patience: 1 },
      { optimizer: { kind: "adam", settings: { learningRate: 1e-3, beta2: 0.9990001 } } },
      { unheardOf: 1 },
    ];
    for (const option of options) {
      const forged = copyOf(receipt);
      forged.options = { ...forged.options, ...option };
      expect(await holds(rehashed(forged), data), JSON.stringify(option)).toBe(false);
    }
    for (const change of [
      { precision: "f64" },
      { loss: { kind: "logistic" } },
      { network: {} },
      { every: 4 },
      { core: "" },
      { over: false },
      { seed: 2 },
      { receipt: 2 as never },
    ]) {
      expect(await holds(rehashed({ ...copyOf(receipt), ...change }), data), JSON.stringify(change)).toBe(false);
    }
    const order = Uint32Array.from({ length: 50 }, (_, k) => (k + 1) % 50);
    expect(await holds(receipt, selectExamples(data, order))).toBe(false);
    const features = Float64Array.from(data.features as Float64Array);
    new Uint8Array(features.buffer).set([1 ^ (new Uint8Array(features.buffer)[8 * 31] ?? 0)], 8 * 31);
    expect(await holds(receipt, { ...data, features })).toBe(false);
    const labels = Array.from(data.labels as ArrayLike<number>, (c, k) => (k === 40 ? 1 - c : c));
    expect(await holds(receipt, { ...data, labels })).toBe(false);
    const theta = model.get();
    theta[3] = (theta[3] ?? 0) + 1e-6;
    model.set(theta);
    const { holds: whole, segments } = await audit(receipt, data, { model, segments: [0] });
    expect(whole).toBe(false);
    expect(segments.map((s) => s.holds)).toEqual([true, false]);
  });

  it("with the seed, data or options that another run had", async () => {
    const receipt = await receiptOf(await make(), usual);
    const other = await receiptOf(await make("f32", 2), usual);
    const mixed = copyOf(receipt);
    mixed.links[1] = copyOf(other).links[1] as Link;
    expect((await audit(rehashed(mixed), data)).segments.map((s) => s.holds)).toEqual([false, false, true]);
  });
});

describe("errors", () => {
  it("are sentences", async () => {
    const model = await make();
    expect(errorOf(() => train(model, data, { receipt: { every: 0 } })).code).toBe("option");
    expect(errorOf(() => train(model, data, { receipt: { evry: 3 } as never })).message).toContain("every");
    const own = { kind: "mine", rate: () => 1 };
    expect(errorOf(() => train(model, data, { schedule: own, receipt: { every: 3 } })).message).toContain(
      "of your own",
    );
    for (const step of train(model, data))
      expect(errorOf(() => step.receipt()).message).toContain("receipt: { every: 100 }");
    await expect(audit({} as Receipt, data)).rejects.toMatchObject({ code: "file" });
    const receipt = await receiptOf(model, usual);
    for (const segments of [[9], 0, "some"]) {
      await expect(audit(receipt, data, { segments } as never)).rejects.toMatchObject({ code: "option" });
    }
    await expect(audit(receipt, data, { segment: 1 } as never)).rejects.toMatchObject({ code: "option" });
  });
});
