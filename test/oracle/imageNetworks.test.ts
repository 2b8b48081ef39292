/** Whole networks for images with formula parameters against cnn_*.json: scores, loss, and every gradient's norm and probe. */
import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import {
  activation,
  add,
  averagePool2d,
  conv2d,
  createModel,
  dense,
  flatten,
  globalAveragePool2d,
  instanceNorm,
  leNet,
  linear,
  type Model,
  maxPool2d,
  type Network,
  network,
} from "../../src/index.ts";
import { inner } from "../support/adjoint.ts";
import { deviation, expectAgreement, norm } from "../support/agreement.ts";
import { flat } from "../support/convFixtures.ts";
import { symmetric } from "../support/draws.ts";

interface Formula {
  readonly shape: readonly number[];
  readonly seed: number;
  readonly scale: number;
  readonly offset: number;
}

interface Expected {
  readonly norm: number;
  readonly probe: number;
  readonly first8: readonly number[];
  readonly full?: readonly number[];
}

interface Fixture {
  readonly params: Readonly<Record<string, Formula>>;
  readonly nparams: number;
  readonly x_shape: readonly number[];
  readonly target: number[];
  readonly logits: readonly number[][];
  readonly loss: number;
  readonly grads: Readonly<Record<string, Expected>>;
  readonly dirderiv: number;
}

const fixture = (name: string): Fixture =>
  JSON.parse(readFileSync(new URL(`../fixtures/cnn_${name}.json`, import.meta.url), "utf8"));

const product = (shape: readonly number[]) => shape.reduce((a, b) => a * b, 1);

/** A convolution without bias, and its instance norm. */
const normalized = (channels: number, options: object = {}) => [
  conv2d(channels, { bias: false, ...options }),
  instanceNorm(),
];

/** The network of each file, with its parameters in the file's order. */
const networks: Readonly<Record<string, { network: Network; names: Readonly<Record<string, string>> }>> = {
  lenet_relu: {
    // LeNet-5 that averages first and then takes the largest.
    network: network({
      input: [1, 28, 28],
      layers: [
        conv2d(6, { size: 5, activation: "relu" }),
        averagePool2d(),
        conv2d(16, { size: 5, padding: "valid", activation: "relu" }),
        maxPool2d(),
        flatten(),
        dense(120, { activation: "relu" }),
        dense(84, { activation: "relu" }),
        linear(10),
      ],
    }),
    names: {
      ...{ c1w: "0.K", c1b: "0.b", c2w: "2.K", c2b: "2.b" },
      ...{ f1w: "5.K", f1b: "5.b", f2w: "6.K", f2b: "6.b", f3w: "7.W", f3b: "7.b" },
    },
  },
  resnet_instancenorm: {
    network: network({
      input: [3, 12, 12],
      layers: [
        ...normalized(8),
        activation("relu"),
        add([...normalized(8), activation("relu"), ...normalized(8)]),
        activation("relu"),
        add(
          [...normalized(16, { stride: 2, padding: 1 }), activation("relu"), ...normalized(16)],
          [conv2d(16, { size: 1, stride: 2, bias: false })],
        ),
        activation("relu"),
        globalAveragePool2d(),
        linear(5),
      ],
    }),
    names: {
      ...{ c0w: "0.K", n0g: "1.scale", n0b: "1.shift" },
      ...{ a1w: "3.branch.0.K", an1g: "3.branch.1.scale", an1b: "3.branch.1.shift" },
      ...{ a2w: "3.branch.3.K", an2g: "3.branch.4.scale", an2b: "3.branch.4.shift" },
      ...{ b1w: "5.branch.0.K", bn1g: "5.branch.1.scale", bn1b: "5.branch.1.shift" },
      ...{ b2w: "5.branch.3.K", bn2g: "5.branch.4.scale", bn2b: "5.branch.4.shift" },
      ...{ skipw: "5.shortcut.0.K", fw: "8.W", fb: "8.b" },
    },
  },
};

/** Expects the parts of an array that the file tells. */
function expectPart(name: string, actual: ArrayLike<number>, expected: Expected, tolerance: number): void {
  const values = Array.from(actual);
  const scale = Math.max(expected.norm, 1e-3);
  expect(Math.abs(norm(values) - expected.norm) / scale, `${name}: norm`).toBeLessThanOrEqual(tolerance);
  const probe = inner(values, symmetric(99, values.length));
  const size = Math.sqrt(values.length);
  expect(Math.abs(probe - expected.probe) / (scale * size), `${name}: probe`).toBeLessThanOrEqual(tolerance);
  expect(deviation(values.slice(0, 8), expected.first8), `${name}: first entries`).toBeLessThanOrEqual(10 * tolerance);
  if (expected.full) expectAgreement(name, values, flat(expected.full), tolerance);
}

function parameterGradient(model: Model, gradient: ArrayLike<number>, name: string): number[] {
  let at = 0;
  for (const parameter of model.parameters) {
    const length = product(parameter.shape);
    if (parameter.name === name) return Array.from(gradient).slice(at, at + length);
    at += length;
  }
  throw new Error(`no parameter ${name}`);
}

describe.each(Object.entries(networks))("cnn_%s", (name, { network: described, names }) => {
  const file = fixture(name);

  it.each([
    ["f64", 1e-11],
    ["f32", 1e-4],
  ] as const)("%s within %d", async (precision, tolerance) => {
    const model = await createModel(described, { precision });
    for (const [key, { shape, seed, scale, offset }] of Object.entries(file.params)) {
      const parameter = model.parameters.find((p) => p.name === names[key]);
      expect(parameter?.shape, key).toEqual(shape);
      model.set(
        names[key] as string,
        symmetric(seed, product(shape), scale).map((x) => offset + x),
      );
    }
    expect(model.get().length).toBe(file.nparams);
    const features = symmetric(30000, product(file.x_shape));
    const data = { features, labels: file.target };
    expectAgreement("scores", model.scores(features), flat(file.logits), tolerance);
    const { value, gradient } = model.gradient(data);
    expectAgreement("loss", [value], [file.loss], tolerance);
    for (const [key, expected] of Object.entries(file.grads)) {
      const part = key === "x" ? model.inputGradient(data) : parameterGradient(model, gradient, names[key] as string);
      expectPart(key, part, expected, tolerance);
    }
    const direction = Object.entries(file.params).map(([key, { shape }], i) => {
      return inner(parameterGradient(model, gradient, names[key] as string), symmetric(31000 + i, product(shape)));
    });
    expectAgreement("directional derivative", [direction.reduce((a, b) => a + b)], [file.dirderiv], tolerance);
    model.dispose();
  });
});

it("leNet has the 61,706 parameters of the file, in its shapes", async () => {
  const model = await createModel(leNet());
  expect(model.parameters.map(({ shape }) => shape)).toEqual(
    Object.values(fixture("lenet_relu").params).map(({ shape }) => shape),
  );
  model.dispose();
});
