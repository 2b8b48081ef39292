/**
 * What a recording means, in plain float64: an interpreter of calls and loops (src/core/recording/tensor.ts) that gives every tensor
 * numbers of its own. It knows nothing of memory, so a plan that shares memory wrongly differs from it.
 */
import { Activation, Loss } from "../../assembly/opcodes.ts";
import type { Recorder } from "../../src/core/recording/recorder.ts";
import { type Call, isLoop, type Loop, type Scope, type Tensor } from "../../src/core/recording/tensor.ts";
import { type Loss as LossData, lossEntry } from "../../src/losses/index.ts";
import { activationByCode } from "../../src/operations/activation.ts";
import { activationOf as activationNamed } from "./activations.ts";
import { pointwise } from "./losses.ts";

export type Values = Map<Tensor, readonly number[]>;

/** Numbers of a tensor without padding. */
export function sizeOf(t: Tensor): number {
  return t.count * t.rows * t.columns;
}

/** Every tensor's numbers after the recording has run; those of a loop's body are of the last iteration. */
export function interpret(record: Recorder, given: Values): Values {
  const values = new Map(given);
  runScope(record.root, values);
  return values;
}

function numbersOf(values: Values, t: Tensor): readonly number[] {
  const found = values.get(t);
  if (!found) throw new Error(`${t.name} is read before it is written`);
  return found;
}

function runScope(scope: Scope, values: Values): void {
  for (const node of scope.nodes) {
    if (isLoop(node)) runLoop(node, values);
    else runCall(node, values);
  }
}

function runLoop(loop: Loop, values: Values): void {
  const carried = loop.carries.map((c) => numbersOf(values, c.initial));
  const stacks = new Map<Tensor, number[]>();
  for (const { stack, initial } of loop.stacks) {
    if (stacks.has(stack)) continue;
    stacks.set(stack, initial ? [...numbersOf(values, initial)] : new Array<number>(sizeOf(stack)).fill(Number.NaN));
  }
  const slotOf = (entry: { first: number; step: number }, t: Tensor, i: number): [number, number] => {
    const from = (entry.first + entry.step * i) * sizeOf(t);
    return [from, from + sizeOf(t)];
  };
  for (let i = 0; i < loop.count; i++) {
    loop.carries.forEach((c, k) => {
      values.set(c.argument, carried[k] as readonly number[]);
    });
    for (const s of loop.slices) values.set(s.slice, numbersOf(values, s.source).slice(...slotOf(s, s.slice, i)));
    for (const s of loop.stacks) {
      if (s.before) values.set(s.before, (stacks.get(s.stack) as number[]).slice(...slotOf(s, s.item, i)));
    }
    runScope(loop.body, values);
    for (const s of loop.stacks) {
      const stack = stacks.get(s.stack) as number[];
      const [from] = slotOf(s, s.item, i);
      const before = s.before && numbersOf(values, s.before);
      // Entries that share a stack may share a slot: each adds what it has added to the slot's earlier content.
      numbersOf(values, s.item).forEach((x, j) => {
        stack[from + j] = before ? (stack[from + j] as number) + (x - (before[j] as number)) : x;
      });
    }
    const results = loop.carries.map((c) => numbersOf(values, c.result));
    results.forEach((x, k) => {
      carried[k] = x;
    });
  }
  loop.carries.forEach((c, k) => {
    values.set(c.final, carried[k] as readonly number[]);
  });
  for (const [stack, numbers] of stacks) values.set(stack, numbers);
}

function runCall(call: Call, values: Values): void {
  const rule = rules[call.operation.name];
  if (!rule) throw new Error(`the interpreter knows no operation ${call.operation.name}`);
  const into = call.into && numbersOf(values, call.into);
  const results = rule(
    call.inputs.map((t) => numbersOf(values, t)),
    call,
  );
  call.outputs.forEach((t, k) => {
    const result = results[k] as number[];
    values.set(t, k === 0 && into ? result.map((x, i) => x + (into[i] as number)) : result);
  });
}

type Numbers = readonly number[];
type Rule = (inputs: readonly Numbers[], call: Call) => number[][];
type Sized = Pick<Tensor, "rows" | "columns">;

const at = (x: Numbers, i: number): number => x[i] as number;

function matrix({ rows, columns }: Sized, entry: (r: number, c: number) => number): number[] {
  return Array.from({ length: rows * columns }, (_, i) => entry(Math.floor(i / columns), i % columns));
}

function sum(n: number, term: (i: number) => number): number {
  let total = 0;
  for (let i = 0; i < n; i++) total += term(i);
  return total;
}

