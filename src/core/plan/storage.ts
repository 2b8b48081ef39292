/**
 * Where every tensor of a recording lies.
 *
 * First, tensors that can share memory are joined: an output with the input that it may overwrite, a loop's carried tensor
 * over all iterations, an item with its slot of a stack. Where a shared place would destroy numbers that are still needed,
 * a copy is recorded. Then every group gets an interval of the program in which it is alive, and groups whose intervals
 * do not meet get the same bytes.
 */

import { nth } from "../nth.ts";
import { depthOf, isInside } from "../recording/graph.ts";
import type { Recorder } from "../recording/recorder.ts";
import {
  type Call,
  type Encoding,
  isLoop,
  type Loop,
  numberBytes,
  type Operation,
  type Precision,
  paddedColumns,
  type Scope,
  type Tensor,
} from "../recording/tensor.ts";
import { Copying } from "./copying.ts";

/** A place inside another tensor: byte offset + iteration of `loop` · stride. */
interface View {
  readonly of: Tensor;
  readonly loop: Loop | undefined;
  readonly offset: number;
  readonly stride: number;
  readonly writable: boolean;
}

/** Tensors in the same memory. */
interface Group {
  parent: Group | undefined;
  scope: Scope;
  bytes: number;
  home: number | undefined;
  view: View | undefined;
  external: boolean;
  start: number;
  end: number;
  offset: number;
}

/** An address relative to the shared or the private base; `strides` by loop, outermost first, in bytes. */
export interface Address {
  readonly shared: boolean;
  readonly offset: number;
  readonly strides: readonly number[];
}

/** Bytes of one tensor. */
export function tensorBytes(t: Tensor, precision: Precision): number {
  if (t.scalar) return 16 * t.count;
  return t.count * t.rows * paddedColumns(t.columns, precision) * numberBytes(precision);
}

export class Storage {
  /** Bytes of the private block. */
  readonly privateBytes: number;
  private readonly groups = new Map<Tensor, Group>();
  private readonly scratch = new Map<Call, Group>();
  private readonly encodings = new Map<Call, Encoding>();
  private readonly precision: Precision;

  constructor(
    private readonly record: Recorder,
    copy: Operation,
  ) {
    this.precision = record.precision;
    for (const [t, home] of record.homes) this.group(t).home = home;
    new Copying(record, copy, this).resolve(record.root);
    this.privateBytes = this.allocate();
  }

  // --- joining ------------------------------------------------------------------------------------------------------

  private group(t: Tensor): Group {
    let g = this.groups.get(t);
    if (!g) {
      g = {
        parent: undefined,
        scope: t.scope,
        bytes: tensorBytes(t, this.precision),
        home: t.home,
        view: undefined,
        external: t.external ?? false,
        start: Number.POSITIVE_INFINITY,
        end: -1,
        offset: 0,
      };
      this.groups.set(t, g);
    }
    if (!g.parent) return g;
    while (g.parent) g = g.parent;
    this.groups.set(t, g); // the next look-up is short
    return g;
  }

  same(a: Tensor, b: Tensor): boolean {
    return this.group(a) === this.group(b);
  }

  /** Neither at a fixed place nor inside another tensor. */
  free(t: Tensor): boolean {
    const g = this.group(t);
    return g.home === undefined && !g.view;
  }

  /** Whether a call may overwrite this tensor's memory, as far as its kind goes: slots of a stack outlive their tensor. */
  writable(t: Tensor): boolean {
    const g = this.group(t);
    return g.home === undefined && !g.external && (!g.view || g.view.writable);
  }

  /** The outermost scope of all tensors that share this memory. */
  scopeOf(t: Tensor): Scope {
    return this.group(t).scope;
  }

  compatible(a: Tensor, b: Tensor): boolean {
    const g = this.group(a);
    const h = this.group(b);
    if (g === h) return true;
    if (g.bytes !== h.bytes) return false;
    if ((g.home !== undefined || g.view) && (h.home !== undefined || h.view)) {
      return g.home !== undefined && g.home === h.home;
    }
    // A slot of a stack is a tensor's own for one iteration only: what outlives that, as a carry does, must stay outside.
    if (g.view) return isInside(h.scope, this.scopeOfPlace(g.view));
    if (h.view) return isInside(g.scope, this.scopeOfPlace(h.view));
    return true;
  }

  private scopeOfPlace({ of, loop }: View): Scope {
    return loop ? loop.body : this.scopeOf(of);
  }

  /** Puts two compatible tensors into the same memory. */
  join(a: Tensor, b: Tensor): void {
    const g = this.group(a);
    const h = this.group(b);
    if (g === h) return;
    h.parent = g;
    g.home ??= h.home;
    g.view ??= h.view;
    g.external ||= h.external;
    if (depthOf(h.scope) < depthOf(g.scope)) g.scope = h.scope;
  }

  /** Puts a free tensor at slot `first + step · iteration` of a stack, counted in matrices. */
  place(t: Tensor, of: Tensor, first: number, loop?: Loop, step = 0, writable = false): void {
    const unit = this.bytes(t) / t.count;
    this.group(t).view = { of, loop, offset: first * unit, stride: step * unit, writable };
  }

