/**
 * How many examples a model computes at once. Larger batches run in chunks of so many, in order, whose values and gradients are added
 * up: a rule of the network alone, so that the result is the same on every machine.
 *
 * A chunk is the largest power of two up to 2,048 with chunk · N ≤ 2²⁷, N the numbers that the forward pass makes of one
 * example (512 MiB of them in f32). Layers that choose their own steps count as one step.
 */
import { dependents } from "../core/recording/graph.ts";
import { isLoop, type Scope, type Tensor } from "../core/recording/tensor.ts";
import type { Loss } from "../losses/index.ts";
import type { Compiled } from "./compiled.ts";
import type { Engine } from "./engine.ts";
import type { Rows } from "./examples.ts";
import type { Recipe } from "./recipe.ts";

const MOST_ROWS = 2048;
const MOST_NUMBERS = 1 << 27;

/** Examples at once for a network that makes so many numbers of one. */
export function rowsOfChunk(numbers: number): number {
  let rows = MOST_ROWS;
  while (rows > 1 && rows * numbers > MOST_NUMBERS) rows /= 2;
  return rows;
}

/** Numbers that the forward pass makes of one example. */
export function numbersOfExample(engine: Engine): number {
  const { record, context } = engine.recorder.begin({ grid: ({ finalTime }) => [0, finalTime] });
  const features = record.input("features", 1, engine.features);
  engine.layers.record(context, features);
  return engine.features + numbersIn(record.root, dependents(record.root.nodes, [features]));
}

/** What a scope keeps of an example for the backward pass. */
function numbersIn(scope: Scope, made: ReadonlySet<Tensor>): number {
  const size = (t: Tensor) => (made.has(t) ? t.count * t.rows * t.columns : 0);
  const sum = (tensors: readonly Tensor[]) => tensors.reduce((total, t) => total + size(t), 0);
  return scope.nodes.reduce((total, node) => {
    if (!isLoop(node)) return total + sum(node.outputs);
    const body = numbersIn(node.body, made);
    const carried = sum(node.carries.map(({ argument }) => argument));
    const kept = { all: node.count * body, carried: node.count * carried + body, nothing: body };
    return total + kept[node.keeps?.kind ?? "all"];
  }, 0);
}

/** Examples [first, first + count) of rows and targets, or `order[first] …`. */
export interface Batch {
  readonly rows: Rows;
  /** Where there is a loss, or another row for each example. */
  readonly targets?: { readonly rows: Rows; readonly importances?: Rows | undefined } | undefined;
  readonly first: number;
  readonly count: number;
  readonly order?: ArrayLike<number> | undefined;
}

/** What a plan on examples has to be filled. */
export interface Inputs {
  readonly features: Tensor;
  readonly targets?: Tensor | undefined;
  readonly importances?: Tensor | undefined;
}

/** Whether the numbers of a batch do not all count once: plans take how often then. */
export const isCounted = ({ targets }: Batch): boolean => targets?.importances !== undefined;

/** Whether a loss is the sum over the examples, and not their mean. */
export const isSum = (loss: Loss): boolean => "reduction" in loss && loss.reduction === "sum";

/** 1/n for a mean, 1 for a sum. */
export const lossWeight = (loss: Loss, examples: number): number => (isSum(loss) ? 1 : 1 / examples);

/** Writes targets, and how often they count, where the plan asks for them. */
export function fillTargets(
  plan: Compiled<Inputs>,
  targets: Batch["targets"],
  first: number,
  count: number,
  order: Batch["order"],
): void {
  const { handles } = plan;
  if (targets && handles.targets) plan.fill(handles.targets, targets.rows, first, count, order);
  if (targets?.importances && handles.importances)
    plan.fill(handles.importances, targets.importances, first, count, order);
}

/** Runs a plan on examples [first, first + count) of a batch, with this weight of the loss. */
export function runOn(
  engine: Engine,
  plan: Compiled<Inputs>,
  { rows, targets, first: from, order }: Batch,
  first: number,
  count: number,
  weight: number,
): void {
  const { handles } = plan;
  plan.fill(handles.features, rows, from + first, count, order);
  fillTargets(plan, targets, from + first, count, order);
  // In training, where there is an order, a step without a solution shows as divergence.
  engine.run(plan, weight, order !== undefined);
}

/** Runs of at most so many examples, in order; `separate` where no statistics of the whole are taken. */
export function* chunks(
  engine: Engine,
  examples: number,
  separate = false,
): Generator<{ first: number; count: number }> {
  const most = engine.rowsAtOnce(examples, separate);
  for (let first = 0; first < examples; first += most) yield { first, count: Math.min(most, examples - first) };
}

/** Runs a recipe on all examples of a batch, chunk by chunk; each plan is shown to `read` when it has been run. */
export function inChunks<P extends readonly unknown[], T extends Inputs>(
  engine: Engine,
  recipe: Recipe<P, T>,
  batch: Batch,
  separate: boolean,
  read: (plan: Compiled<T>, first: number, count: number) => void,
  ...parameters: P
): void {
  const weight = lossWeight(engine.loss, batch.count);
  for (const { first, count } of chunks(engine, batch.count, separate)) {
    const plan = engine.plans.of(recipe, count, ...parameters);
    runOn(engine, plan, batch, first, count, weight);
    read(plan, first, count);
  }
}
