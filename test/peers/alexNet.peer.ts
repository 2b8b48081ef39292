import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { alexNet, createModel, momentum, train } from "../../src/index.ts";
import { deviation } from "../support/agreement.ts";
import { symmetric } from "../support/draws.ts";
import { ROOT } from "../support/scratch.ts";

/** Debian's, which sees python3-torch. */
const python = existsSync("/usr/bin/python3") ? "/usr/bin/python3" : "python3";

interface Numbers {
  readonly scores: number[];
  readonly loss: number;
  readonly norms: number[];
}

function pytorch(tower: string): Numbers {
  const { stdout, stderr, status } = spawnSync(python, [join(ROOT, "test", "peers", "alexNet.py"), tower], {
    encoding: "utf8",
  });
  if (status !== 0)
    throw new Error(`alexNet.py: expected python3 with torch, got: ${stderr}. apt-get install python3-torch`);
  return JSON.parse(stdout);
}

const norm = (values: ArrayLike<number>): number => {
  let sum = 0;
  for (let i = 0; i < values.length; i++) sum += (values[i] as number) ** 2;
  return Math.sqrt(sum);
};

const bytes = (n: number) => `${(n / 2 ** 20).toFixed(0)} MiB`;

it.each([
  ["single", 224],
  ["grouped", 227],
] as const)(
  "AlexNet, %s: PyTorch's logits, loss and gradient norms to 1e-3",
  { timeout: 300_000 },
  async (tower, side) => {
    const grouped = tower === "grouped";
    const model = await createModel(alexNet({ grouped, dropout: 0 }));
    model.parameters.forEach(({ name, shape }, k) => {
      const [rows = 1, ...others] = shape;
      const terms = others.reduce((a, b) => a * b, 1);
      // The grouped tower's images are brighter, for the norms' sake; the softmax shall not be saturated.
      const scale = (others.length > 0 ? Math.sqrt(6 / terms) : 0.1) / (grouped && k === 14 ? 20 : 1);
      model.set(name, Float32Array.from(symmetric(k + 1, rows * terms, scale)));
    });
    const features = Float32Array.from(symmetric(99, 2 * 3 * side * side, grouped ? 50 : 1));
    const theirs = pytorch(tower);
    const { value, gradient } = model.gradient({ features, labels: [3, 700] });
    let at = 0;
    const norms = model.parameters.map(({ shape }) => {
      const length = shape.reduce((a, b) => a * b, 1);
      at += length;
      return norm(gradient.subarray(at - length, at));
    });
    const errors = {
      scores: deviation(model.scores(features), theirs.scores),
      loss: Math.abs(value - theirs.loss) / theirs.loss,
      norms: Math.max(...norms.map((own, k) => Math.abs(own / (theirs.norms[k] as number) - 1))),
    };
    model.dispose();
    console.log(`AlexNet, ${tower}: loss ${value}, deviations ${JSON.stringify(errors)}`);
    expect(norms).toHaveLength(16);
    for (const error of Object.values(errors)) expect(error).toBeLessThan(1e-3);
  },
);

it.each([false, true])(
  "AlexNet learns eight images at a time below 4 GiB, grouped: %s",
  { timeout: 300_000 },
  async (grouped) => {
    const model = await createModel(alexNet({ grouped }));
    const side = grouped ? 227 : 224;
    const data = {
      features: Float32Array.from(symmetric(1, 8 * 3 * side * side)),
      labels: Array.from({ length: 8 }, (_, i) => 100 * i),
    };
    const values: number[] = [];
    let { memory } = model;
    for (const step of train(model, data, { optimizer: momentum({ learningRate: 1e-3 }), epochs: 2, batchSize: 8 })) {
      values.push(step.value);
      ({ memory } = model);
    }
    model.dispose();
    const { parameters, gradient, optimizer, features, total } = memory;
    console.log(
      `AlexNet, grouped ${grouped}, batch 8 with momentum: parameters ${bytes(parameters)}, gradient ${bytes(gradient)}, optimizer ${bytes(optimizer)}, features ${bytes(features)}, in all ${bytes(total)}`,
    );
    expect(total).toBeLessThan(2 ** 32);
    expect(values.every(Number.isFinite)).toBe(true);
  },
);