const sigmoid = (x: number): number => 1 / (1 + Math.exp(-x));
const eta = 0.1;

/** σ, and σ' and dσ'/ds as functions of what is saved: the output for the first four, the input for the others. */
const activations: Record<number, [(x: number) => number, (s: number) => number, (s: number) => number]> = {
  [Activation.Tanh]: [Math.tanh, (s) => 1 - s * s, (s) => -2 * s],
  [Activation.Relu]: [(x) => Math.max(x, 0), (s) => (s > 0 ? 1 : 0), () => 0],
  [Activation.Identity]: [(x) => x, () => 1, () => 0],
  [Activation.Sigmoid]: [sigmoid, (s) => s * (1 - s), (s) => 1 - 2 * s],
  [Activation.Softplus]: [
    (x) => Math.max(x, 0) + Math.log1p(Math.exp(-Math.abs(x))),
    sigmoid,
    (s) => sigmoid(s) * (1 - sigmoid(s)),
  ],
  [Activation.Sin]: [Math.sin, Math.cos, (s) => -Math.sin(s)],
  [Activation.SmoothRelu]: [
    (x) => (Math.abs(x) <= eta ? (x * x) / (4 * eta) + x / 2 + eta / 4 : Math.max(x, 0)),
    (s) => (Math.abs(s) <= eta ? s / (2 * eta) + 0.5 : s > 0 ? 1 : 0),
    (s) => (Math.abs(s) <= eta ? 1 / (2 * eta) : 0),
  ],
};

function activationOf(call: Call) {
  const kind = call.attributes.kind ?? 0;
  const found =
    activations[kind] ??
    (activationNamed(activationByCode(kind).name).sigma as unknown as (typeof activations)[number]);
  if (!found) throw new Error(`the interpreter knows no activation ${call.attributes.kind}`);
  return found;
}

function softmaxRow(s: Numbers): number[] {
  const top = Math.max(...s);
  const e = s.map((x) => Math.exp(x - top));
  const total = sum(e.length, (i) => at(e, i));
  return e.map((x) => x / total);
}

function rowsOf(x: Numbers, { rows, columns }: Sized): Numbers[] {
  return Array.from({ length: rows }, (_, r) => x.slice(r * columns, (r + 1) * columns));
}

const zero = () => 0;

const lossRules: Record<
  number,
  {
    value(s: Numbers, c: Numbers): number;
    gradient(s: Numbers, c: Numbers): number[];
    hessian(s: Numbers, v: Numbers, c: Numbers): number[];
  }
> = {
  [Loss.SoftmaxCrossEntropy]: {
    value: (s, c) => {
      const top = Math.max(...s);
      return top + Math.log(sum(s.length, (i) => Math.exp(at(s, i) - top))) - sum(s.length, (i) => at(c, i) * at(s, i));
    },
    gradient: (s, c) => softmaxRow(s).map((p, i) => p - at(c, i)),
    hessian: (s, v) => {
      const p = softmaxRow(s);
      const mean = sum(p.length, (i) => at(p, i) * at(v, i));
      return p.map((x, i) => x * (at(v, i) - mean));
    },
  },
  [Loss.Logistic]: {
    value: (s, c) =>
      sum(s.length, (i) => Math.max(at(s, i), 0) + Math.log1p(Math.exp(-Math.abs(at(s, i)))) - at(c, i) * at(s, i)),
    gradient: (s, c) => s.map((x, i) => sigmoid(x) - at(c, i)),
    hessian: (s, v) => s.map((x, i) => sigmoid(x) * (1 - sigmoid(x)) * at(v, i)),
  },
  [Loss.LeastSquares]: {
    value: (s, c) => 0.5 * sum(s.length, (i) => (at(s, i) - at(c, i)) ** 2),
    gradient: (s, c) => s.map((x, i) => x - at(c, i)),
    hessian: (_, v) => [...v],
  },
  ...Object.fromEntries(
    Object.entries(pointwise).map(([name, [rho = zero, rho1 = zero, rho2 = zero]]) => [
      lossEntry(name as LossData["kind"]).code,
      {
        value: (s: Numbers, c: Numbers) => sum(s.length, (i) => rho(at(s, i) - at(c, i))),
        gradient: (s: Numbers, c: Numbers) => s.map((x, i) => rho1(x - at(c, i))),
        hessian: (s: Numbers, v: Numbers, c: Numbers) => s.map((x, i) => rho2(x - at(c, i)) * at(v, i)),
      },
    ]),
  ),
};

