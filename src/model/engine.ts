/**
 * A network laid out in one instance's memory: its vectors (vectors.ts), how it is recorded (layerRecorder.ts), the plans made of that
 * (plans.ts), and the scalars that change between runs.
 */
import { OdenetError } from "../core/errors.ts";
import type { CoreExports } from "../core/host/load.ts";
import { Memory } from "../core/host/memory.ts";
import type { Team } from "../core/host/team.ts";
import { SharedBlock } from "../core/plan/relocate.ts";
import type { Precision } from "../core/recording/tensor.ts";
import type { LayerPlan } from "../layers/layer.ts";
import { featureCount } from "../layers/shape.ts";
import type { Loss } from "../losses/index.ts";
import { lossCall, lossEntry } from "../losses/index.ts";
import type { LossEntry } from "../losses/loss.ts";
import { layOutNetwork, type Network } from "../networks/network.ts";
import { fusions } from "../operations/fusions.ts";
import type { LossCall } from "../operations/loss.ts";
import { layOutRegularizers, named, type Regularizer, type Term } from "../regularizers/index.ts";
import type { Encoder } from "../tables/index.ts";
import { fitSteps } from "./adaptiveSteps.ts";
import { checkEncoder } from "./checkEncoder.ts";
import { numbersOfExample, rowsOfChunk } from "./chunks.ts";
import type { Compiled } from "./compiled.ts";
import { LayerRecorder } from "./layerRecorder.ts";
import { Plans } from "./plans.ts";
import { SHARED_WORK } from "./sharing.ts";
import { Vectors } from "./vectors.ts";

export interface EngineOptions {
  /** False keeps every call of a plan apart. */
  readonly fuse?: boolean;
  /** The instance of the core to run in; default a new one of the standard build. */
  readonly core?: CoreExports | undefined;
  /** Threads that run plans together. */
  readonly team?: Team | undefined;
  /** Operations from which a plan is shared among them; for tests. */
  readonly sharedWork?: number | undefined;
  readonly regularizers?: readonly Regularizer[] | undefined;
  /** How a table becomes features and labels, and scores the target's values. */
  readonly encoder?: Encoder | undefined;
  /** What its first parameters are drawn by; undefined where they come from elsewhere. */
  readonly seed?: number | undefined;
  /** Whether the core is a build in relaxed SIMD. */
  readonly relaxed?: boolean;
}

/** A regularizer's kernel call with the address of its constants. */
export interface PlacedTerm extends Term {
  readonly constants: number;
}

/** The block of scalars: the loss's weight, the result of an inner product, the counters of random numbers, the optimizer's. */
const SCALARS = 256;
const DOT = 8;
const COUNTERS = 16;
const OPTIMIZER = 64;

export class Engine {
  readonly layers: LayerPlan;
  readonly features: number;
  readonly outputs: number;
  readonly lossKind: LossEntry;
  readonly lossCall: LossCall;
  readonly vectors: Vectors;
  readonly recorder: LayerRecorder;
  readonly plans: Plans;
  /** Addresses of f64 scalars. */
  readonly weight: number;
  /** Seed and step that random numbers follow from. */
  readonly counters: number;
  readonly optimizerScalars: number;
  /** As given, with names instead of patterns. */
  readonly regularizers: readonly Regularizer[];
  readonly encoder: Encoder | undefined;
  readonly seed: number | undefined;
  /** Whether it computes in relaxed SIMD, whose bits other machines may not give. */
  readonly relaxed: boolean;
  /** Regularizers as kernel calls, with the addresses of their constants; what the constraints project by. */
  readonly terms: readonly PlacedTerm[];
  readonly projections: readonly PlacedTerm[];
  private readonly memory: Memory;
  /** Rows of a chunk, once a batch has asked. */
  private chunkRows: number | undefined;
  private disposed = false;

