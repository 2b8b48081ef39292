/**
 * The backward recording, made by walking a recording from its end: every call adds to the cotangents of its inputs
 * (reverse accumulation; Griewank & Walther 2008, ch. 3). A loop's transpose is the loop run backwards: carries become
 * carries of cotangents, slices become stacks of gradients, tensors from outside become accumulating carries, and body
 * tensors that the transpose reads are saved over time.
 */
import { nth } from "../nth.ts";
import { provideBodyTensors } from "./bodyTensors.ts";
import { type Accumulation, Cotangents } from "./cotangents.ts";
import { eachUseInside, isInside, sources } from "./graph.ts";
import { type Recorder, shapeOf } from "./recorder.ts";
import { type Call, type Carry, isLoop, type Loop, type Scope, type Slice, type Tensor } from "./tensor.ts";

/** Records the transpose of `scope`; `seeds` holds the cotangents of its results and receives those of everything else. */
export function backward(
  record: Recorder,
  scope: Scope,
  seeds: Cotangents,
  active: ReadonlySet<Tensor>,
  accumulation: Accumulation,
): void {
  for (const node of [...scope.nodes].reverse()) {
    if (isLoop(node)) backwardLoop(record, node, seeds, active, accumulation);
    else if (node.outputs.some((t) => seeds.get(t) && seeds.wants(t))) backwardCall(record, node, seeds);
  }
}

function backwardCall(record: Recorder, call: Call, cotangents: Cotangents): void {
  const { operation, outputs, into } = call;
  if (!operation.vjp) throw new Error(`operation ${operation.name} has no vjp rule`);
  operation.vjp(record, call, cotangents);
  const [output] = outputs;
  const d = output && cotangents.get(output);
  if (into && d) cotangents.pass(into, d);
}

function backwardLoop(
  record: Recorder,
  loop: Loop,
  outer: Cotangents,
  active: ReadonlySet<Tensor>,
  accumulation: Accumulation,
): void {
  const seeded = [
    ...loop.carries.filter((c) => outer.get(c.final)).map((c) => c.result),
    ...loop.stacks.filter((s) => outer.get(s.stack)).map((s) => s.item),
  ];
  if (seeded.length === 0) return;
  const needed = sources(loop, seeded);
  const last = loop.count - 1;
  const transposed: Loop = {
    count: loop.count,
    body: { parent: record.current, nodes: [] },
    carries: [],
    slices: [],
    stacks: [],
  };
  const inner = new Cotangents(record, active, accumulation);

  // Cotangents of the carried tensors and of everything from outside are carried from the last step to the first.
  const carried: { carry: Carry; of: Carry }[] = [];
  for (const c of loop.carries) {
    if (!active.has(c.argument) || !(needed.has(c.argument) || needed.has(c.result))) continue;
    const carry = record.carry(transposed, outer.get(c.final) ?? accumulation.zero(record, c.final));
    carried.push({ carry, of: c });
  }
  const outside: { carry: Carry; of: Tensor }[] = [];
  const read = new Set<Tensor>();
  eachUseInside(loop, (t) => read.add(t));
  for (const t of read) {
    if (isInside(t.scope, loop.body) || !active.has(t) || !needed.has(t)) continue;
    const carry = record.carry(transposed, outer.get(t) ?? accumulation.zero(record, t));
    inner.set(t, carry.argument);
    outside.push({ carry, of: t });
  }

  // A reversible step gives the carried tensors back, from the last to the first.
  const recovered = new Map<Tensor, Tensor>();
  const states: { carry: Carry; of: Carry }[] = [];
  if (loop.keeps?.kind === "nothing") {
    for (const of of loop.carries.slice(0, loop.keeps.carried))
      states.push({ carry: record.carry(transposed, of.final), of });
  }
  let prologue = 0;

  // A stack's cotangent is written slot by slot, or added to what there is (zero at first) where slots are met more or less
  // than once.
  const shared = new Map<Tensor, { initial: Tensor; stack: Tensor }>();
  // One that the body also reads as a whole has its earlier cotangent in the carry made for that.
  const apart = new Set(outside.map((o) => o.of));
  const stacked = new Map<Tensor, Tensor>();
  for (const { source } of loop.slices) {
    const earlier = apart.has(source) ? undefined : outer.get(source);
    if (!active.has(source) || shared.has(source) || (!earlier && onceEach(loop, source))) continue;
    const initial = earlier ?? accumulation.zero(record, source);
    shared.set(source, { initial, stack: record.tensor(shapeOf(source)) });
  }

  record.within(transposed.body, () => {
    if (loop.keeps?.kind === "nothing") {
      const at = ({ source, first, step }: Omit<Slice, "slice">) =>
        record.slice(transposed, { source, first: first + step * last, step: -step });
      const before = loop.keeps.inverse(
        states.map(({ carry }) => carry.argument),
        at,
      );
      states.forEach(({ carry, of }, k) => {
        carry.result = nth(before, k);
        recovered.set(of.argument, carry.result);
      });
      prologue = transposed.body.nodes.length;
    }
    const before = loop.slices.map((s) => {
      if (!shared.has(s.source)) return undefined;
      const tensor = record.tensor(shapeOf(s.slice));
      inner.set(s.slice, tensor);
      return tensor;
    });
    for (const { carry, of } of carried) inner.pass(of.result, carry.argument);
    for (const s of loop.stacks) {
      const d = outer.get(s.stack);
      if (d) inner.pass(s.item, record.slice(transposed, { source: d, first: s.first + s.step * last, step: -s.step }));
    }
    backward(record, loop.body, inner, active, accumulation);
    for (const { carry, of } of carried)
      carry.result = inner.get(of.argument) ?? accumulation.zero(record, of.argument);
    for (const { carry, of } of outside) carry.result = inner.get(of) ?? carry.argument;
    loop.slices.forEach((s, k) => {
      const item = inner.get(s.slice);
      if (!item || !active.has(s.source)) return;
      const slot = { item, first: s.first + s.step * last, step: -s.step };
      const joint = shared.get(s.source);
      const earlier = before[k];
      if (joint && earlier) {
        transposed.stacks.push({ ...slot, ...joint, before: earlier });
        stacked.set(s.source, joint.stack);
      } else {
        const stack = record.tensor(shapeOf(s.source), undefined, { scope: transposed.body.parent ?? record.root });
        transposed.stacks.push({ ...slot, stack });
        stacked.set(s.source, stack);
      }
    });
  });
  provideBodyTensors(record, loop, transposed, recovered, prologue);
  record.append(transposed);
  for (const { carry, of } of outside) outer.set(of, carry.final);
  for (const [source, stack] of stacked) {
    if (apart.has(source)) outer.pass(source, stack);
    else outer.set(source, stack);
  }
  for (const { carry, of } of carried) if (active.has(of.initial)) outer.pass(of.initial, carry.final);
}

/** Whether a loop's slices reach every slot of a stack, and each of them once. */
function onceEach({ slices, count }: Loop, source: Tensor): boolean {
  const [only, another] = slices.filter((s) => s.source === source);
  if (!only || another) return false;
  return Math.abs(only.step) === only.slice.count && count * only.slice.count === source.count;
}
