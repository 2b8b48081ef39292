import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { BlobHeader, BlobPlan, BlobTensor } from "../../assembly/opcodes.ts";
import { sealBlob } from "../../src/core/plan/blob.ts";
import {
  adam,
  adamW,
  batchNorm,
  conv2d,
  conv2dKernel,
  createModel,
  dense,
  dopri5,
  dropout,
  euler,
  flatten,
  hamiltonian,
  implicitMidpoint,
  type Layer,
  layerField,
  lbfgs,
  leastSquares,
  linear,
  logistic,
  type Model,
  maxPool2d,
  momentum,
  network,
  ode,
  rk4,
  sgd,
  softmaxCrossEntropy,
  standardize,
  tikhonov,
  timeSmoothness,
  train,
  verlet,
} from "../../src/index.ts";
import { ROOT } from "../support/scratch.ts";

interface TensorView {
  values: Float32Array | Float64Array;
  count: number;
  rows: number;
  columns: number;
  stride: number;
}
interface Host {
  names: Iterable<string>;
  tensor(name: string): TensorView;
  run(name: string): void;
}

const script = new URL("../../examples/embedding/host.mjs", import.meta.url).href;
const { openPlan } = (await import(script)) as { openPlan(wasm: WebAssembly.Module, blob: Uint8Array): Host };
const wasm = new WebAssembly.Module(readFileSync(join(ROOT, "build", "core.wasm")));

/** Writes whole rows: what pads them is zero. */
function fill({ values, columns, stride }: TensorView, rows: ArrayLike<number>): void {
  values.fill(0);
  for (let i = 0; i < rows.length; i++) values[Math.floor(i / columns) * stride + (i % columns)] = rows[i] as number;
}

function read({ values, count, rows, columns, stride }: TensorView): number[] {
  return Array.from(
    { length: count * rows * columns },
    (_, i) => values[Math.floor(i / columns) * stride + (i % columns)] as number,
  );
}

const N = 20;
const STEPS = 10;
const WIDTH = 3;
const numbers = (n: number) => Array.from({ length: n }, (_, i) => Math.fround(((i * 37) % 101) / 50 - 1));
const features = numbers(N * WIDTH);
const classes = Array.from({ length: N }, (_, i) => i % 3);
const oneHot = classes.flatMap((c) => [0, 1, 2].map((k) => (k === c ? 1 : 0)));

const layers: Record<string, Layer[]> = {
  "steps of euler": [dense(5), ode(layerField(), euler, { steps: 6, finalTime: 2 }), linear(3)],
  "standardised, hamiltonian by verlet": [
    standardize({ mean: [0.1, 0.2, 0.3], deviation: [1, 2, 3] }),
    ode(hamiltonian(), verlet, { steps: 5 }),
    linear(3),
  ],
  "implicit midpoint": [ode(layerField(), implicitMidpoint, { steps: 3, weights: "constant" }), linear(3)],
};

