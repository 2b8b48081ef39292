import type {
  Attributes,
  Call,
  CallRecorder,
  Carry,
  Loop,
  Operation,
  Precision,
  Scope,
  Shape,
  ShapesOf,
  Tensor,
  Tensors,
} from "./tensor.ts";

/** A stacked tensor read at `first + step · i` in iteration i of a loop. */
export interface SliceSource {
  readonly source: Tensor;
  readonly first?: number;
  readonly step?: number;
  /** Matrices in one slot of the stack: 1 unless the stacked item is a stack itself. */
  readonly count?: number;
}

/** Records kernel calls and loops of them. Nothing is computed; `compile` (core/plan/plan.ts) makes the recording a plan. */
export class Recorder implements CallRecorder {
  readonly root: Scope = { parent: undefined, nodes: [] };
  /** Tensors that the host reads after a run: their memory is kept to the end. */
  readonly kept = new Set<Tensor>();
  readonly inputs: Tensor[] = [];
  /** Results that go to a fixed place of the shared block, by byte offset. */
  readonly homes = new Map<Tensor, number>();
  private scope: Scope = this.root;
  private made = 0;

  constructor(readonly precision: Precision) {}

  /** Where calls are recorded at the moment. */
  get current(): Scope {
    return this.scope;
  }

  tensor(shape: Shape, name?: string, extra: { home?: number; external?: boolean; scope?: Scope } = {}): Tensor {
    const id = this.made++;
    const { rows, columns, count = 1, scalar = false } = shape;
    return { id, name: name ?? `%${id}`, rows, columns, count, scalar, scope: this.scope, ...extra };
  }

  /** A tensor at a fixed place of the shared block. */
  shared(name: string, shape: Shape, offset: number): Tensor {
    return this.tensor(shape, name, { home: offset, scope: this.root });
  }

  /** A tensor that the host fills before every run, or a stack of `count` of them. */
  input(name: string, rows: number, columns: number, count = 1): Tensor {
    const tensor = this.tensor({ rows, columns, count }, name, { external: true, scope: this.root });
    this.inputs.push(tensor);
    return tensor;
  }

  /** Keeps a tensor for the host to read. */
  keep(tensor: Tensor): Tensor {
    this.kept.add(tensor);
    return tensor;
  }

  call<Inputs extends Tensors, Outputs extends Tensors, Numbers extends Attributes>(
    operation: Operation<Inputs, Outputs, Numbers>,
    inputs: Inputs,
    outputs: ShapesOf<Outputs>,
    ...[attributes = {}, into]: readonly [attributes?: Attributes, into?: Tensor | undefined]
  ): Outputs {
    const made: Tensors = outputs.map((shape) => this.tensor(shape));
    const call = { operation, inputs, outputs: made, into, attributes };
    // One tensor for each shape, so that they are the tuple that the operation names.
    this.scope.nodes.push(call as unknown as Call);
    return made as Outputs;
  }

  /**
   * Records `count` repetitions of `body`, which maps the carried tensors to those of the next iteration; `at` gives it
   * the slices it asks for. Returns the loop; its `carries[k].final` are the results.
   */
  loop(
    count: number,
    carried: readonly Tensor[],
    body: (carried: Tensor[], at: (source: SliceSource) => Tensor) => readonly Tensor[],
  ): Loop {
    const scope: Scope = { parent: this.scope, nodes: [] };
    const loop: Loop = { count, body: scope, carries: [], slices: [], stacks: [] };
    const { args, results } = this.within(scope, () => {
      const args = carried.map((t) => this.tensor(shapeOf(t)));
      return { args, results: body(args, (source) => this.slice(loop, source)) };
    });
    carried.forEach((initial, k) => {
      const result = results[k];
      const argument = args[k];
      if (!result || !argument) throw new Error("loop: a body returns as many tensors as it carries");
      loop.carries.push({ initial, argument, result, final: this.tensor(shapeOf(initial)) });
    });
    this.scope.nodes.push(loop);
    return loop;
  }

  /** The slice of a loop for this source and place, added when first asked for. */
  slice(loop: Loop, { source, first = 0, step = 1, count = 1 }: SliceSource): Tensor {
    const found = loop.slices.find(
      (s) => s.source === source && s.first === first && s.step === step && s.slice.count === count,
    );
    if (found) return found.slice;
    const { rows, columns, scalar } = source;
    const name = `${source.name}[${indexText(first, step)}]`;
    const slice = this.tensor({ rows, columns, scalar, count }, name, { scope: loop.body });
    loop.slices.push({ source, first, step, slice });
    return slice;
  }

  /** The stack of a body tensor over all iterations, made when first asked for. */
  save(loop: Loop, item: Tensor): Tensor {
    const found = loop.stacks.find((s) => s.item === item && s.first === 0 && s.step === item.count && !s.before);
    if (found) return found.stack;
    const { rows, columns, scalar } = item;
    const extra = { scope: loop.body.parent ?? this.root };
    const stack = this.tensor({ rows, columns, scalar, count: loop.count * item.count }, `all ${item.name}`, extra);
    loop.stacks.push({ item, first: 0, step: item.count, stack });
    return stack;
  }

  /** Runs `record` with calls going to `scope`. */
  within<R>(scope: Scope, record: () => R): R {
    const outer = this.scope;
    this.scope = scope;
    try {
      return record();
    } finally {
      this.scope = outer;
    }
  }

  /** Appends a finished loop. */
  append(loop: Loop): void {
    this.scope.nodes.push(loop);
  }

  /** Adds a carry to a loop under construction; `result` is set when the body is complete. */
  carry(loop: Loop, initial: Tensor): Carry {
    const shape = shapeOf(initial);
    const argument = this.tensor(shape, undefined, { scope: loop.body });
    const final = this.tensor(shape, undefined, { scope: loop.body.parent ?? this.root });
    const carry: Carry = { initial, argument, result: argument, final };
    loop.carries.push(carry);
    return carry;
  }
}

export function shapeOf({ rows, columns, count, scalar }: Tensor): Shape {
  return { rows, columns, count, scalar };
}

function indexText(first: number, step: number): string {
  const index = step === 1 ? "i" : step === -1 ? "-i" : `${step}i`;
  if (first === 0) return index;
  return step < 0 ? `${first}${index}` : `${index}+${first}`;
}
