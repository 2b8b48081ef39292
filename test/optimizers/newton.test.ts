/** newtonCG beside a small independent one: the course's method written out on dense arrays, with its own network. */
import { describe, expect, it } from "vitest";
import { peaks } from "../../src/data/index.ts";
import {
  createModel,
  dense,
  euler,
  layerField,
  linear,
  type Model,
  network,
  newtonCG,
  ode,
  tikhonov,
  train,
} from "../../src/index.ts";
import { engineOf } from "../../src/model/model.ts";
import { checkData } from "../../src/model/selection.ts";
import { problemOf } from "../../src/training/problem.ts";
import { expectAgreement } from "../support/agreement.ts";
import { symmetric } from "../support/draws.ts";
import { surface } from "../support/families.ts";
import { denseCases, denseFiles } from "../support/fixtures.ts";
import { lossFrom, modelFrom, networkFrom } from "../support/surface.ts";

const [width, steps, h, classes, n, lambda] = [4, 4, 0.5, 5, 60, 1e-3];
const data = peaks({ examples: n, seed: 4 });
const features = Array.from(data.features as ArrayLike<number>);
const labels = Array.from(data.labels as ArrayLike<number>);

type Vector = number[];
const K0 = width * 2;
const KB = K0 + width; // the opening layer: K, b
const STEP = width * width;
const TOTAL = KB + (steps - 1) * (STEP + width) + classes * width + classes;
const kAt = (j: number) => KB + j * STEP;
const bAt = (j: number) => KB + (steps - 1) * STEP + j * width;
const W_AT = KB + (steps - 1) * (STEP + width);
const B_AT = W_AT + classes * width;

const affine = (x: Vector, K: number, b: number, y: Vector) =>
  Array.from({ length: width }, (_, r) =>
    y.reduce((s, v, c) => s + (x[K + r * y.length + c] as number) * v, x[b + r] as number),
  );

/** One example's features before every layer, and what is inside the sine. */
function forward(x: Vector, y0: Vector) {
  const inside = [affine(x, 0, K0, y0)];
  const states = [y0, (inside[0] as Vector).map((z) => h * Math.sin(z))];
  for (let j = 0; j < steps - 1; j++) {
    const y = states[j + 1] as Vector;
    const z = affine(x, kAt(j), bAt(j), y);
    inside.push(z);
    states.push(y.map((v, i) => v + h * Math.sin(z[i] as number)));
  }
  return { states, inside, last: states[steps] as Vector };
}

function softmax(x: Vector, y: Vector): Vector {
  const s = Array.from({ length: classes }, (_, k) =>
    y.reduce((sum, v, i) => sum + (x[W_AT + k * width + i] as number) * v, x[B_AT + k] as number),
  );
  const most = Math.max(...s);
  const e = s.map((v) => Math.exp(v - most));
  const total = e.reduce((a, b) => a + b);
  return e.map((v) => v / total);
}

/** out += (d y_N / d θ)ᵀ w. */
function pullBack(x: Vector, { states, inside }: ReturnType<typeof forward>, w: Vector, out: Vector) {
  let lambdaY = w;
  for (let j = steps - 1; j >= 0; j--) {
    const y = states[j] as Vector;
    const dz = lambdaY.map((l, i) => h * Math.cos((inside[j] as Vector)[i] as number) * l);
    const [K, b] = j === 0 ? [0, K0] : [kAt(j - 1), bAt(j - 1)];
    dz.forEach((d, r) => {
      out[b + r] = (out[b + r] as number) + d;
      y.forEach((v, c) => {
        out[K + r * y.length + c] = (out[K + r * y.length + c] as number) + d * v;
      });
    });
    if (j > 0) lambdaY = lambdaY.map((l, c) => dz.reduce((s, d, r) => s + d * (x[K + r * width + c] as number), l));
  }
}

