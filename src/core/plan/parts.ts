/**
 * What each thread of a team computes, where all of them replay one recording, each on its own rows of the batch.
 *
 * Every tensor is one of three: the same for all threads (parameters, and what follows from them alone), rows of examples, or
 * thread 0's alone: sums over examples, what depends on them, and everything at a fixed place of the shared block. A
 * recording in which a row depends on thread 0's numbers, or on other rows, has no such parts.
 */
import { nth } from "../nth.ts";
import { eachUse, readBy } from "../recording/graph.ts";
import type { Recorder } from "../recording/recorder.ts";
import type { Shards } from "../recording/shards.ts";
import { type Call, isLoop, type Loop, type Node, type Scope, type Tensor } from "../recording/tensor.ts";

enum Kind {
  Same = 0,
  Rows = 1,
  First = 2,
}

export interface Parts {
  /** Sums over examples: every thread computes its part. */
  readonly sums: ReadonlySet<Call>;
  /** Calls that only thread 0 runs. */
  readonly first: ReadonlySet<Call>;
  /** Nodes of the recording's outermost scope up to the last that any other thread takes part in. */
  readonly shared: number;
}

class Indivisible extends Error {}

/** The parts of a recording, or undefined where it has none. `fixed`: whether a tensor lies in the shared block. */
export function partsOf(
  record: Recorder,
  fixed: (t: Tensor) => boolean = (t) => record.homes.has(t),
): Parts | undefined {
  try {
    return new Sorting(record, fixed).parts();
  } catch (error) {
    if (error instanceof Indivisible) return undefined;
    throw error;
  }
}

/** Tells the sums of a recording that its rows are a thread's part of a batch. */
export function setShards(parts: Parts, shards: Shards): void {
  for (const call of parts.sums) call.shards = shards;
}

class Sorting {
  private readonly kinds = new Map<Tensor, Kind>();
  private readonly sums = new Set<Call>();
  private changed = false;
  private rowsKnown = false;

  constructor(
    private readonly record: Recorder,
    private readonly fixed: (t: Tensor) => boolean,
  ) {
    for (const t of record.inputs) this.kinds.set(t, Kind.Rows);
  }

  parts(): Parts {
    this.settle();
    // Only now: a row that a loop brings back from its last iteration looks the same for all threads until it has been met.
    this.rowsKnown = true;
    this.settle();
    this.checkRead();
    const { nodes } = this.record.root;
    let shared = nodes.length;
    while (shared > 0 && !this.concernsAll(nth(nodes, shared - 1))) shared--;
    const first = new Set<Call>();
    this.collect(nodes.slice(0, shared), first, (call) => this.isFirst(call));
    // What follows may read the gradient where it lies, as one vector.
    this.collect(nodes.slice(shared), first, () => true);
    return { sums: this.sums, first, shared };
  }

  /** Loops pass kinds on from one iteration to the next, so that the last one may decide. */
  private settle(): void {
    do {
      this.changed = false;
      this.scope(this.record.root);
    } while (this.changed);
  }

  private kind(t: Tensor): Kind {
    return this.kinds.get(t) ?? Kind.Same;
  }

  private set(t: Tensor, kind: Kind): void {
    const old = this.kind(t);
    if (old === kind || kind === Kind.Same) return;
    if (old !== Kind.Same) throw new Indivisible();
    this.kinds.set(t, kind);
    this.changed = true;
  }

  /** All of these tensors are of one kind. */
  private unite(...tensors: readonly Tensor[]): void {
    const kind = tensors.reduce((most, t) => Math.max(most, this.kind(t)), Kind.Same);
    for (const t of tensors) this.set(t, kind);
  }

  private scope(scope: Scope): void {
    for (const node of scope.nodes) {
      if (isLoop(node)) this.loop(node);
      else this.call(node);
    }
  }

  private loop(loop: Loop): void {
    for (const c of loop.carries) {
      // The first value may be the same for all, as zeros are.
      this.set(c.argument, this.kind(c.initial));
      this.unite(c.argument, c.result, c.final);
    }
    for (const s of loop.slices) this.set(s.slice, this.kind(s.source));
    for (const s of loop.stacks) {
      this.set(s.stack, this.kind(s.item));
      if (s.before) this.set(s.before, this.kind(s.stack));
      if (s.before && s.initial) this.set(s.before, this.kind(s.initial));
    }
    this.scope(loop.body);
  }

  private call(call: Call): void {
    const { operation, outputs } = call;
    const reads = readBy(call);
    const rows = reads.some((t) => this.kind(t) === Kind.Rows);
    const first = operation.once === true || reads.some((t) => this.kind(t) === Kind.First);
    if (rows) {
      if (call.inputs.some((t, i) => this.kind(t) === Kind.Rows && !mayHoldExamples(call, i))) throw new Indivisible();
      const { sums = false } = operation;
      const summed = typeof sums === "function" ? sums(call) : sums;
      if (summed) this.sums.add(call);
      const given = call.inputs.some((t) => this.kind(t) === Kind.First);
      if (given || (first && !summed)) throw new Indivisible();
      outputs.forEach((t, k) => {
        const own = summed && k === 0;
        if (!own && this.fixed(t)) throw new Indivisible();
        this.set(t, own ? Kind.First : Kind.Rows);
      });
      return;
    }
    if (!this.rowsKnown) return;
    for (const t of outputs) if (first || this.fixed(t)) this.set(t, Kind.First);
  }

  private isFirst({ outputs }: Call): boolean {
    return outputs.length === 0 || outputs.some((t) => this.kind(t) === Kind.First);
  }

  private collect(nodes: readonly Node[], into: Set<Call>, which: (call: Call) => boolean): void {
    for (const node of nodes) {
      if (isLoop(node)) this.collect(node.body.nodes, into, which);
      else if (!this.sums.has(node) && which(node)) into.add(node);
    }
  }

  /** Thread 0 may add a sum later than the plan says, until it is read: memory of one that never is may have other uses. */
  private checkRead(): void {
    const { record } = this;
    const read = new Set<Tensor>([...record.kept, ...record.homes.keys()]);
    eachUse(record.root, (t, use) => {
      if (use !== "source" && use !== "start") read.add(t);
    });
    for (const { outputs } of this.sums) if (!read.has(nth(outputs, 0))) throw new Indivisible();
  }

  private concernsAll(node: Node): boolean {
    if (isLoop(node)) return node.body.nodes.some((inner) => this.concernsAll(inner));
    return this.sums.has(node) || node.outputs.some((t) => this.kind(t) === Kind.Rows);
  }
}

function mayHoldExamples(call: Call, input: number): boolean {
  const { examples } = call.operation;
  if (examples === "all") return true;
  const list = typeof examples === "function" ? examples(call) : examples;
  return list?.includes(input) ?? false;
}
