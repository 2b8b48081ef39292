/** Everything a caller can get wrong is said before the first step, and the model is as it was. */
import { describe, expect, it } from "vitest";
import {
  adam,
  cosine,
  createModel,
  type Data,
  leastSquares,
  linear,
  logistic,
  network as networkOf,
  type TrainOptions,
  train,
} from "../../src/index.ts";
import { errorOf, rejectionOf } from "../data/errors.ts";
import { bytesOf, data, freshModel } from "./subjects.ts";

const good = { features: [0, 1, 2, 3], labels: [0, 1] };
const any = (value: unknown) => value as never;

type Case = [what: string, code: string, sentence: string, data: unknown, options?: unknown];

const wrongData: Case[] = [
  ["no data", "option", "expected data as { features, labels }, got undefined.", undefined],
  ["no labels", "option", "expected data as { features, labels }, got an object.", { features: [1, 2] }],
  [
    "NaN",
    "value",
    "expected finite features, got NaN in example 1, number 0. Replace or drop missing values first.",
    { features: [0, 1, Number.NaN, 3], labels: [0, 1] },
  ],
  [
    "infinity in rows",
    "value",
    "expected finite features, got Infinity in example 0, number 1. Replace or drop missing values first.",
    { features: [[0, Number.POSITIVE_INFINITY]], labels: [0] },
  ],
  [
    "half an example",
    "length",
    "expected features of n · 2 numbers, got 3. Pass every example's 2 numbers one after another.",
    { features: [0, 1, 2], labels: [0] },
  ],
  [
    "a row too long",
    "shape",
    "expected 2 numbers in every example's features, got 3 in example 1.",
    {
      features: [
        [0, 1],
        [1, 2, 3],
      ],
      labels: [0, 1],
    },
  ],
  ["nothing", "length", "expected at least one example, got empty features.", { features: [], labels: [] }],
  ["a text", "shape", 'expected features as an array of numbers, got "01".', { features: "01", labels: [0] }],
  [
    "too few labels",
    "length",
    "expected 2 class indices or 2 rows of 2 numbers as labels, got 1 entries. Features and labels must have the same examples: the features are 2 of 2 numbers.",
    { features: [0, 1, 2, 3], labels: [1] },
  ],
  [
    "a label that is no class",
    "label",
    "expected labels from 0 to 1, got 2 in example 1. Count classes from 0, and end the network with linear(number of classes).",
    { features: [0, 1, 2, 3], labels: [1, 2] },
  ],
  [
    "a label that is no index",
    "label",
    "expected labels from 0 to 1, got 0.5 in example 0. Count classes from 0, and end the network with linear(number of classes).",
    { features: [0, 1, 2, 3], labels: [0.5, 1] },
  ],
  [
    "a scale that is no number",
    "option",
    "expected scale to be a finite number, got NaN.",
    { features: new Uint8Array(4), labels: [0, 1], scale: Number.NaN },
  ],
];

const wrongOptions: Case[] = [
  ["negative epochs", "option", "expected epochs to be a whole number of at least 0, got -1.", good, { epochs: -1 }],
  ["half an epoch", "option", "expected epochs to be a whole number of at least 0, got 0.5.", good, { epochs: 0.5 }],
  ["no batch", "option", "expected batchSize to be a whole number of at least 1, got 0.", good, { batchSize: 0 }],
  [
    "a seed in words",
    "option",
    'expected seed to be a whole number, got "one". Pass an integer such as 0.',
    good,
    { seed: "one" },
  ],
  [
    "an optimizer's factory",
    "option",
    "expected an optimizer such as adam(), got the function adam. Call the factory.",
    good,
    { optimizer: adam },
  ],
  [
    "an optimizer's name",
    "option",
    'expected an optimizer such as adam(), got "adam". Call the factory.',
    good,
    { optimizer: "adam" },
  ],
  [
    "a schedule's factory",
    "option",
    "expected a schedule such as cosine(), got the function cosine. Call the factory.",
    good,
    { schedule: cosine },
  ],
];

describe.each([...wrongData, ...wrongOptions])("%s", (_, code, sentence, wrong, options = {}) => {
  it("is said by train at the call and by fit, and the model trains on as if nothing had been", async () => {
    const [model, twin] = [await freshModel(), await freshModel()];
    const before = bytesOf(model);
    const memory = model.memory;
    const errors = [
      errorOf(() => train(model, any(wrong), options as TrainOptions)),
      await rejectionOf(model.fit(any(wrong), options as TrainOptions)),
    ];
    for (const error of errors) {
      expect(error.code).toBe(code);
      expect(error.message).toBe(`train: ${sentence}`);
    }
    expect(bytesOf(model)).toEqual(before);
    expect(model.memory).toEqual(memory);
    for (const m of [model, twin]) for (const __ of train(m, data, { epochs: 1 }));
    expect(bytesOf(model)).toEqual(bytesOf(twin));
  });
});

it.each(wrongData.filter(([what]) => what !== "no data"))(
  "%s in the validation data",
  async (_, code, sentence, wrong) => {
    const model = await freshModel();
    const error = errorOf(() => train(model, good, { validation: wrong as Data }));
    expect([error.code, error.message]).toEqual([code, `validation: ${sentence}`]);
  },
);

describe("labels of the other losses", () => {
  const one = (loss: () => never) => createModel(networkOf({ input: 2, layers: [linear(1)] }), { loss });

  it("logistic takes 0 and 1", async () => {
    const model = await one(any(logistic));
    const error = errorOf(() => train(model, { features: [0, 1, 2, 3], labels: [0, 2] }));
    expect([error.code, error.message]).toEqual([
      "label",
      "train: expected labels 0 or 1 for the logistic loss, got 2 in example 1.",
    ]);
  });

  it("least squares takes finite rows of targets, as many as examples", async () => {
    const model = await one(any(leastSquares));
    expect(errorOf(() => train(model, { features: [0, 1, 2, 3], labels: [0, 2, 4] })).message).toBe(
      "train: expected 2 rows of 1 number as labels, got 3 entries. Features and labels must have the same examples: the features are 2 of 2 numbers.",
    );
    expect(errorOf(() => train(model, { features: [0, 1, 2, 3], labels: [0, Number.NaN] })).message).toBe(
      "train: expected finite labels, got NaN in example 1, number 0. Replace or drop missing values first.",
    );
  });
});

describe("the model", () => {
  it("must be one", () => {
    const error = errorOf(() => train(any({}), good));
    expect([error.code, error.message]).toEqual(["value", "train: expected a model from createModel, got an object."]);
  });

  it("must be alive at the call and in every step", async () => {
    const sentence = "model: expected a live model, got one after dispose(). Create it again with createModel.";
    const model = await freshModel();
    const steps = train(model, good, { epochs: 9 });
    steps.next();
    model.dispose();
    for (const error of [
      errorOf(() => steps.next()),
      errorOf(() => train(model, good)),
      await rejectionOf(model.fit(good)),
    ]) {
      expect([error.code, error.message]).toEqual(["disposed", sentence]);
    }
  });
});

it("fit refuses a signal that is none", async () => {
  const error = await rejectionOf((await freshModel()).fit(good, { signal: any({}) }));
  expect([error.code, error.message]).toEqual([
    "option",
    "fit: expected signal to be an AbortSignal. Pass controller.signal.",
  ]);
});
