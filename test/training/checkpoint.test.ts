import { describe, expect, it } from "vitest";
import { circles } from "../../src/data/index.ts";
import { readSafetensors, writeSafetensors } from "../../src/formats/safetensors.ts";
import {
  adam,
  constant,
  cosine,
  createModel,
  exponential,
  leastSquares,
  linear,
  type Model,
  modelFromBytes,
  momentum,
  network,
  type Optimizer,
  optimizers,
  resNet,
  sgd,
  step as stepSchedule,
  type TrainOptions,
  train,
} from "../../src/index.ts";
import { errorOf } from "../data/errors.ts";

const data = circles({ examples: 50, noise: 0.1, seed: 2 });
const validation = circles({ examples: 20, seed: 3 });
const described = resNet({ input: 2, outputs: 2, width: 3, steps: 2 });
const make = (seed = 1, precision: "f32" | "f64" = "f32") => createModel(described, { seed, precision });

/** Runs to the end; returns the parameters. */
function finish(model: Model, options: TrainOptions): Uint8Array {
  for (const _ of train(model, data, options));
  return model.toBytes();
}

/** Runs `iteration` steps, and gives the checkpoint there; 0 is before the first. */
function stopAt(model: Model, options: TrainOptions, iteration: number): Uint8Array {
  for (const step of train(model, data, options)) if (step.iteration === iteration) return step.checkpoint();
  throw new Error(`no step ${iteration}`);
}

const factories = Object.entries(optimizers).map(([name, make]): [string, Optimizer] => [name, make()]);
const more: [string, Optimizer][] = [
  ...factories,
  ["Nesterov", momentum({ nesterov: true, weightDecay: 0.01 })],
  ["adam with decay", adam({ learningRate: 0.01, weightDecay: 0.1 })],
];

describe("stopped, saved and resumed, a run gives the same bytes as uninterrupted", () => {
  it.each(more)("%s, at any iteration, mid-epoch too", async (_, optimizer) => {
    // 50 examples in batches of 16: three full steps and one of 2, three epochs.
    const common = { optimizer, epochs: 3, seed: 5, validation };
    const update = { ...common, batchSize: 16, schedule: cosine(), clip: 0.5 };
    // A method searches for its step: no schedule, no clip, and all examples where it compares gradients.
    const options = "record" in optimizer ? update : optimizer.miniBatch ? { ...common, batchSize: 16 } : common;
    const whole = finish(await make(), options);
    for (let iteration = 1; iteration <= ("batchSize" in options ? 12 : 3); iteration++) {
      const bytes = stopAt(await make(), options, iteration);
      const resumed = await make(99);
      expect(Buffer.compare(finish(resumed, { ...options, resume: bytes }), whole), `step ${iteration}`).toBe(0);
    }
  });

  it.each(["f32", "f64"] as const)("in %s, stopped again and again", async (precision) => {
    const options = { optimizer: adam(), epochs: 2, batchSize: 7, validation, patience: 3 };
    const whole = finish(await make(1, precision), options);
    let bytes: Uint8Array | undefined;
    for (let iteration = 1; iteration <= 16; iteration++) {
      const model = await make(iteration, precision);
      bytes = stopAt(model, { ...options, ...(bytes ? { resume: bytes } : {}) }, iteration);
    }
    const last = await make(77, precision);
    expect(finish(last, { ...options, resume: bytes as Uint8Array })).toEqual(whole);
  });

  it("the steps after it say the same as those of the uninterrupted run", async () => {
    const options = { optimizer: adam(), epochs: 2, batchSize: 16, validation };
    const facts = ({ epoch, iteration, value, gradientNorm, stepSize, epochEnd }: Record<string, unknown>) => ({
      epoch,
      iteration,
      value,
      gradientNorm,
      stepSize,
      epochEnd,
    });
    const collect = (model: Model, more: TrainOptions = {}) =>
      [...train(model, data, { ...options, ...more })].map((step) => facts({ ...step }));
    const whole = collect(await make());
    for (const at of [1, 3, 4, 5]) {
      const bytes = stopAt(await make(), options, at);
      expect(collect(await make(9), { resume: bytes })).toEqual(whole.slice(at));
    }
  });

  it("with batches of several chunks", async () => {
    const large = circles({ examples: 5000, noise: 0.1 });
    const options = { optimizer: adam(), epochs: 3, batchSize: 4000, clip: 0.1 };
    const model = await make();
    const other = await make(2);
    let bytes: Uint8Array | undefined;
    for (const step of train(model, large, options)) if (step.iteration === 3) bytes = step.checkpoint();
    for (const _ of train(other, large, { ...options, resume: bytes as Uint8Array }));
    expect(other.get()).toEqual(model.get());
  });

  it("with early stopping: the best θ is in the checkpoint", async () => {
    const options = { optimizer: sgd({ learningRate: 3 }), epochs: 40, batchSize: 16, validation, patience: 4 };
    const model = await make();
    const whole = await model.fit(data, options);
    expect(whole.status).toBe("converged");
    const steps = 4 * whole.history.length;
    for (const at of [2, 9, steps - 5, steps - 1, steps]) {
      const other = await make(50);
      const result = await other.fit(data, { ...options, resume: stopAt(await make(), options, at) });
      expect(result).toEqual(whole);
      expect(other.toBytes()).toEqual(model.toBytes());
    }
  });

  it("fit stopped by its signal gives the checkpoint, and its history is whole", async () => {
    const options = { epochs: 4, batchSize: 16, validation };
    const model = await make();
    const whole = await model.fit(data, options);
    const controller = new AbortController();
    const other = await make();
    const stopped = await other.fit(data, {
      ...options,
      signal: controller.signal,
      onStep: ({ iteration }) => iteration === 10 && controller.abort(),
    });
    expect(stopped.status).toBe("stopped");
    const again = await make(8);
    const rest = await again.fit(data, { ...options, resume: stopped.checkpoint as Uint8Array });
    expect(rest).toEqual(whole);
    expect(again.toBytes()).toEqual(model.toBytes());
  });

  it("a signal before the first step gives a checkpoint of the start", async () => {
    const model = await make();
    const { checkpoint, status } = await model.fit(data, { epochs: 2, signal: AbortSignal.abort() });
    expect(status).toBe("stopped");
    expect(finish(await make(5), { epochs: 2, resume: checkpoint as Uint8Array })).toEqual(
      finish(await make(), { epochs: 2 }),
    );
  });

  it("more epochs than planned continue a run with a constant rate", async () => {
    const bytes = stopAt(await make(), { epochs: 1, batchSize: 16 }, 4);
    const resumed = finish(await make(9), { epochs: 3, batchSize: 16, resume: bytes });
    expect(resumed).toEqual(finish(await make(), { epochs: 3, batchSize: 16 }));
  });
});

