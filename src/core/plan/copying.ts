/**
 * Decides which tensors share memory and records the copies that sharing needs, scope by scope from the outside in.
 */
import { nth } from "../nth.ts";
import { eachUseInside, eachUseOf, takenFrom } from "../recording/graph.ts";
import type { Recorder } from "../recording/recorder.ts";
import {
  type Call,
  type Carry,
  isLoop,
  type Loop,
  type Operation,
  type Scope,
  type Stack,
  type Tensor,
} from "../recording/tensor.ts";
import type { Storage } from "./storage.ts";

export class Copying {
  constructor(
    private readonly record: Recorder,
    private readonly copy: Operation,
    private readonly storage: Storage,
  ) {}

  resolve(scope: Scope, lasting: ReadonlySet<Tensor> = new Set()): void {
    const lastUse = lastUses(scope, lasting, this.record.kept);
    const nodes = scope.nodes;
    scope.nodes = [];
    nodes.forEach((node, index) => {
      if (isLoop(node)) this.loop(scope, node, (t) => this.dead(t, scope, lastUse, index));
      else this.call(scope, node, (t) => this.dead(t, scope, lastUse, index));
    });
  }

  /** Whether nothing reads the tensor after the node at `index`, so that its memory is free for others. */
  private dead(t: Tensor, scope: Scope, lastUse: Map<Tensor, number>, index: number): boolean {
    return t.scope === scope && this.storage.writable(t) && (lastUse.get(t) ?? -1) <= index;
  }

  private copied(scope: Scope, t: Tensor): Tensor {
    return nth(
      this.record.within(scope, () => this.record.call(this.copy, [t], [t])),
      0,
    );
  }

  private call(scope: Scope, call: Call, dead: (t: Tensor) => boolean): void {
    const output = call.outputs[0];
    const { storage } = this;
    if (output && call.into) {
      const sharedHome = !storage.free(call.into) && storage.compatible(call.into, output);
      const { into } = call;
      const overwrites = call.operation.overwrites ?? [];
      // A kernel that reads an input while it adds to the output must not find both in the same memory.
      const read = call.inputs.some((t, k) => storage.same(t, into) && !overwrites.includes(k));
      const mayOverwrite = !read && (dead(into) || (sharedHome && !storage.free(output)));
      if (!mayOverwrite || !storage.compatible(call.into, output)) call.into = this.copied(scope, call.into);
      storage.join(call.into, output);
    } else if (output) {
      for (const k of call.operation.overwrites ?? []) if (this.overwrite(call, output, k, dead)) break;
    }
    const taken = new Set<Tensor>();
    for (const [o, k] of call.operation.alsoOverwrites?.(call) ?? []) {
      const further = call.outputs[o];
      if (further && !taken.has(further) && this.overwrite(call, further, k, dead)) taken.add(further);
    }
    scope.nodes.push(call);
  }

  /** Puts an output into the memory of input `k`, if that is free by then and no other operand lies there. */
  private overwrite(call: Call, output: Tensor, k: number, dead: (t: Tensor) => boolean): boolean {
    const { storage } = this;
    const input = call.inputs[k];
    if (!input || !dead(input) || !storage.compatible(input, output)) return false;
    if (call.inputs.some((t, other) => other !== k && storage.same(t, input))) return false;
    if (call.outputs.some((t) => t !== output && storage.same(t, input))) return false;
    storage.join(input, output);
    return true;
  }

