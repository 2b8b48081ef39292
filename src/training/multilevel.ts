/** Coarse to fine in time: trains with few steps, carries the weights to a finer grid of the same [0, T], trains again. */

import { OdenetError } from "../core/errors.ts";
import { known } from "../core/known.ts";
import { eachLayer, type Layer, withSteps as layersWithSteps } from "../layers/index.ts";
import { checkName, checkWhole, show } from "../layers/shape.ts";
import type { WeightsInTime } from "../layers/weightsInTime.ts";
import type { Data } from "../model/examples.ts";
import { type Network, network } from "../networks/network.ts";
import { createModel, type ModelOptions, type TrainableModel } from "./createModel.ts";
import type { FitOptions, FitResult } from "./fit.ts";
import { type Prolongation, prolong } from "./prolong.ts";

export interface MultilevelOptions extends ModelOptions, Omit<FitOptions, "resume"> {
  /** Time steps of every ode layer, one number a level: each a multiple of the one before, as [4, 8, 16]. */
  levels: readonly number[];
  /** Default `"linear"`. */
  prolongation?: Prolongation;
  /** Called with the coarsest model before it is trained, to set its first parameters. */
  prepare?: (model: TrainableModel) => void;
  /** Called after each level. */
  onLevel?: (level: Level, model: TrainableModel) => void;
}

export interface Level extends FitResult {
  readonly steps: number;
}

/** What is laid out anew on each level. */
interface TimeLayer {
  readonly name: string;
  readonly steps: number;
  readonly weights: WeightsInTime;
}

/**
 * Trains a network level by level; all options are those of `createModel` and `fit`, `seed` serves both. Returns the model
 * of the finest level, and what each level came to. Throws `option` for levels that do not divide.
 *
 * @example
 * const { model } = await multilevel(network, data, { levels: [4, 8, 16], optimizer: lbfgs() });
 */
export async function multilevel(
  described: Network,
  data: Data,
  options: MultilevelOptions,
): Promise<{ model: TrainableModel; levels: Level[] }> {
  const { levels, prolongation = "linear", prepare, onLevel, ...rest } = options ?? {};
  checkLevels(levels);
  checkName(prolongation, ["linear", "nearest"], "multilevel", "prolongation");
  const { loss, regularizers, precision, fuse, threads, relaxed, sharedWork, ...training } = rest;
  const holding = { loss, regularizers, precision, fuse, threads, relaxed, sharedWork, seed: rest.seed };
  const modelOptions: ModelOptions = Object.fromEntries(
    Object.entries(holding).filter(([, value]) => value !== undefined),
  );
  const results: Level[] = [];
  let model: TrainableModel | undefined;
  for (const steps of levels) {
    const finer = await createModel(withSteps(described, steps), modelOptions);
    if (model) carry(model, finer, prolongation);
    else prepare?.(finer);
    model?.dispose();
    model = finer;
    const result = await model.fit(data, training);
    const level = { steps, ...result };
    results.push(level);
    onLevel?.(level, model);
    if (result.status === "diverged" || training.signal?.aborted) break;
  }
  return { model: known(model), levels: results };
}

/** Throws `option` for levels that do not divide. */
export function checkLevels(levels: readonly number[]): void {
  if (!Array.isArray(levels) || levels.length === 0) {
    throw new OdenetError(
      "option",
      `multilevel: expected levels as numbers of time steps, got ${show(levels)}. Write [4, 8, 16].`,
    );
  }
  levels.forEach((steps, k) => {
    checkWhole(steps, "multilevel", "every level");
    const before = levels[k - 1];
    if (before === undefined || (steps > before && steps % before === 0)) return;
    throw new OdenetError(
      "option",
      `multilevel: expected every level to be a multiple of the one before, got ${steps} after ${before}. Write levels such as [4, 8, 16].`,
    );
  });
}

/** The network with so many steps in every ode layer, over the same time. Throws `option` where it has none. */
export function withSteps({ input, layers, classes }: Network, steps: number): Network {
  if (timeLayers(layers).length > 0) {
    const finer = { input, layers: layersWithSteps(layers, steps) };
    return network(classes ? { ...finer, classes } : finer);
  }
  throw new OdenetError(
    "option",
    "multilevel: expected a network with an ode layer, got none. Put ode(…) between its layers.",
  );
}

/** Sets the finer model's parameters and running statistics by the coarser one's. */
function carry(coarse: TrainableModel, fine: TrainableModel, how: Prolongation): void {
  const layers = timeLayers(coarse.network.layers);
  const finer = timeLayers(fine.network.layers);
  const carryOver = (name: string, weightsOf: (layer: TimeLayer) => WeightsInTime) => {
    const k = layers.findIndex((layer) => name.startsWith(`${layer.name}.`));
    const [from, to] = [layers[k], finer[k]];
    const values = coarse.get(name);
    fine.set(name, from && to ? prolong(values, from.steps, to.steps / from.steps, weightsOf(from), how) : values);
  };
  for (const { name } of coarse.parameters) carryOver(name, ({ weights }) => weights);
  // Every step has statistics of its own, whatever weights the steps share.
  for (const { name } of coarse.statistics) carryOver(name, () => "perStep");
}

/** All ode layers with their names, those inside `add` too. */
function timeLayers(layers: readonly Layer[]): TimeLayer[] {
  const found: TimeLayer[] = [];
  eachLayer(layers, (layer, name, { time }) => {
    if (time) found.push({ name, ...time.of(layer) });
  });
  return found;
}