describe("a checkpoint", () => {
  it("is a saved model too", async () => {
    const model = await make();
    for (const step of train(model, data, { optimizer: adam(), batchSize: 16, patience: 1 })) {
      const loaded = await modelFromBytes(step.checkpoint());
      expect(loaded.get()).toEqual(model.get());
      expect(loaded.toBytes()).toEqual(model.toBytes());
    }
  });

  it("is taken where training stands, and nowhere else", async () => {
    const model = await make();
    const steps = train(model, data, { batchSize: 16 });
    const first = steps.next().value;
    const second = steps.next().value;
    expect(errorOf(() => first?.checkpoint()).message).toContain("got step 1 after step 2");
    expect(second?.checkpoint().length).toBeGreaterThan(0);
    for (const _ of steps);
    expect(errorOf(() => second?.checkpoint()).message).toContain("a run that is over");
  });

  it("of a step that diverged does not exist", async () => {
    const model = await make();
    for (const step of train(model, data, { optimizer: sgd({ learningRate: 1e39 }), epochs: 20 })) {
      if (step.diverged) return expect(errorOf(() => step.checkpoint()).message).toContain("diverged");
    }
    throw new Error("it did not diverge");
  });

  it("costs nothing until it is asked for: memory of the model stays", async () => {
    const model = await make();
    const seen = new Set<number>();
    for (const step of train(model, data, { epochs: 3, batchSize: 10 })) {
      seen.add(model.memory.total);
      if (step.iteration % 5 === 0) step.checkpoint();
    }
    expect(seen.size).toBe(1);
    expect(model.memory.optimizer).toBe(0);
  });

  it("and a run that is never started holds no memory", async () => {
    const model = await make();
    const before = model.memory.total;
    train(model, data, { optimizer: adam(), patience: 2 });
    expect(model.memory.total).toBe(before);
  });
});

