import { describe, expect, it } from "vitest";
import { Memory } from "../../src/core/host/memory.ts";
import { compile } from "../../src/core/plan/plan.ts";
import { Recorder } from "../../src/core/recording/recorder.ts";
import { numberBytes, type Precision, paddedColumns, type Tensor } from "../../src/core/recording/tensor.ts";
import { adam, adamW, momentum, sgd } from "../../src/index.ts";
import { copy } from "../../src/operations/fill.ts";
import type { Optimizer } from "../../src/optimizers/optimizer.ts";
import { type Rule, rulesBeside, updates } from "../reference/optimizers.ts";
import { symmetric } from "../support/draws.ts";

const members: readonly { name: string; optimizer: Optimizer; rule: Rule }[] = [
  { name: "sgd", optimizer: sgd({ learningRate: 0.1 }), rule: (x, g) => x - 0.1 * g },
  {
    name: "sgd with decay",
    optimizer: sgd({ learningRate: 0.1, weightDecay: 0.3 }),
    rule: (x, g) => x - 0.1 * (g + 0.3 * x),
  },
  {
    name: "momentum",
    optimizer: momentum({ learningRate: 0.05, momentum: 0.8, weightDecay: 0.1 }),
    rule: (x, g, s) => {
      s[0] = 0.8 * s[0] + g + 0.1 * x;
      return x - 0.05 * s[0];
    },
  },
  {
    name: "nesterov",
    optimizer: momentum({ learningRate: 0.05, momentum: 0.8, nesterov: true }),
    rule: (x, g, s) => {
      s[0] = 0.8 * s[0] + g;
      return x - 0.05 * (g + 0.8 * s[0]);
    },
  },
  ...[
    { name: "adam", optimizer: adam({ learningRate: 0.01, weightDecay: 0.2 }), coupled: 0.2, apart: 0 },
    { name: "adamW", optimizer: adamW({ learningRate: 0.01, weightDecay: 0.2 }), coupled: 0, apart: 0.2 },
  ].map(({ name, optimizer, coupled, apart }) => ({
    name,
    optimizer,
    rule: ((x, g, s, t) => {
      const d = g + coupled * x;
      s[0] = 0.9 * s[0] + 0.1 * d;
      s[1] = 0.999 * s[1] + 0.001 * d * d;
      const step = s[0] / (1 - 0.9 ** t) / (Math.sqrt(s[1] / (1 - 0.999 ** t)) + 1e-8);
      return x - 0.01 * apart * x - 0.01 * step;
    }) satisfies Rule,
  })),
  ...Object.entries(rulesBeside).map(([name, rule]) => ({ name, optimizer: updates[name]?.() as Optimizer, rule })),
];

const cases = members.flatMap((m) => (["f32", "f64"] as const).map((precision) => ({ ...m, precision })));

describe("updates", () => {
  it.each(cases)("$name in $precision is its formula for ten steps, and leaves the padding zero", (member) => {
    for (const n of [1, 2, 3, 4, 7, 16, 33]) expectFormula(member, member.precision, n);
  });
});

function expectFormula({ optimizer, rule }: (typeof members)[number], precision: Precision, n: number): void {
  const record = new Recorder(precision);
  const memory = new Memory();
  const length = paddedColumns(n, precision);
  const vector = (name: string): [Tensor, number] => {
    const at = memory.allocate(length * numberBytes(precision), name);
    return [record.shared(name, { rows: 1, columns: n }, at), at];
  };
  const [theta, thetaAt] = vector("theta");
  const [gradient, gradientAt] = vector("gradient");
  const states = Array.from({ length: optimizer.states }, (_, k) => vector(`state ${k}`)[0]);
  const scalarsAt = memory.allocate(64, "scalars");
  const scalars = record.shared("scalars", { rows: 1, columns: 1, scalar: true }, scalarsAt);
  optimizer.record(record, theta, gradient, states, scalars);
  const plan = compile(record, copy);
  const address = memory.load(plan);
  const x = symmetric(1, n);
  const state = x.map((): [number, number] => [0, 0]);
  memory.view(precision, thetaAt, n).set(x);
  const kept = [...optimizer.memory];
  for (let t = 1; t <= 10; t++) {
    const g = symmetric(t + 1, n, t % 2 ? 1 : 1e-3);
    memory.view(precision, gradientAt, n).set(g);
    const written: number[] = [];
    optimizer.writeScalars(written, optimizer.learningRate, kept);
    memory.setScalars(scalarsAt, written);
    memory.run(address, plan.count, 0);
    for (let i = 0; i < n; i++)
      x[i] = rule(x[i] as number, g[i] as number, state[i] as [number, number], t, optimizer.learningRate);
    const now = memory.view(precision, thetaAt, length);
    for (let i = 0; i < n; i++) {
      expect(Math.abs((now[i] as number) - (x[i] as number))).toBeLessThan(precision === "f32" ? 3e-6 : 1e-14);
    }
    expect(Array.from(now.subarray(n)).every((p) => p === 0)).toBe(true);
  }
}
