/**
 * The backward recording, made by walking a recording from its end: every call adds to the cotangents of its inputs
 * (reverse accumulation; Griewank & Walther 2008, ch. 3). A loop's transpose is the loop run backwards: carries become
 * carries of cotangents, slices become stacks of gradients, tensors from outside become accumulating carries, and body
 * tensors that the transpose reads are saved over time.
 */
import { type Recorder, shapeOf } from "./recorder.ts";
import {
  type Call,
  type Carry,
  type CotangentMap,
  isLoop,
  type Loop,
  type Node,
  type Operation,
  type Scope,
  type Slice,
  type Tensor,
} from "./tensor.ts";

/** The two operations that deriving itself needs; `operations/` provides them. */
export interface Accumulation {
  /** into + x */
  add(record: Recorder, into: Tensor, x: Tensor): Tensor;
  /** A tensor of zeros of this shape. */
  zero(record: Recorder, like: Tensor): Tensor;
}

/** Tensors that depend on the given ones. */
export function dependents(nodes: readonly Node[], on: Iterable<Tensor>): Set<Tensor> {
  const active = new Set(on);
  spread(nodes, active);
  return active;
}

function spread(nodes: readonly Node[], active: Set<Tensor>): void {
  for (const node of nodes) {
    if (!isLoop(node)) {
      if (node.inputs.some((t) => active.has(t)) || (node.into && active.has(node.into))) {
        for (const output of node.outputs) active.add(output);
      }
      continue;
    }
    for (const { source, slice } of node.slices) if (active.has(source)) active.add(slice);
    let size = -1;
    while (size !== active.size) {
      size = active.size;
      for (const c of node.carries) if (active.has(c.initial) || active.has(c.result)) active.add(c.argument);
      for (const { initial, before, stack } of node.stacks) {
        if (initial && before && (active.has(initial) || active.has(stack))) active.add(before);
      }
      spread(node.body.nodes, active);
      for (const s of node.stacks) if (active.has(s.item) || (s.before && active.has(s.before))) active.add(s.stack);
    }
    for (const c of node.carries) if (active.has(c.argument) || active.has(c.result)) active.add(c.final);
  }
}

/** Cotangents of one scope while it is walked backwards. */
export class Cotangents implements CotangentMap {
  private readonly map = new Map<Tensor, Tensor>();

  constructor(
    private readonly record: Recorder,
    private readonly active: ReadonlySet<Tensor>,
    private readonly accumulation: Accumulation,
  ) {}

  get(tensor: Tensor): Tensor | undefined {
    return this.map.get(tensor);
  }

  of(tensor: Tensor): Tensor {
    const cotangent = this.map.get(tensor);
    if (!cotangent) throw new Error(`${tensor.name}: a rule is asked for where its output has a cotangent`);
    return cotangent;
  }

  set(tensor: Tensor, cotangent: Tensor): void {
    this.map.set(tensor, cotangent);
  }

  wants(tensor: Tensor): boolean {
    return this.active.has(tensor);
  }

  add(tensor: Tensor, make: (into: Tensor | undefined) => Tensor): void {
    if (this.wants(tensor)) this.map.set(tensor, make(this.map.get(tensor)));
  }

  pass(tensor: Tensor, cotangent: Tensor): void {
    this.add(tensor, (into) => (into ? this.accumulation.add(this.record, into, cotangent) : cotangent));
  }
}

/** Records the transpose of `scope`; `seeds` holds the cotangents of its results and receives those of everything else. */
export function backward(
  record: Recorder,
  scope: Scope,
  seeds: Cotangents,
  active: ReadonlySet<Tensor>,
  accumulation: Accumulation,
): void {
  const nodes = [...scope.nodes];
  for (let k = nodes.length - 1; k >= 0; k--) {
    const node = nodes[k] as Node;
    if (isLoop(node)) backwardLoop(record, node, seeds, active, accumulation);
    else if (node.outputs.some((t) => seeds.get(t) && seeds.wants(t))) backwardCall(record, node, seeds);
  }
}

function backwardCall(record: Recorder, call: Call, cotangents: Cotangents): void {
  rule(call.operation)(record, call, cotangents);
  const d = cotangents.get(call.outputs[0] as Tensor);
  if (call.into && d) cotangents.pass(call.into, d);
}

function rule(operation: Operation): NonNullable<Operation["vjp"]> {
  if (!operation.vjp) throw new Error(`operation ${operation.name} has no vjp rule`);
  return operation.vjp.bind(operation);
}