describe("what does not belong to the run is refused before the first step, and the model still works", () => {
  const options = { optimizer: adam(), epochs: 3, batchSize: 16, seed: 5, validation, clip: 1, patience: 2 };
  const other: [string, TrainOptions, RegExp][] = [
    ["another optimizer", { optimizer: momentum() }, /expected optimizer to be adam .+, got momentum/],
    ["other numbers of the optimizer", { optimizer: adam({ beta1: 0.8 }) }, /optimizer/],
    ["another learning rate", { optimizer: adam({ learningRate: 0.1 }) }, /optimizer/],
    ["another batch size", { batchSize: 15 }, /expected batchSize to be 16 .+, got 15/],
    ["another seed", { seed: 6 }, /expected seed to be 5/],
    ["another schedule", { schedule: cosine() }, /schedule/],
    ["another clip", { clip: 2 }, /clip/],
    ["another patience", { patience: 3 }, /patience/],
    ["another minimum change", { minimumChange: 0.1 }, /minimumChange/],
    ["fewer epochs than are done", { epochs: 1 }, /expected epochs to be at least 2/],
    ["other validation data", { validation: data }, /validation/],
  ];
  it.each(other)("%s", async (_, change, sentence) => {
    const resume = stopAt(await make(), options, 9);
    const model = await make(4);
    const before = model.toBytes();
    const error = errorOf(() => train(model, data, { ...options, ...change, resume }));
    expect(error.code).toBe("option");
    expect(error.message).toMatch(/^resume: expected .+, got .+\. Pass .+\.$/);
    expect(error.message).toMatch(sentence);
    expect(model.toBytes()).toEqual(before);
    expect(finish(model, { ...options, resume }).length).toBe(before.length);
  });

  it("epochs with a schedule that looks at them", async () => {
    const cosined = { epochs: 2, schedule: cosine() };
    const model = await make();
    const resume = stopAt(await make(), cosined, 1);
    expect(errorOf(() => train(model, data, { ...cosined, epochs: 3, resume })).message).toContain("epochs to be 2");
  });

  it("other data, networks, losses, precisions", async () => {
    const resume = stopAt(await make(), { batchSize: 16 }, 1);
    const refusal = (model: Model, examples = data) =>
      errorOf(() => train(model, examples, { batchSize: 16, resume })).message;
    expect(refusal(await make(), circles({ examples: 60 }))).toContain("expected examples to be 50");
    expect(refusal(await make(1, "f64"))).toContain("expected precision to be f32");
    expect(refusal(await createModel(network({ input: 2, layers: [linear(2)] })))).toContain("dense → ode → linear");
    const wider = resNet({ input: 2, outputs: 2, width: 3, steps: 3 });
    expect(refusal(await createModel(wider))).toContain("layers of the same kinds");
    const labels = Array.from(data.labels).flatMap((c) => [c, 1 - c]);
    const squares = await createModel(described, { loss: leastSquares() });
    expect(errorOf(() => train(squares, { ...data, labels }, { batchSize: 16, resume })).message).toContain("the loss");
  });

  it("a saved model without a run, cut-short bytes, damaged positions", async () => {
    const model = await make();
    const refusal = (resume: Uint8Array) => errorOf(() => train(model, data, { batchSize: 16, resume }));
    expect(refusal(model.toBytes()).message).toContain("a saved model without a training run");
    const whole = stopAt(await make(), { batchSize: 16 }, 2);
    for (const length of [0, 7, 100, whole.length - 1]) expect(refusal(whole.subarray(0, length)).code).toBe("file");
    const { metadata, tensors } = readSafetensors(whole);
    const state = JSON.parse(metadata.get("training") as string);
    // Without its checksum, which would be the first to tell.
    const described = [...metadata].filter(([key]) => key !== "checksum");
    const damaged = (change: object, values = tensors) =>
      refusal(
        writeSafetensors({
          metadata: new Map([...described, ["training", JSON.stringify({ ...state, ...change })]]),
          tensors: values,
        }),
      );
    const flipped = whole.slice();
    flipped[whole.length - 9] = (whole[whole.length - 9] ?? 0) ^ 1;
    expect(refusal(flipped).message).toContain("checksum");
    for (const [key, value] of Object.entries({ batch: 1e9, iteration: 3, epoch: -1, sum: "1", seen: null, best: 7 })) {
      expect(damaged({ position: { ...state.position, [key]: value } }).code, key).toBe("file");
    }
    expect(damaged({ history: [{ epoch: 0 }] }).code).toBe("file");
    expect(damaged({ history: null }).code).toBe("file");
    expect(damaged({ position: [] }).code).toBe("file");
    expect(damaged({ options: null }).code).toBe("file");
    const lacking = new Map([...tensors].filter(([name]) => !name.startsWith("training/state 1")));
    expect(damaged({}, lacking).message).toContain('"training/state 1/0.K"');
    const short = new Map([...tensors, ["training/memory", { shape: [1], values: Float64Array.of(1) }] as const]);
    expect(damaged({}, short).code).toBe("file");
    expect(errorOf(() => train(model, data, { resume: "x" as unknown as Uint8Array })).code).toBe("file");
  });
});

