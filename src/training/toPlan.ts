/** `model.toPlan`: what a model computes as bytes that any host of the core runs, for inference and for training. */

import { OdenetError } from "../core/errors.ts";
import { nth } from "../core/nth.ts";
import { type BlobEntry, writeBlob } from "../core/plan/blob.ts";
import type { SharedBlock } from "../core/plan/relocate.ts";
import { paddedColumns, type Tensor } from "../core/recording/tensor.ts";
import { checkWhole, show } from "../layers/shape.ts";
import { lossWeight } from "../model/chunks.ts";
import type { Compiled } from "../model/compiled.ts";
import type { Engine } from "../model/engine.ts";

import type { ParameterTable } from "../model/parameters.ts";
import { recipe } from "../model/recipe.ts";
import { recordPrediction } from "../model/recordings.ts";
import { adam } from "../optimizers/adam.ts";
import { isMethod } from "../optimizers/method.ts";
import type { Optimizer } from "../optimizers/optimizer.ts";
import { recordStep, type Update } from "./recordStep.ts";

export interface PlanOptions {
  /** Examples of a batch, 1 to 2,048. */
  batch: number;
  /** With a plan `step` that trains, default false. */
  training?: boolean;
  /** What `step` updates θ by: `sgd`, `momentum`, `adam` or `adamW`; default `adam({ learningRate: 1e-3 })`. */
  optimizer?: Optimizer;
}

/** The plans that are made for a blob, and forgotten afterwards. */
const predicting = recipe((engine, rows) => recordPrediction(engine, rows), { alone: true });
const stepping = recipe((engine, rows, update: Update) => recordStep(engine, rows, update), { alone: true });

/** The scalars of an optimizer's kernel. */
const OPTIMIZER_SCALARS = 8;

/** See `TrainableModel.toPlan`. */
export function planOf(engine: Engine, options: PlanOptions): Uint8Array<ArrayBuffer> {
  engine.checkAlive();
  const { batch, training, optimizer } = checked(engine, options);
  const block = engine.sharedBlock();
  const states = training ? engine.vectors.allocateAll(optimizer.states + 1) : [];
  const previousState = training ? engine.vectors.allocateState() : 0;
  try {
    const update: Update = { optimizer, states: states.slice(1), previous: states[0] ?? 0, previousState };
    const made = [predictPlan(engine, batch), ...(training ? [stepPlan(engine, batch, update)] : [])];
    const plans = made.map(({ name, plan: { plan } }) => ({
      name,
      records: block.relocate(plan.bytes),
      count: plan.count,
    }));
    const tensors = [
      ...made.flatMap(({ name, plan, tensors }) =>
        tensors.map(([what, t]) => privateEntry(engine, plan, `${name}/${what}`, t)),
      ),
      ...sharedEntries(engine, block, training ? update : undefined),
    ];
    engine.vectors.clear(engine.vectors.gradient); // what an earlier product left there is none of the plan's
    if (training) setScalars(engine, optimizer, batch);
    return writeBlob({
      precision: engine.precision,
      rows: batch,
      privateBytes: Math.max(...made.map(({ plan }) => plan.privateBytes)),
      plans,
      tensors,
      shared: block.content(),
    });
  } finally {
    engine.plans.forget(predicting);
    engine.plans.forget(stepping);
    engine.vectors.free(states);
    engine.vectors.freeStates([previousState]);
  }
}

function checked(engine: Engine, { batch, training = false, optimizer = adam() }: PlanOptions): Required<PlanOptions> {
  checkWhole(batch, "toPlan", "batch");
  const most = engine.rowsAtOnce(batch);
  if (batch > most) {
    throw new OdenetError(
      "option",
      `toPlan: expected a batch of at most ${most} examples, got ${batch}. Run the plan several times.`,
    );
  }
  if (isMethod(optimizer) || typeof optimizer?.writeScalars !== "function") {
    throw new OdenetError(
      "option",
      `toPlan: expected an optimizer whose step is one plan, sgd, momentum, adam or adamW, got ${(optimizer as { kind?: string } | null)?.kind ?? show(optimizer)}. The others search for their steps, in JavaScript.`,
    );
  }
  return { batch, training, optimizer };
}

interface Made {
  readonly name: string;
  readonly plan: Compiled<unknown>;
  readonly tensors: readonly (readonly [string, Tensor])[];
}