describe.each(["f32", "f64"] as const)("in %s, a host without the library computes the model's bits", (precision) => {
  it.each(Object.entries(layers))("predictions: %s", async (_, given) => {
    const model = await createModel(network({ input: WIDTH, layers: given as never }), { precision, seed: 3 });
    const host = openPlan(wasm, model.toPlan({ batch: N }));
    fill(host.tensor("predict/features"), features);
    host.run("predict");
    const { scores, probabilities } = model.predict(features);
    expect(read(host.tensor("predict/scores"))).toEqual([...scores]);
    expect(read(host.tensor("predict/probabilities"))).toEqual([...(probabilities ?? [])]);
  });

  const losses = [
    { loss: softmaxCrossEntropy(), outputs: 3, labels: classes, targets: oneHot },
    { loss: leastSquares({ reduction: "sum" }), outputs: 3, labels: oneHot, targets: oneHot },
    { loss: logistic(), outputs: 1, labels: classes.map((c) => c % 2), targets: classes.map((c) => c % 2) },
  ];
  const description = (outputs: number) => [dense(5), ode(layerField(), euler, { steps: 4 }), linear(outputs)];
  const regularizers = [tikhonov(1e-3), timeSmoothness(1e-2)];

  /** Ten steps of the library and of the host, on the same batch: values and θ. */
  async function compare(
    model: Model,
    optimizer: ReturnType<typeof sgd>,
    labels: number[],
    targets: number[],
    next: (host: Host) => void,
  ) {
    const host = openPlan(wasm, model.toPlan({ batch: N, training: true, optimizer }));
    const stream = (async function* () {
      for (let k = 0; k < STEPS; k++) yield { features, labels };
    })();
    const values: number[] = [];
    for await (const step of train(model, stream, { optimizer, batchSize: N, epochs: 1 })) values.push(step.value);
    const names = [...host.names];
    const terms = names.filter((name) => name.startsWith("step/regularizer "));
    const penalties = terms.map((name) => host.tensor(name).values);
    const hosted = values.map((_, k) => {
      // A run may use an input's memory for something else once it is read.
      fill(host.tensor("step/features"), features);
      fill(host.tensor("step/targets"), targets);
      if (names.includes("step/numbers")) {
        fill(host.tensor("step/numbers"), features.map((_, i) => i).slice(0, N));
        host.tensor("counters").values[2] = k;
      }
      host.run("step");
      next(host);
      return penalties.reduce((sum, r) => sum + (r[0] as number), 0) + (read(host.tensor("step/loss"))[0] as number);
    });
    expect(hosted).toEqual(values);
    for (const { name } of [...model.parameters, ...model.statistics])
      expect(sorted(read(host.tensor(name)))).toEqual(sorted(model.get(name)));
  }

  it.each(losses)("ten steps of training: $loss.kind", async ({ loss, outputs, labels, targets }) => {
    for (const optimizer of [
      sgd({ learningRate: 0.1, weightDecay: 0.01 }),
      momentum({ learningRate: 0.1, nesterov: true }),
    ]) {
      const net = network({ input: WIDTH, layers: description(outputs) });
      const model = await createModel(net, { precision, loss, seed: 5 });
      await compare(model, optimizer, labels, targets, () => {});
    }
  });

  it.each([
    ["adam", adam({ learningRate: 0.02 })],
    ["adamW", adamW({ learningRate: 0.02, beta1: 0.8 })],
  ] as const)("ten steps of %s with regularizers: the host keeps its powers of β", async (kind, optimizer) => {
    const model = await createModel(network({ input: WIDTH, layers: description(3) }), {
      precision,
      regularizers,
      seed: 6,
    });
    let powers: number[] | undefined;
    await compare(model, optimizer, classes, oneHot, (host) => {
      const scalars = host.tensor(kind).values;
      const [beta1 = 0, beta2 = 0, c1 = 0, c2 = 0] = [2, 3, 5, 6].map((k) => scalars[k] as number);
      powers ??= [1 - c1, 1 - c2];
      powers = [(powers[0] as number) * beta1, (powers[1] as number) * beta2];
      scalars[5] = 1 - (powers[0] as number);
      scalars[6] = 1 - (powers[1] as number);
    });
  });

  it("ten steps with batch normalisation and dropout", async () => {
    const layers = [dense(5), batchNorm(), dropout(0.3), linear(3)];
    const model = await createModel(network({ input: WIDTH, layers }), { precision, seed: 5 });
    await compare(model, sgd({ learningRate: 0.1 }), classes, oneHot, () => {});
  });

  it("ten steps with batch normalisation inside time steps", async () => {
    const steps = ode(layerField({ kernel: conv2dKernel(3), norm: "batch" }), rk4, { steps: 3 });
    const net = network({ input: [1, 1, WIDTH], layers: [steps, flatten(), linear(3)] });
    const model = await createModel(net, { precision, seed: 5 });
    await compare(model, sgd({ learningRate: 0.1 }), classes, oneHot, () => {});
  });

  it("an image network", async () => {
    const layers = [conv2d(3, { activation: "relu" }), maxPool2d(), flatten(), linear(3)];
    const model = await createModel(network({ input: [2, 6, 6], layers }), { precision, seed: 2 });
    const images = numbers(4 * 72);
    const host = openPlan(wasm, model.toPlan({ batch: 4, training: true, optimizer: sgd() }));
    fill(host.tensor("predict/features"), images);
    host.run("predict");
    expect(read(host.tensor("predict/scores"))).toEqual([...model.scores(images)]);
  });
});