/** d y_N along v. */
function pushForward(x: Vector, { states, inside }: ReturnType<typeof forward>, v: Vector): Vector {
  let dy: Vector = new Array(2).fill(0);
  for (let j = 0; j < steps; j++) {
    const [K, b] = j === 0 ? [0, K0] : [kAt(j - 1), bAt(j - 1)];
    const dz = affine(v, K, b, states[j] as Vector).map((d, r) =>
      dy.reduce((s, t, c) => s + (x[K + r * dy.length + c] as number) * t, d),
    );
    const slope = dz.map((d, i) => h * Math.cos((inside[j] as Vector)[i] as number) * d);
    dy = j === 0 ? slope : dy.map((t, i) => t + (slope[i] as number));
  }
  return dy;
}

const example = (i: number) => features.slice(2 * i, 2 * i + 2);

function objective(x: Vector): { value: number; gradient: Vector } {
  let value = x.reduce((s, t) => s + (lambda * t * t) / 2, 0);
  const gradient = x.map((t) => lambda * t);
  for (let i = 0; i < n; i++) {
    const run = forward(x, example(i));
    const p = softmax(x, run.last);
    value -= Math.log(p[labels[i] as number] as number) / n;
    const ds = p.map((q, k) => (q - (k === labels[i] ? 1 : 0)) / n);
    ds.forEach((d, k) => {
      gradient[B_AT + k] = (gradient[B_AT + k] as number) + d;
      run.last.forEach((y, c) => {
        gradient[W_AT + k * width + c] = (gradient[W_AT + k * width + c] as number) + d * y;
      });
    });
    const w = run.last.map((_, c) => ds.reduce((s, d, k) => s + d * (x[W_AT + k * width + c] as number), 0));
    pullBack(x, run, w, gradient);
  }
  return { value, gradient };
}

/** Block-diagonal: θ and the classifier apart. */
function hessian(x: Vector, v: Vector): Vector {
  const out = v.map((t) => lambda * t);
  for (let i = 0; i < n; i++) {
    const run = forward(x, example(i));
    const p = softmax(x, run.last);
    const curved = (ds: Vector) => {
      const mean = ds.reduce((s, d, k) => s + d * (p[k] as number), 0);
      return ds.map((d, k) => ((p[k] as number) * (d - mean)) / n);
    };
    const W = (k: number, c: number) => x[W_AT + k * width + c] as number;
    const dy = pushForward(x, run, v);
    const first = curved(p.map((_, k) => dy.reduce((s, t, c) => s + W(k, c) * t, 0)));
    pullBack(
      x,
      run,
      run.last.map((_, c) => first.reduce((s, d, k) => s + d * W(k, c), 0)),
      out,
    );
    const second = curved(
      p.map((_, k) => run.last.reduce((s, y, c) => s + (v[W_AT + k * width + c] as number) * y, v[B_AT + k] as number)),
    );
    second.forEach((d, k) => {
      out[B_AT + k] = (out[B_AT + k] as number) + d;
      run.last.forEach((y, c) => {
        out[W_AT + k * width + c] = (out[W_AT + k * width + c] as number) + d * y;
      });
    });
  }
  return out;
}

const dot = (a: Vector, b: Vector) => a.reduce((s, t, i) => s + t * (b[i] as number), 0);

/** H s = −g to 1e-2 in at most 10 iterations; the iterate of smallest residual. */
function pcg(x: Vector, g: Vector): Vector {
  let s: Vector = g.map(() => 0);
  let best = s;
  let r = g.map((t) => -t);
  let p = r;
  let rr = dot(r, r);
  let least = rr;
  const goal = 1e-4 * rr;
  for (let k = 0; k < 10 && rr > goal; k++) {
    const Hp = hessian(x, p);
    const alpha = rr / dot(p, Hp);
    s = s.map((t, i) => t + alpha * (p[i] as number));
    r = r.map((t, i) => t - alpha * (Hp[i] as number));
    const next = dot(r, r);
    if (next < least) [least, best] = [next, s];
    p = r.map((t, i) => t + (next / rr) * (p[i] as number));
    rr = next;
  }
  return best;
}

