/** Recordings of a network: where its parameters, state and constants lie, which steps its layers take, what the layers are asked. */
import type { Memory } from "../core/host/memory.ts";
import { Recorder } from "../core/recording/recorder.ts";
import { paddedColumns, type Tensor } from "../core/recording/tensor.ts";
import type { ConstantSpec, LayerContext } from "../layers/parameters.ts";
import type { Vectors } from "./vectors.ts";

/** Times by layer name, in the order of recording. */
export type Grids = ReadonlyMap<string, readonly number[]>;

export type Statistics = LayerContext["statistics"];

/** What a recording asks of the layers besides their results. */
export type LayerHooks = Partial<
  Pick<LayerContext, "trajectory" | "reversal" | "grid" | "plain" | "inspect" | "probe" | "statistics" | "training">
> & {
  /** Another place of a parameter than θ. */
  parameter?: (name: string) => Tensor;
};

/** What a recording was made with. */
export interface Made {
  /** The times of the layers that choose their own steps; where a batch needs others, it is compiled again. */
  readonly grids: Grids;
  /** Whose statistics its layers take. */
  readonly statistics: Statistics;
}

interface Constant {
  readonly address: number;
  readonly rows: number;
  readonly columns: number;
}

export class LayerRecorder {
  private readonly constants = new Map<string, Constant>();
  /** The steps last chosen. */
  private chosen: Grids = new Map();
  private readonly made = new WeakMap<Recorder, Made>();

  constructor(
    memory: Memory,
    private readonly vectors: Vectors,
    constants: readonly ConstantSpec[],
  ) {
    const { precision, numberBytes } = vectors;
    for (const { name, rows = 1, values } of constants) {
      const columns = values.length / rows;
      const stride = paddedColumns(columns, precision);
      const address = memory.allocate(rows * stride * numberBytes, name);
      this.constants.set(name, { address, rows, columns });
      const view = memory.view(precision, address, rows * stride).fill(0);
      for (let r = 0; r < rows; r++) view.set(values.slice(r * columns, (r + 1) * columns), r * stride);
    }
  }

  /** A fresh recording and the context that layers record with. */
  begin(hooks: LayerHooks = {}): { record: Recorder; context: LayerContext } {
    const record = new Recorder(this.vectors.precision);
    const grids = new Map<string, readonly number[]>();
    this.made.set(record, { grids, statistics: hooks.statistics ?? "running" });
    const known = new Map<string, Tensor>();
    const once = (key: string, make: () => Tensor): Tensor => {
      const tensor = known.get(key) ?? make();
      known.set(key, tensor);
      return tensor;
    };
    const context: LayerContext = {
      record,
      parameter: (name) => once(name, () => this.parameter(record, name, this.vectors.theta)),
      state: (name) => once(name, () => this.state(record, name)),
      statistics: "running",
      constant: (name) => once(`constant ${name}`, () => this.constant(record, name)),
      grid: ({ name, finalTime }) => {
        const times = this.chosen.get(name) ?? [0, finalTime];
        grids.set(name, times);
        return times;
      },
      ...hooks,
    };
    return { record, context };
  }

  /** What a recording of `begin` was made with. */
  madeWith(record: Recorder): Made {
    return this.made.get(record) ?? { grids: new Map(), statistics: "running" };
  }

  /** From now on layers take these steps. */
  choose(grids: Grids): void {
    this.chosen = new Map([...this.chosen, ...grids]);
  }

  private constant(record: Recorder, name: string): Tensor {
    const found = this.constants.get(name);
    if (!found) throw new Error(`constant ${name} is unknown`);
    return record.shared(name, found, found.address);
  }

  /** The tensor of a parameter in any θ-long vector. */
  parameter(record: Recorder, name: string, vector: number, prefix = ""): Tensor {
    const { offset, count, rows, columns } = this.vectors.table.find(name);
    return record.shared(prefix + name, { rows, columns, count }, vector + offset * this.vectors.numberBytes);
  }

  /** The tensor of a layer's state; of a stack, all of its matrices, or `count` from `first` on. */
  state(record: Recorder, name: string, first = 0, count?: number): Tensor {
    const { stateTable, state, precision, numberBytes } = this.vectors;
    const { offset, count: all, rows, columns } = stateTable.find(name);
    const start = offset + first * rows * paddedColumns(columns, precision);
    return record.shared(name, { rows, columns, count: count ?? all }, state + start * numberBytes);
  }

  /** All state as one tensor. */
  wholeState(record: Recorder): Tensor {
    return record.shared("state", { rows: 1, columns: this.vectors.stateTable.coreLength }, this.vectors.state);
  }

  /** A whole θ-long vector as one tensor. */
  vector(record: Recorder, name: string, address: number): Tensor {
    return record.shared(name, { rows: 1, columns: this.vectors.table.coreLength }, address);
  }

  /** One f64 of the shared block. */
  scalar(record: Recorder, name: string, address: number): Tensor {
    return record.shared(name, { rows: 1, columns: 1, scalar: true }, address);
  }
}