  private loop(scope: Scope, loop: Loop, dead: (t: Tensor) => boolean): void {
    const { storage } = this;
    const { body } = loop;
    // What is still read after the first calls of an iteration.
    const inside = new Set(loop.slices.map(({ source }) => source));
    eachUseInside(loop, (t) => inside.add(t));
    for (const s of loop.slices) storage.place(s.slice, s.source, s.first, loop, s.step);
    const started = new Set<Tensor>();
    for (const s of loop.stacks) {
      if (!s.before || !s.initial) continue;
      if (!started.has(s.stack)) {
        const { initial } = s;
        const alone = loop.carries.every((c) => c.initial !== initial) && sameInitial(loop, s.stack, initial);
        const takes = dead(initial) && alone && !inside.has(initial) && storage.compatible(s.stack, initial);
        storage.join(s.stack, takes ? initial : this.copied(scope, initial));
        started.add(s.stack);
      }
      storage.place(s.before, s.stack, s.first, loop, s.step, true);
    }

    const isArgument = (t: Tensor) => loop.carries.some((c) => c.argument === t);
    const own = (t: Tensor) => !isArgument(t) && storage.scopeOf(t) === body && storage.free(t);

    // Carries whose values are saved live in the slots of a series y_0 … y_N: before iteration i in slot i, after it in
    // slot i + 1. A saved stack is a window of it.
    const slotted = new Map<Tensor, Tensor>();
    const inSeries = new Set<Stack>();
    for (const { argument, result } of loop.carries) {
      const plain = (item: Tensor) => loop.stacks.find((s) => s.item === item && isPlain(s) && storage.free(s.stack));
      const before = plain(argument);
      const after = own(result) ? plain(result) : undefined;
      if (!before && !after) continue;
      const { count } = argument;
      const series = this.record.tensor({ ...argument, count: count * (loop.count + 1) }, undefined, { scope });
      slotted.set(argument, series);
      storage.place(argument, series, 0, loop, count);
      for (const [s, first] of [
        [before, 0],
        [after, count],
      ] as const) {
        if (!s) continue;
        storage.place(s.stack, series, first);
        inSeries.add(s);
      }
    }
    /** Copies made at the end of the body: from a tensor into a place. */
    const moves: { from: Tensor; place: (copy: Tensor) => void }[] = [];

    for (const s of loop.stacks) {
      if (inSeries.has(s)) continue;
      const place = (t: Tensor) => storage.place(t, s.stack, s.first, loop, s.step);
      if (s.before) continue;
      if (own(s.item)) place(s.item);
      else moves.push({ from: s.item, place });
    }
    const copies: Call[] = [];
    for (const c of [...loop.carries]) {
      const stack = slotted.get(c.argument);
      const { count } = c.argument;
      if (stack) {
        const next = (t: Tensor) => storage.place(t, stack, count, loop, count);
        if (own(c.result)) next(c.result);
        else moves.push({ from: c.result, place: next });
        const takes = storage.scopeOf(c.initial) === scope && storage.free(c.initial);
        const first = takes ? c.initial : this.copied(scope, c.initial);
        storage.place(first, stack, 0);
        storage.place(this.finalOf(scope, loop, c, copies), stack, count * loop.count);
      } else {
        const others = [...loop.carries.filter((o) => o !== c), ...loop.stacks];
        const alone = others.every((o) => o.initial !== c.initial);
        const fits = storage.compatible(c.initial, c.argument) && storage.compatible(c.initial, c.final);
        const takes = dead(c.initial) && alone && !inside.has(c.initial) && fits;
        const initial = takes ? c.initial : this.copied(scope, c.initial);
        storage.join(initial, c.argument);
        storage.join(initial, c.final);
      }
    }

    const lasting = new Set(takenFrom(loop));
    this.resolve(body, lasting);

    for (const s of loop.stacks) {
      // The item has been added into `before` and lies in its slot, unless it was made some other way.
      if (!s.before || storage.same(s.before, s.item)) continue;
      moves.push({ from: s.item, place: (t) => storage.place(t, s.stack, s.first, loop, s.step) });
    }
    const uses = lastUses(body, new Set(), new Set());
    for (const c of loop.carries) {
      if (slotted.has(c.argument) || storage.same(c.argument, c.result)) continue;
      // The result may be written into the argument's memory if the argument is not read after that.
      const written = firstWrite(body, c.result, storage);
      const holdsAnother = [...lasting].some((t) => t !== c.result && storage.same(t, c.argument));
      const argumentDead = lastTouch(body, c.argument, uses, storage) < written && !holdsAnother;
      if (own(c.result) && argumentDead && storage.compatible(c.argument, c.result)) storage.join(c.argument, c.result);
      else moves.push({ from: c.result, place: (t) => storage.join(c.argument, t) });
    }
    this.move(body, loop, moves);
    scope.nodes.push(loop, ...copies);
  }

  /** A carry's final value as it leaves the loop: one that has its place already is copied there after the loop. */
  private finalOf(scope: Scope, loop: Loop, carry: Carry, copies: Call[]): Tensor {
    if (this.storage.free(carry.final)) return carry.final;
    const final = this.record.within(scope, () => this.record.tensor(carry.final));
    loop.carries[loop.carries.indexOf(carry)] = { ...carry, final };
    copies.push({ operation: this.copy, inputs: [final], outputs: [carry.final], into: undefined, attributes: {} });
    return final;
  }

  /** Parallel moves at the end of a body: what a move would destroy for a later one is copied aside first. */
  private move(body: Scope, loop: Loop, moves: { from: Tensor; place: (copy: Tensor) => void }[]): void {
    const { storage } = this;
    const endangered = (t: Tensor) => moves.length > 1 && loop.carries.some((c) => storage.same(c.argument, t));
    const safe = moves.map((m) => (endangered(m.from) ? { ...m, from: this.copied(body, m.from) } : m));
    for (const { from, place } of safe) place(this.copied(body, from));
  }
}

/** Whether slot i of the stack is the item of iteration i. */
function isPlain({ item, first, step, before }: Stack): boolean {
  return first === 0 && step === item.count && !before;
}

/** Whether a tensor starts this stack of a loop and no other. */
function sameInitial(loop: Loop, stack: Tensor, initial: Tensor): boolean {
  return loop.stacks.every((s) => s.initial !== initial || s.stack === stack);
}

/** Index of the node that reads each of a scope's own tensors last; infinity for what outlives the scope. */
function lastUses(scope: Scope, lasting: ReadonlySet<Tensor>, kept: ReadonlySet<Tensor>): Map<Tensor, number> {
  const last = new Map<Tensor, number>();
  scope.nodes.forEach((node, index) => {
    eachUseOf(node, scope, (t) => last.set(t, index));
  });
  for (const t of lasting) last.set(t, Number.POSITIVE_INFINITY);
  for (const t of kept) last.set(t, Number.POSITIVE_INFINITY);
  return last;
}

/** Index of the first node of a body that writes the memory of `t`. */
function firstWrite(body: Scope, t: Tensor, storage: Storage): number {
  return body.nodes.findIndex((node) =>
    isLoop(node) ? node.carries.some((c) => storage.same(c.final, t)) : node.outputs.some((o) => storage.same(o, t)),
  );
}

/** Index of the last node of a body that reads or writes the memory of `t`. */
function lastTouch(body: Scope, t: Tensor, uses: Map<Tensor, number>, storage: Storage): number {
  let last = -1;
  for (const [used, index] of uses) if (storage.same(used, t)) last = Math.max(last, index);
  body.nodes.forEach((node, index) => {
    if (!isLoop(node) && node.outputs.some((o) => storage.same(o, t))) last = Math.max(last, index);
  });
  return last;
}
