import type { FieldKind } from "../core/recording/field.ts";
import type { Recorder } from "../core/recording/recorder.ts";
import type { Tensor } from "../core/recording/tensor.ts";
import type { Integrator, StepContext } from "../integrators/integrator.ts";
import type { Embedded } from "../integrators/stepControl.ts";

/** How a parameter's first values are drawn: He (N(0, 2/fanIn)), Glorot (uniform in ±√(6/(fanIn + fanOut))) or 0. */
export type Initialization = "he" | "glorot" | "zero";

export const initializations: readonly Initialization[] = ["he", "glorot", "zero"];

/**
 * One parameter as the contract shows it and as the core keeps it: `shape` is row-major at the API; in the core it is
 * `count` matrices of `rows × columns`, and `axes` says on which of them (count, row, column) each API axis runs.
 */
export interface ParameterSpec {
  readonly name: string;
  readonly shape: readonly number[];
  readonly count: number;
  readonly rows: number;
  readonly columns: number;
  readonly axes: readonly ("count" | "row" | "column")[];
  /** Where an API axis runs on several of them, or with a step: the finer axes, whose row-major order is the API's. */
  readonly fine?: readonly FineAxis[];
  readonly initialization: Initialization | "one";
  readonly fanIn: number;
  readonly fanOut: number;
  /** How its sets stand in time, for an ode layer's. */
  readonly time?: TimeAxis;
  /** Smaller numbers are refused. */
  readonly least?: number;
}

/** The sets of an ode layer's parameter in time. */
export interface TimeAxis {
  /** Whether the dynamics leaves the spectrum to the weights. */
  readonly free: boolean;
  /** Time from one set to the next. */
  readonly spacing: number;
  /** Share of time that one set stands for in a Riemann sum. */
  readonly share: number;
  /** One set for all times, without an axis. */
  readonly constant: boolean;
}

/** `length` indices, each `step` matrices, rows or columns further. */
export interface FineAxis {
  readonly length: number;
  readonly on: "count" | "row" | "column";
  readonly step: number;
}

/**
 * K: [filters, channels / groups, size, size] at the API; in the core, group after group, the rows (window row, window column,
 * channel) of one group and its filters as columns. `steps` of them over time.
 */
export function kernelParameter(
  name: string,
  { filters, channels, size, groups }: { filters: number; channels: number; size: number; groups: number },
  initialization: Initialization,
  steps?: number,
): ParameterSpec {
  const depth = channels / groups;
  const rows = size * size * depth;
  const fine: FineAxis[] = [
    { length: groups, on: "row", step: rows },
    { length: filters / groups, on: "column", step: 1 },
    { length: depth, on: "row", step: 1 },
    { length: size, on: "row", step: size * depth },
    { length: size, on: "row", step: depth },
  ];
  if (steps !== undefined) fine.unshift({ length: steps, on: "count", step: 1 });
  return {
    name,
    shape: [...(steps === undefined ? [] : [steps]), filters, depth, size, size],
    count: steps ?? 1,
    rows: groups * rows,
    columns: filters / groups,
    axes: [...(steps === undefined ? [] : (["count"] as const)), "column", "row", "row", "row"],
    fine,
    initialization,
    fanIn: rows,
    fanOut: size * size * filters,
  };
}

/** Fixed rows of numbers that a layer needs, such as means and deviations. */
export interface ConstantSpec {
  readonly name: string;
  /** Default 1. */
  readonly rows?: number;
  readonly values: readonly number[];
}

/** K: rows × columns at the API (K[r · columns + c]), in × out in the core; `steps` of them over time. */
export function matrixParameter(
  name: string,
  rows: number,
  columns: number,
  initialization: Initialization,
  steps?: number,
): ParameterSpec {
  return {
    name,
    shape: steps === undefined ? [rows, columns] : [steps, rows, columns],
    count: steps ?? 1,
    rows: columns,
    columns: rows,
    axes: steps === undefined ? ["column", "row"] : ["count", "column", "row"],
    initialization,
    fanIn: columns,
    fanOut: rows,
  };
}

/** b: one row of `length` numbers, zero at first unless told otherwise; `steps` of them over time. */
export function rowParameter(
  name: string,
  length: number,
  steps?: number,
  initialization: "zero" | "one" = "zero",
): ParameterSpec {
  return {
    name,
    shape: steps === undefined ? [length] : [steps, length],
    count: steps ?? 1,
    rows: 1,
    columns: length,
    axes: steps === undefined ? ["column"] : ["count", "column"],
    initialization,
    fanIn: length,
    fanOut: length,
  };
}