/** Body tensors that the given ones depend on, over any number of iterations. */
function sources(loop: Loop, of: Iterable<Tensor>): Set<Tensor> {
  const needed = new Set(of);
  let size = -1;
  while (size !== needed.size) {
    size = needed.size;
    for (const { argument, result } of loop.carries) if (needed.has(argument)) needed.add(result);
    gather(loop.body.nodes, needed);
  }
  return needed;
}

function gather(nodes: readonly Node[], needed: Set<Tensor>): void {
  for (let k = nodes.length - 1; k >= 0; k--) {
    const node = nodes[k] as Node;
    if (!isLoop(node)) {
      if (!node.outputs.some((t) => needed.has(t))) continue;
      for (const t of node.inputs) needed.add(t);
      if (node.into) needed.add(node.into);
      continue;
    }
    for (const { final, result } of node.carries) if (needed.has(final)) needed.add(result);
    for (const { stack, item } of node.stacks) if (needed.has(stack)) needed.add(item);
    for (const t of sources(node, needed)) needed.add(t);
    for (const { argument, initial } of node.carries) if (needed.has(argument)) needed.add(initial);
    for (const { slice, source } of node.slices) if (needed.has(slice)) needed.add(source);
  }
}

/** Every tensor that a loop reads or passes on, at any depth. */
function reads(loop: Loop, found = new Set<Tensor>()): Set<Tensor> {
  for (const node of loop.body.nodes) {
    if (isLoop(node)) {
      for (const { initial } of node.carries) found.add(initial);
      for (const { source } of node.slices) found.add(source);
      reads(node, found);
    } else {
      for (const t of node.inputs) found.add(t);
      if (node.into) found.add(node.into);
    }
  }
  for (const { result } of loop.carries) found.add(result);
  for (const { item } of loop.stacks) found.add(item);
  return found;
}