const sharedOf = (blob: Uint8Array): number => new DataView(blob.buffer).getUint32(BlobHeader.Shared, true);

/** A matrix stands in x out in the core: the same numbers in another order. */
const sorted = (values: Iterable<number>) => [...values].sort((a, b) => a - b);

describe("the blob", () => {
  const make = (options: object = {}) =>
    createModel(network({ input: WIDTH, layers: [dense(4), linear(3)] }), options as { seed: number });

  it("is the same wherever it lies, and for the same model the same bytes", async () => {
    const model = await make({ seed: 1 });
    const blob = model.toPlan({ batch: 5, training: true });
    model.gradient({ features, labels: classes }); // other plans and memory between
    expect(Buffer.compare(model.toPlan({ batch: 5, training: true }), blob)).toBe(0);
    const other = await make({ seed: 1 });
    expect(Buffer.compare(other.toPlan({ batch: 5, training: true }), blob)).toBe(0);
  });

  it("leaves the model as it was", async () => {
    const model = await make({ seed: 1 });
    model.toPlan({ batch: 5, training: true }); // the gradient's memory stays, once taken
    const before = [model.get(), model.memory];
    model.toPlan({ batch: 5, training: true });
    const { features: held, ...rest } = model.memory;
    expect(model.get()).toEqual(before[0]);
    expect({ ...rest, features: held }).toEqual(before[1]);
  });

  it("has a checksum: FNV-1a of all that follows it", async () => {
    const blob = (await make()).toPlan({ batch: 2 });
    let hash = 0x811c9dc5;
    for (const byte of blob.subarray(16)) hash = Math.imul(hash ^ byte, 0x01000193);
    expect(new DataView(blob.buffer).getUint32(12, true)).toBe(hash >>> 0);
  });

  /** A word of the header, or of the entry of a table that the header names. */
  const at = (blob: Uint8Array, header: number, table?: number): number =>
    table === undefined ? header : new DataView(blob.buffer).getUint32(table, true) + header;

  it.each<[string, string, (blob: Uint8Array, put: (at: number, value: number) => void) => Uint8Array | undefined]>([
    ["with another beginning", "no blob", (_, put) => void put(BlobHeader.Magic, 1)],
    ["of another version", "another version", (_, put) => void put(BlobHeader.Version, 9)],
    ["cut short", "cut short", (blob) => blob.slice(0, -16)],
    ["of a few bytes", "cut short", (blob) => blob.slice(0, 60)],
    ["with a wrong size", "cut short", (blob, put) => void put(BlobHeader.Bytes, blob.length + 16)],
    ["whose shared block is longer", "a bad section", (blob, put) => void put(BlobHeader.SharedBytes, blob.length)],
    ["whose shared block begins at the tables", "a bad section", (_, put) => void put(BlobHeader.Shared, 64)],
    [
      "whose tables lie in the shared block",
      "a bad section",
      (blob, put) => void put(BlobHeader.Plans, sharedOf(blob)),
    ],
    ["with more plans than room", "a bad section", (_, put) => void put(BlobHeader.PlanCount, 0x10000001)],
    ["with more tensors than room", "a bad section", (_, put) => void put(BlobHeader.TensorCount, 0xffffffff)],
    ["with a last name without end", "a bad section", (_, put) => void put(BlobHeader.NameBytes, 5)],
    [
      "whose records lie in the shared block",
      "a bad plan",
      (blob, put) => void put(at(blob, BlobPlan.Records, BlobHeader.Plans), sharedOf(blob)),
    ],
    [
      "with more records than room",
      "a bad plan",
      (blob, put) => void put(at(blob, BlobPlan.Count, BlobHeader.Plans), 0x2000000),
    ],
    ["with a plan without name", "a bad plan", (blob, put) => void put(at(blob, BlobPlan.Name, BlobHeader.Plans), 0)],
    ...[0, 1, 2].map(
      (operand): [string, string, (blob: Uint8Array, put: (at: number, value: number) => void) => undefined] => [
        `whose operand ${operand} points elsewhere`,
        "a bad plan",
        (blob, put) => {
          const records = new DataView(blob.buffer).getUint32(at(blob, BlobPlan.Records, BlobHeader.Plans), true);
          put(records + 80 + 12 * operand, 0x7ffffff0);
          return undefined;
        },
      ],
    ),
    ["whose private block is smaller", "a bad plan", (_, put) => void put(BlobHeader.PrivateBytes, 16)],
    [
      "with a tensor of another type",
      "a bad tensor",
      (blob, put) => void put(at(blob, BlobTensor.Type, BlobHeader.Tensors), 2),
    ],
    [
      "with a tensor elsewhere",
      "a bad tensor",
      (blob, put) => void put(at(blob, BlobTensor.Offset, BlobHeader.Tensors), 0xfffffff0),
    ],
    [
      "with a tensor between numbers",
      "a bad tensor",
      (blob, put) => void put(at(blob, BlobTensor.Offset, BlobHeader.Tensors), 2),
    ],
    [
      "with a tensor of too many",
      "a bad tensor",
      (blob, put) => void put(at(blob, BlobTensor.Count, BlobHeader.Tensors), 0x40000001),
    ],
    [
      "with a tensor of too many rows",
      "a bad tensor",
      (blob, put) => void put(at(blob, BlobTensor.Rows, BlobHeader.Tensors), 0x80000001),
    ],
    [
      "with rows wider than their stride",
      "a bad tensor",
      (blob, put) => void put(at(blob, BlobTensor.Columns, BlobHeader.Tensors), 99),
    ],
    [
      "with a tensor in no block",
      "a bad tensor",
      (blob, put) => void put(at(blob, BlobTensor.Place, BlobHeader.Tensors), 2),
    ],
    [
      "with a tensor without name",
      "a bad tensor",
      (blob, put) => void put(at(blob, BlobTensor.Name, BlobHeader.Tensors), blob.length),
    ],
  ])("%s is refused by blob_check, sealed or not", async (_, fault, change) => {
    const blob = (await make()).toPlan({ batch: 2, training: true });
    expect([...openPlan(wasm, blob).names]).toContain("step/loss");
    const changed = blob.slice();
    const view = new DataView(changed.buffer);
    const given = change(changed, (offset, value) => view.setUint32(offset, value, true)) ?? changed;
    expect(() => openPlan(wasm, given)).toThrow(/^not a plan for this core: /);
    sealBlob(given);
    expect(() => openPlan(wasm, given)).toThrow(`not a plan for this core: ${fault}`);
  });

  it("with one byte changed is damaged", async () => {
    const blob = (await make()).toPlan({ batch: 2 });
    for (const at of [17, 100, blob.length >> 1, blob.length - 1]) {
      const changed = blob.slice();
      changed[at] = (changed[at] as number) ^ 64;
      expect(() => openPlan(wasm, changed)).toThrow("not a plan for this core: damaged");
    }
  });

  it.each([
    ["no batch", {}, /^toPlan: expected batch/],
    ["half an example", { batch: 0.5 }, /^toPlan: expected batch/],
    ["a batch of chunks", { batch: 2049 }, /^toPlan: expected a batch of at most 2048 examples, got 2049/],
    ["a method", { batch: 2, training: true, optimizer: lbfgs() }, /^toPlan: expected an optimizer .* got lbfgs/],
    ["no optimizer", { batch: 2, training: true, optimizer: null }, /^toPlan: expected an optimizer .* got null/],
  ])("%s is refused", async (_, options, message) => {
    const model = await make();
    expect(() => model.toPlan(options as never)).toThrow(message);
    expect(model.toPlan({ batch: 2 }).length).toBeGreaterThan(1000);
  });

  it("of steps that depend on the batch cannot be", async () => {
    const layers = [ode(layerField(), dopri5(), { weights: "constant" }), linear(3)];
    const model = await createModel(network({ input: WIDTH, layers }));
    expect(() => model.toPlan({ batch: 2 })).toThrow(
      /^toPlan: expected layers with fixed steps, got dopri5 in layer 0/,
    );
  });

  it("of a disposed model cannot be", async () => {
    const model = await make();
    model.dispose();
    expect(() => model.toPlan({ batch: 2 })).toThrow(/dispose/);
  });
});