describe("schedules", () => {
  it("step multiplies at its milestones", () => {
    const { rate } = stepSchedule({ factor: 0.5, at: [0.25, 0.75] });
    expect([0, 0.2, 0.25, 0.7, 0.75, 1].map(rate)).toEqual([1, 1, 0.5, 0.5, 0.25, 0.25]);
    expect(stepSchedule().rate(0.6)).toBe(0.1);
  });

  it("exponential falls by equal factors to its final share", () => {
    const { rate } = exponential({ final: 0.01 });
    expect(rate(0)).toBe(1);
    expect(rate(1)).toBe(0.01);
    expect(rate(0.5)).toBeCloseTo(0.1, 15);
  });

  it("reach the optimizer", async () => {
    const model = await make();
    const options = { optimizer: sgd({ learningRate: 2 }), epochs: 2, batchSize: 25, schedule: stepSchedule() };
    const rates = [...train(model, data, options)].map(({ stepSize }) => stepSize);
    expect(rates).toEqual([2, 2, 2 * 0.1, 2 * (0.1 * 0.1)]);
    expect(constant().rate(0.3)).toBe(1);
  });

  it.each([
    ["a factor of 0", () => stepSchedule({ factor: 0 })],
    ["a milestone above 1", () => stepSchedule({ at: [2] })],
    ["milestones that fall", () => stepSchedule({ at: [0.5, 0.4] })],
    ["no final share", () => exponential({ final: 0 })],
    ["a final share that is no number", () => exponential({ final: Number.NaN })],
  ])("refuse %s", (_, action) => {
    expect(errorOf(action).code).toBe("option");
  });
});

describe("clip", () => {
  it.each(["f32", "f64"] as const)("scales a longer gradient to its norm, in %s", async (precision) => {
    const options = { optimizer: sgd({ learningRate: 1 }), batchSize: 50 };
    const model = await make(1, precision);
    const before = model.get();
    const { gradient } = model.gradient(data);
    const norm = Math.hypot(...gradient);
    const [step] = train(model, data, { ...options, clip: norm / 3 });
    expect(step?.gradientNorm).toBeCloseTo(norm, 5);
    const moved = Array.from(model.get(), (x, i) => (before[i] as number) - x);
    expect(Math.hypot(...moved)).toBeCloseTo(norm / 3, 5);
    moved.forEach((d, i) => {
      expect(d).toBeCloseTo((gradient[i] as number) / 3, 5);
    });
  });

  it("leaves a shorter one as it is, to the last bit", async () => {
    const plain = finish(await make(), { optimizer: sgd(), epochs: 2 });
    expect(finish(await make(), { optimizer: sgd(), epochs: 2, clip: 1e6 })).toEqual(plain);
  });

  it.each([0, -1, Number.NaN, "1"])("refuses %s", async (clip) => {
    const model = await make();
    expect(errorOf(() => train(model, data, { clip: clip as number })).message).toContain("clip");
  });
});

describe("early stopping", () => {
  const options = { optimizer: sgd({ learningRate: 3 }), epochs: 40, batchSize: 16, validation };

  it("ends after `patience` epochs without a smaller loss, with the best epoch's θ", async () => {
    const thetas: unknown[] = [];
    const model = await make();
    const { history, best, status, reason } = await model.fit(data, {
      ...options,
      patience: 4,
      onEpoch: () => thetas.push(model.get()),
    });
    const losses = history.map(({ validation }) => validation?.loss as number);
    const least = losses.indexOf(Math.min(...losses));
    expect(status).toBe("converged");
    expect(reason).toBe(`no smaller loss in 4 epochs, after ${history.length} of 40; θ is that of epoch ${least + 1}`);
    expect(history.length).toBe(least + 5);
    expect(best).toEqual(history[least]);
    expect(model.get()).toEqual(thetas[least]);
    expect(model.evaluate(validation).loss).toBe(losses[least]);
  });

  it("restores the best θ also where all epochs were needed", async () => {
    const model = await make();
    const { history, best, status } = await model.fit(data, { ...options, epochs: 6, patience: 40 });
    expect(status).toBe("finished");
    expect(model.evaluate(validation).loss).toBe(
      Math.min(...history.map(({ validation }) => validation?.loss as number)),
    );
    expect(best?.validation?.loss).toBe(model.evaluate(validation).loss);
  });

  it("counts only changes of at least minimumChange", async () => {
    const model = await make();
    const { history } = await model.fit(data, { ...options, patience: 2, minimumChange: 10 });
    expect(history.length).toBe(3);
  });

  it("looks at the training loss where there are no validation data", async () => {
    const model = await make();
    const { history, best } = await model.fit(data, { optimizer: sgd({ learningRate: 3 }), epochs: 30, patience: 3 });
    expect(best?.loss).toBe(Math.min(...history.map(({ loss }) => loss)));
  });

  it.each([
    [{ patience: 0 }, "patience"],
    [{ patience: 1.5 }, "patience"],
    [{ minimumChange: 1 }, "patience with minimumChange"],
    [{ patience: 1, minimumChange: -1 }, "minimumChange"],
  ])("refuses %o", async (wrong, what) => {
    const model = await make();
    expect(errorOf(() => train(model, data, wrong)).message).toContain(what);
  });
});