function isInside(scope: Scope | undefined, of: Scope): boolean {
  for (let s = scope; s; s = s.parent) if (s === of) return true;
  return false;
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
  const carried: { carry: Carry; of: (typeof loop.carries)[number] }[] = [];
  for (const c of loop.carries) {
    if (!active.has(c.argument) || !(needed.has(c.argument) || needed.has(c.result))) continue;
    const carry = record.carry(transposed, outer.get(c.final) ?? accumulation.zero(record, c.final));
    carried.push({ carry, of: c });
  }
  const outside: { carry: Carry; of: Tensor }[] = [];
  for (const t of reads(loop)) {
    if (isInside(t.scope, loop.body) || !active.has(t) || !needed.has(t)) continue;
    const carry = record.carry(transposed, outer.get(t) ?? accumulation.zero(record, t));
    inner.set(t, carry.argument);
    outside.push({ carry, of: t });
  }

  // A reversible step gives the carried tensors back, from the last to the first.
  const recovered = new Map<Tensor, Tensor>();
  const states: Carry[] = [];
  if (loop.keeps?.kind === "nothing") {
    for (const c of loop.carries.slice(0, loop.keeps.carried)) states.push(record.carry(transposed, c.final));
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
        states.map((c) => c.argument),
        at,
      );
      states.forEach((state, k) => {
        state.result = before[k] as Tensor;
        recovered.set((loop.carries[k] as Carry).argument, state.result);
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

/**
 * Gives a loop that follows another, its transpose or its tangent, the body tensors of it that it reads: slices are sliced again; what depends on slices and outside
 * tensors alone is computed again, being cheap; everything else is as `loop.keeps` says.
 */
export function provideBodyTensors(
  record: Recorder,
  loop: Loop,
  target: Loop,
  recovered: ReadonlyMap<Tensor, Tensor> = new Map(),
  prologue = 0,
  backwards = true,
): void {
  // Iteration i of the target meets iteration last − i of the loop, or i.
  const at = (first: number, step: number) =>
    backwards ? { first: first + step * (loop.count - 1), step: -step } : { first, step };
  const known = new Map(recovered);
  const slices = new Map(loop.slices.map((s) => [s.slice, s]));
  const producers = new Map<Tensor, Node>();
  for (const node of loop.body.nodes) for (const t of produced(node)) producers.set(t, node);
  const again: Scope = { parent: target.body.parent, nodes: [] };
  const weightsOnly = new Map<Tensor, boolean>();

  const independent = (tensor: Tensor): boolean => {
    if (tensor.scope !== loop.body || slices.has(tensor)) return true;
    const node = producers.get(tensor);
    if (!node || isLoop(node) || node.into) return false;
    const found = weightsOnly.get(tensor) ?? node.inputs.every(independent);
    weightsOnly.set(tensor, found);
    return found;
  };
  const recompute = (tensor: Tensor, node: Node): Tensor => {
    const copies = cloneNode(record, node, from, again);
    for (const [original, copy] of copies) known.set(original, copy);
    return known.get(tensor) as Tensor;
  };
  const from = (tensor: Tensor): Tensor => {
    if (tensor.scope !== loop.body) return tensor;
    const found = known.get(tensor);
    if (found) return found;
    const s = slices.get(tensor);
    const node = producers.get(tensor);
    let result: Tensor;
    if (s) {
      const { source, first, step } = s;
      result = record.slice(target, { source, ...at(first, step), count: tensor.count });
    } else if (node && ((loop.keeps?.kind ?? "all") !== "all" || independent(tensor))) {
      return recompute(tensor, node);
    } else {
      const { count } = tensor;
      result = record.slice(target, { source: record.save(loop, tensor), ...at(0, count), count });
    }
    known.set(tensor, result);
    return result;
  };
  substitute(target.body, from);
  for (const carry of target.carries) carry.result = from(carry.result);
  for (const stack of target.stacks) stack.item = from(stack.item);
  target.body.nodes.splice(prologue, 0, ...again.nodes);
  dropUnread(loop);
}

/** Stacks of inner loops that only a copy of the loop needs are not kept by the original. */
function dropUnread(loop: Loop): void {
  const read = reads(loop);
  for (const node of loop.body.nodes) {
    if (!isLoop(node)) continue;
    const kept = node.stacks.filter((s) => read.has(s.stack));
    node.stacks.splice(0, node.stacks.length, ...kept);
  }
}

/** The tensors that a node defines in its own scope. */
function produced(node: Node): Tensor[] {
  return isLoop(node) ? [...node.carries.map((c) => c.final), ...node.stacks.map((s) => s.stack)] : node.outputs;
}

/** Appends a copy of a node to `to`, its inputs mapped by `from`. Returns the copies of what it defines. */
function cloneNode(record: Recorder, node: Node, from: (tensor: Tensor) => Tensor, to: Scope): Map<Tensor, Tensor> {
  const copies = new Map<Tensor, Tensor>();
  const fresh = (tensor: Tensor, scope: Scope): Tensor => {
    const copy = record.tensor(shapeOf(tensor), undefined, { scope });
    copies.set(tensor, copy);
    return copy;
  };
  const scope = to;
  if (!isLoop(node)) {
    const inputs = node.inputs.map(from);
    const into = node.into && from(node.into);
    to.nodes.push({ ...node, inputs, into, outputs: node.outputs.map((t) => fresh(t, scope)) });
    return copies;
  }
  const inner = (tensor: Tensor): Tensor => copies.get(tensor) ?? from(tensor);
  const body: Scope = { parent: to, nodes: [] };
  const carries = node.carries.map((c) => ({
    initial: from(c.initial),
    argument: fresh(c.argument, body),
    result: c.result,
    final: fresh(c.final, scope),
  }));
  const slices = node.slices.map((s) => ({ ...s, source: from(s.source), slice: fresh(s.slice, body) }));
  const stacks = node.stacks.map((s) => ({ ...s, stack: fresh(s.stack, scope) }));
  for (const child of node.body.nodes) {
    for (const [original, copy] of cloneNode(record, child, inner, body)) copies.set(original, copy);
  }
  for (const c of carries) c.result = inner(c.result);
  for (const s of stacks) s.item = inner(s.item);
  const { count, keeps } = node;
  to.nodes.push({ count, body, carries, slices, stacks, ...(keeps ? { keeps } : {}) });
  return copies;
}

function substitute(scope: Scope, from: (tensor: Tensor) => Tensor): void {
  for (const node of scope.nodes) {
    if (isLoop(node)) {
      for (const c of node.carries) {
        c.initial = from(c.initial);
        c.result = from(c.result);
      }
      for (const s of node.slices) s.source = from(s.source);
      for (const s of node.stacks) s.item = from(s.item);
      substitute(node.body, from);
    } else {
      node.inputs = node.inputs.map(from);
      if (node.into) node.into = from(node.into);
    }
  }
}