function lossRule(call: Call) {
  const found = lossRules[call.attributes.kind ?? 0];
  if (!found) throw new Error(`the interpreter knows no loss ${call.attributes.kind}`);
  return found;
}

const rules: Record<string, Rule> = {
  zero: (_, call) => [new Array<number>(sizeOf(call.outputs[0] as Tensor)).fill(0)],
  copy: ([x]) => [[...(x as Numbers)]],
  combine: (inputs, { attributes }) => [
    (inputs[0] as Numbers).map((_, i) =>
      sum(inputs.length, (k) => (attributes[`c${k}`] ?? 0) * at(inputs[k] as Numbers, i)),
    ),
  ],
  product: ([a, b], { inputs: [left], outputs: [c] }) => {
    const k = (left as Tensor).columns;
    const n = (c as Tensor).columns;
    return [matrix(c as Tensor, (i, j) => sum(k, (p) => at(a as Numbers, i * k + p) * at(b as Numbers, p * n + j)))];
  },
  "product-nt": ([a, b], { inputs: [left], outputs: [c] }) => {
    const k = (left as Tensor).columns;
    return [matrix(c as Tensor, (i, j) => sum(k, (p) => at(a as Numbers, i * k + p) * at(b as Numbers, j * k + p)))];
  },
  "product-tn": ([a, b], { inputs: [left], outputs: [c] }) => {
    const { rows: k, columns: m } = left as Tensor;
    const n = (c as Tensor).columns;
    return [matrix(c as Tensor, (i, j) => sum(k, (p) => at(a as Numbers, p * m + i) * at(b as Numbers, p * n + j)))];
  },
  bias: ([x, b], { outputs: [out] }) => {
    const { columns } = out as Tensor;
    return [matrix(out as Tensor, (r, c) => at(x as Numbers, r * columns + c) + at(b as Numbers, c))];
  },
  "column-sum": ([x], { inputs: [from], outputs: [out] }) => {
    const { rows, columns } = from as Tensor;
    return [matrix(out as Tensor, (_, c) => sum(rows, (r) => at(x as Numbers, r * columns + c)))];
  },
  "row-affine": ([x, scale, shift], { outputs: [out] }) => {
    const { columns } = out as Tensor;
    return [
      matrix(
        out as Tensor,
        (r, c) => at(x as Numbers, r * columns + c) * at(scale as Numbers, c) + (shift ? at(shift, c) : 0),
      ),
    ];
  },
  columns: ([x], { inputs: [from], outputs: [out], attributes: { to = 0, from: first = 0, count = 0 } }) => {
    const { columns } = from as Tensor;
    return [
      matrix(out as Tensor, (r, c) => (c >= to && c < to + count ? at(x as Numbers, r * columns + first + c - to) : 0)),
    ];
  },
  activation: ([x], call) => [(x as Numbers).map(activationOf(call)[0])],
  slope: ([u, s], call) => [(u as Numbers).map((x, i) => x * activationOf(call)[1](at(s as Numbers, i)))],
  curvature: ([u, v, s], call) => [
    (u as Numbers).map((x, i) => x * at(v as Numbers, i) * activationOf(call)[2](at(s as Numbers, i))),
  ],
  softmax: ([s], { outputs: [p] }) => [rowsOf(s as Numbers, p as Tensor).flatMap(softmaxRow)],
  loss: ([s, c, weight], call) => {
    const shape = call.inputs[0] as Tensor;
    const rule = lossRule(call);
    const [scores, targets, w] = [rowsOf(s as Numbers, shape), rowsOf(c as Numbers, shape), at(weight as Numbers, 0)];
    return [
      [w * sum(scores.length, (i) => rule.value(scores[i] as Numbers, targets[i] as Numbers))],
      scores.flatMap((row, i) => rule.gradient(row, targets[i] as Numbers).map((g) => w * g)),
    ];
  },
  "loss-hessian": ([v, s, weight, c], call) => {
    const shape = call.inputs[0] as Tensor;
    const targets = rowsOf(c ?? (s as Numbers), shape);
    const directions = rowsOf(v as Numbers, shape);
    const w = at(weight as Numbers, 0);
    return [
      rowsOf(s as Numbers, shape).flatMap((row, i) =>
        lossRule(call)
          .hessian(row, directions[i] as Numbers, targets[i] as Numbers)
          .map((h) => w * h),
      ),
    ];
  },
  dot: ([x, y]) => [[sum((x as Numbers).length, (i) => at(x as Numbers, i) * at(y as Numbers, i))]],
};