  bytes(t: Tensor): number {
    return tensorBytes(t, this.precision);
  }

  // --- lifetimes and bytes ------------------------------------------------------------------------------------------

  private allocate(): number {
    let clock = 0;
    const bounds = new Map<Scope, { start: number; end: number }>();
    const touched: { group: Group; at: number; scope: Scope }[] = [];
    const touch = (t: Tensor, scope: Scope) => touched.push({ group: this.rootOf(t), at: clock, scope });
    const visit = (scope: Scope): void => {
      const start = clock++;
      for (const node of scope.nodes) {
        if (isLoop(node)) {
          visitLoop(node, scope);
        } else {
          for (const t of node.inputs) touch(t, scope);
          for (const t of node.outputs) touch(t, scope);
          if (node.into) touch(node.into, scope);
          const encoding = node.operation.encode(node, this.precision);
          this.encodings.set(node, encoding);
          const { scratch: bytes = 0 } = encoding;
          if (bytes > 0) this.scratch.set(node, privateGroup(scope, bytes, clock));
          clock++;
        }
      }
      bounds.set(scope, { start, end: clock++ });
    };
    const visitLoop = (loop: Loop, scope: Scope): void => {
      for (const c of loop.carries) touch(c.initial, scope);
      for (const s of loop.stacks) touch(s.stack, scope);
      visit(loop.body);
      for (const c of loop.carries) touch(c.final, scope);
    };
    visit(this.record.root);

    const alive = new Set<Group>(this.scratch.values());
    const extend = (group: Group, start: number, end: number): void => {
      group.start = Math.min(group.start, start);
      group.end = Math.max(group.end, end);
      alive.add(group);
    };
    for (const { group, at, scope } of touched) {
      if (group.home !== undefined) continue;
      // From the group's own scope, a touch inside loops lasts as long as the outermost of these loops.
      let s: Scope = scope;
      let span: { start: number; end: number } = { start: at, end: at };
      while (s !== group.scope && s.parent) {
        span = bounds.get(s) ?? span;
        s = s.parent;
      }
      extend(group, span.start, span.end);
    }
    for (const t of this.record.inputs) extend(this.rootOf(t), 0, 0);
    for (const t of this.record.kept) if (this.rootOf(t).home === undefined) extend(this.rootOf(t), clock, clock);
    return layOut([...alive].filter((g) => g.home === undefined));
  }

  /** The group whose bytes a tensor lies in, through any number of views. */
  private rootOf(t: Tensor): Group {
    let g = this.group(t);
    while (g.view) g = this.group(g.view.of);
    return g;
  }

  /** The address of a tensor for a call inside `loops`. */
  address(t: Tensor, loops: readonly Loop[]): Address {
    const strides = loops.map(() => 0);
    let offset = 0;
    let g = this.group(t);
    while (g.view) {
      offset += g.view.offset;
      const level = g.view.loop ? loops.indexOf(g.view.loop) : -1;
      if (g.view.loop && level < 0 && g.view.stride !== 0) throw new Error(`${t.name} is read outside its loop`);
      if (level >= 0) strides[level] = (strides[level] ?? 0) + g.view.stride;
      g = this.group(g.view.of);
    }
    return g.home !== undefined
      ? { shared: true, offset: g.home + offset, strides }
      : { shared: false, offset: g.offset + offset, strides };
  }

  /** Whether a tensor lies in the shared block. */
  shared(t: Tensor): boolean {
    return this.rootOf(t).home !== undefined;
  }

  /** The record of a call, in tensors. */
  encoding(call: Call): Encoding {
    const encoding = this.encodings.get(call);
    if (!encoding) throw new Error(`${call.operation.name}: it was not there when memory was laid out`);
    return encoding;
  }

  scratchAddress(call: Call): Address | undefined {
    const g = this.scratch.get(call);
    return g && { shared: false, offset: g.offset, strides: [] };
  }
}

function privateGroup(scope: Scope, bytes: number, at: number): Group {
  const none = undefined;
  return { parent: none, scope, bytes, home: none, view: none, external: false, start: at, end: at, offset: 0 };
}

/** First fit, the longest-lived first: each group at the lowest offset free during its whole life. Returns the total. */
function layOut(groups: Group[]): number {
  // In the order of their offsets, so that one pass over them finds the first gap.
  const placed: Group[] = [];
  let total = 0;
  groups.sort((a, b) => b.bytes - a.bytes || a.start - b.start);
  for (const g of groups) {
    const { start, end, bytes } = g;
    let offset = 0;
    for (const p of placed) {
      if (p.start > end || start > p.end) continue;
      if (offset + bytes <= p.offset) break;
      offset = Math.max(offset, p.offset + p.bytes);
    }
    g.offset = offset;
    placed.splice(placeOf(placed, offset), 0, g);
    total = Math.max(total, offset + Math.ceil(bytes / 16) * 16);
  }
  return total;
}

/** How many groups lie at or below an offset. */
function placeOf(placed: readonly Group[], offset: number): number {
  let low = 0;
  let high = placed.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (nth(placed, middle).offset <= offset) low = middle + 1;
    else high = middle;
  }
  return low;
}
