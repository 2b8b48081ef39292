import { describe, expect, it } from "vitest";
import { cosine, optimizers, train } from "../../src/index.ts";
import { errorOf } from "../data/errors.ts";
import * as reference from "../reference/optimizers.ts";
import { expectAgreement } from "../support/agreement.ts";
import { data, freshModel, members, optimizerOf, trainers } from "./subjects.ts";

const STEPS = 7;
const RATE = 0.05;

it("every optimizer with a formula is tried", () => {
  const updates = Object.keys(optimizers).filter((kind) => "record" in optimizers[kind as keyof typeof optimizers]());
  expect(new Set(Object.values(trainers).map(({ kind }) => kind))).toEqual(new Set(updates));
});

describe.each(members)("$name in $precision", ({ name, precision }) => {
  it("follows its formula step by step, at the schedule's rates", async () => {
    const { kind, options } = trainers[name] as { kind: "sgd"; options: object };
    const rule = reference.rulesBeside[kind];
    const update = rule
      ? reference.updateBeside(rule)
      : (reference[kind] as (options: object) => reference.Update)(options);
    const [model, twin] = [await freshModel(precision), await freshModel("f64")];
    let theta = Array.from(model.get());
    const batchSize = data.labels.length;
    let steps = 0;
    const optimizer = optimizerOf(name, RATE);
    for (const step of train(model, data, {
      optimizer,
      epochs: STEPS,
      batchSize,
      schedule: cosine({ minimum: 0.2 }),
    })) {
      twin.set(theta);
      const { value, gradient } = twin.gradient(data);
      const norm = Math.sqrt(Array.from(gradient).reduce((sum, g) => sum + g * g, 0));
      const rate = RATE * (0.2 + 0.4 * (1 + Math.cos((Math.PI * steps) / (STEPS - 1))));
      theta = update(theta, gradient, rate);
      const [close, closer] = precision === "f64" ? [1e-12, 1e-13] : [2e-5, 1e-6];
      expectAgreement(`θ after step ${step.iteration}`, model.get(), theta, close);
      expectAgreement("value", [step.value], [value], close);
      expectAgreement("gradientNorm", [step.gradientNorm], [norm], close * 10);
      expectAgreement("stepSize", [step.stepSize], [rate], Math.min(closer, 1e-14));
      expect(step.iteration).toBe(++steps);
    }
    expect(steps).toBe(STEPS);
  });

  it("has a learning rate of 0 change nothing", async () => {
    const model = await freshModel(precision);
    const before = model.get();
    for (const _ of train(model, data, { optimizer: optimizerOf(name, 0), epochs: 2 }));
    expect(model.get()).toEqual(before);
  });
});

describe("options out of range", () => {
  it.each([
    [
      () => optimizers.sgd({ learningRate: -1 }),
      "sgd: expected learningRate to be a finite number of at least 0, got -1.",
    ],
    [
      () => optimizers.sgd({ learningRate: Number.POSITIVE_INFINITY }),
      "sgd: expected learningRate to be a finite number of at least 0, got Infinity.",
    ],
    [
      () => optimizers.momentum({ momentum: 1 }),
      "momentum: expected momentum to be a finite number from 0 and below 1, got 1.",
    ],
    [() => optimizers.adam({ beta1: 1.5 }), "adam: expected beta1 to be a finite number from 0 and below 1, got 1.5."],
    [
      () => optimizers.adam({ beta2: Number.NaN }),
      "adam: expected beta2 to be a finite number from 0 and below 1, got NaN.",
    ],
    [() => optimizers.adam({ epsilon: 0 }), "adam: expected epsilon to be a finite number of at least 1e-30, got 0."],
    [
      () => optimizers.adamW({ weightDecay: -0.1 }),
      "adamW: expected weightDecay to be a finite number of at least 0, got -0.1.",
    ],
  ])("%s", (make, sentence) => {
    const error = errorOf(make);
    expect(error.code).toBe("option");
    expect(error.message).toBe(sentence);
  });

  it("a gradient of exactly zero moves nothing, with the smallest epsilon too", async () => {
    const model = await freshModel("f32");
    const flat = { features: new Float32Array(8), labels: [0, 1, 0, 1] };
    model.set(model.get().fill(0));
    for (const _ of train(model, flat, { optimizer: optimizers.adam({ epsilon: 1e-30 }), epochs: 3 }));
    expect(model.get().every((x) => x === 0)).toBe(true);
  });
});