function predictPlan(engine: Engine, batch: number): Made {
  const plan = engine.plans.of(predicting, batch);
  refuseChosenSteps(plan);
  const { features, scores, probabilities } = plan.handles;
  const tensors: [string, Tensor][] = [
    ["features", features],
    ["scores", scores],
  ];
  return { name: "predict", plan, tensors: probabilities ? [...tensors, ["probabilities", probabilities]] : tensors };
}

/**
 * Results as in training: the loss, ‖g‖², ‖θ‖² after the update, the regularizers' terms, ‖state‖² after the update. Where
 * layers draw random numbers, the host writes `numbers`, each example's number in the batch, and the step's into `counters`.
 */
function stepPlan(engine: Engine, batch: number, update: Update): Made {
  const plan = engine.plans.of(stepping, batch, update);
  const { features, targets, results, numbers } = plan.handles;
  const terms = engine.terms.map((_, k) => `regularizer ${k}`);
  const names = [...RESULTS, ...terms, "squaredStateNorm"];
  const named = results.map((t, k): [string, Tensor] => [nth(names, k), t]);
  const drawn: [string, Tensor][] = numbers ? [["numbers", numbers]] : [];
  return { name: "step", plan, tensors: [["features", features], ["targets", targets], ...drawn, ...named] };
}

const RESULTS = ["loss", "squaredGradientNorm", "squaredThetaNorm"];

function refuseChosenSteps({ grids }: Compiled<unknown>): void {
  if (grids.size === 0) return;
  throw new OdenetError(
    "option",
    `toPlan: expected layers with fixed steps, got dopri5 in layer ${[...grids.keys()].join(", ")}, whose steps depend on the batch. Use rk4, or another integrator with { steps }.`,
  );
}

function privateEntry(engine: Engine, { plan }: Compiled<unknown>, name: string, tensor: Tensor): BlobEntry {
  return { name, place: "private", offset: plan.offset(tensor), ...shapeOf(engine, tensor) };
}

function shapeOf(
  { precision }: Engine,
  { scalar, count, rows, columns }: Pick<Tensor, "scalar" | "count" | "rows" | "columns">,
) {
  if (scalar) return { precision: "f64" as const, count, rows: 1, columns: 1, stride: 2 };
  return { precision, count, rows, columns, stride: paddedColumns(columns, precision) };
}

/** Scalars, then every parameter at its place in θ, the layers' state, the whole of θ, its gradient, and the optimizer's vectors. */
function sharedEntries(engine: Engine, block: SharedBlock, update: Update | undefined): BlobEntry[] {
  const place = "shared" as const;
  const vector = (name: string, address: number): BlobEntry => {
    const length = engine.vectors.table.coreLength;
    const whole = { precision: engine.precision, count: 1, rows: 1, columns: length, stride: length };
    return { name, place, offset: block.offset(address), ...whole };
  };
  const scalars = (name: string, address: number, columns: number): BlobEntry => {
    const whole = { precision: "f64" as const, count: 1, rows: 1, columns, stride: columns };
    return { name, place, offset: block.offset(address), ...whole };
  };
  const entries = (table: ParameterTable, address: number) =>
    table.parameters.map(({ name, offset, count, rows, columns }) => ({
      name,
      place,
      offset: block.offset(address) + offset * engine.vectors.numberBytes,
      ...shapeOf(engine, { scalar: false, count, rows, columns }),
    }));
  const parameters = [
    ...entries(engine.vectors.table, engine.vectors.theta),
    ...entries(engine.vectors.stateTable, engine.vectors.state),
  ];
  if (!update) return [vector("theta", engine.vectors.theta), ...parameters];
  return [
    scalars("weight", engine.weight, 1),
    scalars(update.optimizer.kind, engine.optimizerScalars, OPTIMIZER_SCALARS),
    ...(engine.layers.draws ? [scalars("counters", engine.counters, 3)] : []),
    vector("theta", engine.vectors.theta),
    ...parameters,
    vector("gradient", engine.vectors.gradient),
    vector("previous", update.previous),
    ...update.states.map((address, k) => vector(`state ${k}`, address)),
  ];
}

/** As for the first step of a run. */
function setScalars(engine: Engine, optimizer: Optimizer, batch: number): void {
  const scalars: number[] = [];
  optimizer.writeScalars(scalars, optimizer.learningRate, [...optimizer.memory]);
  engine.setScalars(engine.optimizerScalars, scalars);
  engine.setScalar(engine.weight, lossWeight(engine.loss, batch));
  engine.setScalars(engine.counters, [0, 0, 0]);
}