/** The values before each iteration. */
function course(x: Vector, iterations: number): { values: number[]; xs: Vector[] } {
  let mu = 1;
  const values: number[] = [];
  const xs: Vector[] = [];
  for (let j = 0; j < iterations; j++) {
    const { value, gradient } = objective(x);
    values.push(value);
    xs.push(x);
    let s = pcg(x, gradient);
    if (dot(s, s) === 0) s = gradient.map((t) => -t / Math.sqrt(dot(gradient, gradient)));
    if (dot(s, gradient) > 0) s = gradient.map((t) => -t);
    let failed = 0;
    let tried = x;
    for (; failed < 10; failed++, mu /= 2) {
      const step = mu;
      tried = x.map((t, i) => t + step * (s[i] as number));
      if (objective(tried).value < value) break;
    }
    if (failed === 10) break;
    if (failed === 0) mu = Math.min(1.5 * mu, 1);
    x = tried;
  }
  return { values, xs };
}

const net = network({
  input: 2,
  layers: [
    dense(width, { activation: "sin", scale: h }),
    ode(layerField({ activation: "sin" }), euler, { steps: steps - 1, stepSize: h }),
    linear(classes),
  ],
});

it("newtonCG with block Gauss–Newton and simple decrease follows the independent one", async () => {
  const start = symmetric(7, TOTAL, 0.7);
  const expected = course([...start], 51);
  const model = await createModel(net, { precision: "f64", regularizers: [tikhonov(lambda)] });
  expect(model.get()).toHaveLength(TOTAL);
  model.set(start);
  const values: number[] = [];
  for (const step of train(
    model,
    { features, labels },
    { optimizer: newtonCG({ hessian: "blockGaussNewton", lineSearch: "decrease" }), epochs: 51 },
  )) {
    values.push(step.value);
    expect(step.cgIterations).toBeLessThanOrEqual(10);
  }
  const bound = (iteration: number) => (iteration <= 2 ? 1e-8 : iteration <= 5 ? 1e-5 : 1e-3);
  expect(values.length).toBe(expected.values.length);
  values.forEach((value, iteration) => {
    const wanted = expected.values[iteration] as number;
    expect(Math.abs(value - wanted) / wanted, `iteration ${iteration}`).toBeLessThanOrEqual(bound(iteration));
  });
  expect(values.at(-1)).toBeLessThan(0.5 * (values[0] as number));
}, 60_000);

const cases = denseFiles.flatMap((file) =>
  denseCases(file).map((fixture) => ({ fixture, title: `${file}: ${fixture.name}` })),
);

describe("the block Gauss–Newton product of the fixtures", () => {
  it.each(cases)("$title", async ({ fixture }) => {
    const model = (await modelFrom(
      surface,
      networkFrom(surface, fixture.network),
      lossFrom(surface, fixture.loss),
      "f64",
    )) as unknown as Model;
    for (const [name, values] of fixture.parameters) model.set(name, values);
    const engine = engineOf(model);
    const { rows, targets } = checkData(engine, { features: fixture.features, labels: fixture.labels }, "test");
    const problem = problemOf(engine, () => ({ rows, targets, first: 0, count: rows.count }));
    const [v, into] = engine.vectors.allocateAll(2) as [number, number];
    const flat = model.parameters.flatMap(({ name }) => [...(fixture.direction.get(name) as readonly number[])]);
    engine.vectors.write(v, flat);
    const n = engine.vectors.table.coreLength;
    problem.product("blockGaussNewton", { address: into, n }, { address: v, n });
    const expected = model.parameters.flatMap(({ name }) => [
      ...(fixture.expected.blockGaussNewton.get(name) as readonly number[]),
    ]);
    expectAgreement("block Gauss–Newton", engine.vectors.read(into), expected, 1e-11);
    model.dispose();
  });
});