/** An ode layer that chooses its own steps, as it is found while recording. */
export interface StepSearch {
  /** The layer's name. */
  readonly name: string;
  /** Its features at t = 0. */
  readonly y: Tensor;
  readonly method: Embedded;
  readonly finalTime: number;
  /** Intervals between nodal weights; undefined for constant ones. */
  readonly intervals: number | undefined;
  readonly letters: readonly string[];
  /** f(y) with these weights, by letter. */
  velocity(context: LayerContext, y: Tensor, weights: Readonly<Record<string, Tensor>>): Tensor;
}

/** What a recording along a trajectory sees of one step. */
export interface StepView {
  readonly context: StepContext<FieldKind>;
  readonly integrator: Integrator;
  /** The integrator's state before the step, or after the last. */
  readonly state: readonly Tensor[];
  /** The step itself; the first differs for some methods. */
  readonly step: Integrator["step"];
  /** Fraction of the step at which `state` lives: 0, or 1 at the end. */
  readonly c: number;
  /** Whether this is the state at t = 0 of a method whose first step differs. */
  readonly initial: boolean;
}

/** The steps of an ode layer, recorded, to be recorded along once more. */
export interface OdeSteps {
  /** The layer's index. */
  readonly name: string;
  readonly features: number;
  /** Rows that an example has in the integrator's state: 1, or the positions of its image. */
  readonly positions: number;
  readonly times: readonly number[];
  /** h of every step. */
  readonly stepSizes: readonly number[];
  /** The integrator, and the context for its `begin`. */
  readonly integrator: Integrator;
  readonly outside: StepContext<FieldKind>;
  /** Records `body` for the state before every step, and with `final` for the last; each result as stacks in order of time. */
  along(body: (view: StepView) => readonly Tensor[], options?: { final?: boolean }): Tensor[][];
}

/** What a layer may do in a step of training and nowhere else. */
export interface TrainingContext {
  /**
   * The layer's state `name` becomes (1 − share) times itself plus `weight` times `seen`, unless the step diverges; of a stack,
   * the matrices from `first` on, as many as were seen.
   */
  learn(name: string, seen: Tensor, share: number, weight: number, first?: number): void;
  /** Random numbers of this step. */
  draw(record: Recorder): Draw;
}

/** What random numbers follow from: the same for every number of threads, and however a batch is cut. */
export interface Draw {
  /** Each example's number in the batch: one row, one column an example. */
  readonly examples: Tensor;
  /** The seed, low word and high word, and the step's number: f64 at one place. */
  readonly counters: Tensor;
  /** Tells apart the layers that draw. */
  readonly stream: number;
}

/** What a layer records with. */
export interface LayerContext {
  readonly record: Recorder;
  parameter(name: string): Tensor;
  constant(name: string): Tensor;
  /** What a layer keeps besides θ, such as running statistics. */
  state(name: string): Tensor;
  /** Whose statistics normalise: running ones give the scores, those of the batch the objective and its derivatives. */
  readonly statistics: "running" | "batch";
  /** Present in a step of training. */
  readonly training?: TrainingContext;
  /** Called by every ode layer with its trajectory: stacks of y_0 … y_{N−1} in order, y_N, and the times. */
  trajectory?(name: string, stacks: readonly Tensor[], final: Tensor, times: readonly number[]): void;
  /** Called by every reversible ode layer with its features at t = 0 and those computed back from its end. */
  reversal?(given: Tensor, recovered: Tensor): void;
  /** The steps of a layer that chooses its own; empty where they are not known yet. */
  grid?(search: StepSearch): readonly number[];
  /** Whether ode layers record plain loops, without checkpoints and with nothing computed again. */
  readonly plain?: boolean;
  /** Called by every ode layer after its steps, for recordings along the trajectory (analysis). Asks for `plain`. */
  inspect?(steps: OdeSteps): void;
  /**
   * Called with the features after every layer, and with those before every step of an ode layer, where `slice` gives the
   * step's own matrix of a stack. What it returns takes their place. Asks for `plain`.
   */
  probe?(
    record: Recorder,
    name: string,
    y: Tensor,
    steps?: { readonly count: number; slice(stack: Tensor): Tensor },
  ): Tensor;
}