  constructor(
    readonly network: Network,
    readonly loss: Loss,
    readonly precision: Precision,
    {
      fuse = true,
      core,
      team,
      sharedWork = SHARED_WORK,
      regularizers = [],
      encoder,
      relaxed = false,
      seed,
    }: EngineOptions = {},
  ) {
    this.memory = new Memory(core, team);
    this.layers = layOutNetwork(network);
    this.features = featureCount(network.input);
    this.outputs = featureCount(this.layers.output);
    this.lossKind = lossEntry(loss.kind);
    this.lossCall = lossCall(loss);
    const { leastScores = 1 } = this.lossKind;
    if (this.outputs < leastScores) {
      throw new OdenetError(
        "shape",
        `createModel: expected at least ${leastScores} scores for ${loss.kind}, got ${this.outputs}: one score has no other class. Two classes are told apart by one score with logistic(), numbers are learned with leastSquares().`,
      );
    }
    if (encoder) checkEncoder(encoder, this.features, this.outputs, this.lossKind);
    this.encoder = encoder;
    this.seed = seed;
    this.relaxed = relaxed;
    this.weight = this.memory.allocate(SCALARS, "scalars");
    this.counters = this.weight + COUNTERS;
    this.optimizerScalars = this.weight + OPTIMIZER;
    this.vectors = new Vectors(this.memory, precision, this.layers, this.weight + DOT);
    this.recorder = new LayerRecorder(this.memory, this.vectors, this.layers.constants ?? []);
    this.plans = new Plans(this, this.memory, fuse ? fusions : [], sharedWork);
    const { table } = this.vectors;
    this.regularizers = Object.freeze(regularizers.map((r) => named(r, table)));
    const { terms, projections } = layOutRegularizers(regularizers, table);
    this.terms = terms.map((term) => this.placed(term));
    this.projections = projections.map((term) => this.placed(term));
  }

  private placed(term: Term): PlacedTerm {
    const { extra } = term;
    if (!extra) return { ...term, constants: 0 };
    const constants = this.memory.allocate(extra.length * this.vectors.numberBytes, "regularizer");
    this.memory.view(this.precision, constants, extra.length).set(extra);
    return { ...term, constants };
  }

  /**
   * How many of so many examples are computed at once: all of them, or a chunk. Where some layer takes the statistics of a batch, the
   * objective needs all of it; `separate` is for what takes the running ones.
   */
  rowsAtOnce(examples: number, separate = false): number {
    if (examples <= 1 || (this.layers.joins !== undefined && !separate)) return examples;
    this.chunkRows ??= rowsOfChunk(numbersOfExample(this));
    return Math.min(examples, this.chunkRows);
  }

  /** Threads that may share a plan. */
  get threads(): number {
    return this.memory.threads;
  }

  /**
   * Runs a plan, or one section of it, with this weight of the loss. Throws `convergence` where an implicit step has no solution,
   * unless the caller looks for NaN itself.
   */
  run(plan: Compiled<unknown>, weight?: number, tolerant = false, section?: number): void {
    if (weight !== undefined) this.memory.setScalar(this.weight, weight);
    if (plan.grids.size > 0) fitSteps(this, plan, tolerant);
    const unsolved = plan.start(section);
    if (unsolved !== 0 && !tolerant) {
      throw new OdenetError(
        "convergence",
        `implicitMidpoint: expected Newton's method to solve every time step, got no solution in step ${unsolved} (all layers' implicit steps counted). Take more steps (a smaller h), or a smooth activation.`,
      );
    }
  }

  setScalar(address: number, value: number): void {
    this.memory.setScalar(address, value);
  }

  setScalars(address: number, values: readonly number[]): void {
    this.memory.setScalars(address, values);
  }

  /** An empty block for what plans of this engine share, to take it to another host. */
  sharedBlock(): SharedBlock {
    return new SharedBlock(this.memory);
  }

  get bytes(): { parameters: number; gradient: number; optimizer: number; features: number; total: number } {
    const { bytes, stateBytes, gradientBytes, held } = this.vectors;
    return {
      parameters: bytes + stateBytes,
      gradient: gradientBytes,
      optimizer: held,
      features: this.plans.bytes,
      total: this.memory.used,
    };
  }

  /** Whether the model is live. */
  get alive(): boolean {
    return !this.disposed;
  }

  checkAlive(): void {
    if (this.disposed) {
      throw new OdenetError(
        "disposed",
        "model: expected a live model, got one after dispose(). Create it again with createModel.",
      );
    }
  }

  dispose(): void {
    if (this.disposed) return;
    this.disposed = true;
    this.plans.clear();
    this.memory.dispose();
    // The instance and its memory go with this object's last references.
    Object.assign(this, { memory: undefined, vectors: undefined, recorder: undefined, plans: undefined });
  }
}
