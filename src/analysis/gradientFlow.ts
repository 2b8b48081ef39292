/**
 * How far the gradient reaches back: ‖∂Φ/∂Y‖_F after every layer and before every time step (the adjoint), and
 * ‖∂Φ/∂θ_j‖ of the weights there. Where the norms shrink or grow geometrically with depth, gradients vanish or explode.
 *
 * The adjoint is the gradient of a variable that is added to the features and happens to be zero.
 */
import type { Numbers } from "../core/host/memory.ts";
import type { Tensor } from "../core/recording/tensor.ts";
import { chunks, isCounted, lossWeight, runOn } from "../model/chunks.ts";
import type { Engine } from "../model/engine.ts";
import type { Data } from "../model/examples.ts";
import type { LayerHooks } from "../model/layerRecorder.ts";
import { engineOf, type Model } from "../model/model.ts";
import { recipe } from "../model/recipe.ts";
import { keep, pullBack, withLoss } from "../model/recordings.ts";
import { checkData } from "../model/selection.ts";
import { combine } from "../operations/combine.ts";

export interface LayerFlow {
  /** The layer's index. */
  readonly layer: string;
  /** The time step of an ode layer. */
  readonly step?: number;
  /** ‖∂Φ/∂Y‖ of what the layer gives, or of what the step is given. */
  readonly adjoint: number;
  /** ‖∂Φ/∂θ‖ of the weights at that step (nodal, half steps: of those from the step's start on), or of the layer. */
  readonly gradient: number;
}

const adjoints = recipe((engine, rows, counted: boolean) => recordAdjoints(engine, rows, counted), { alone: true });

/** One entry a layer, or a time step of an ode layer, from input to output. */
export function gradientFlow(model: Model, data: Data): LayerFlow[] {
  const engine = engineOf(model, "gradientFlow");
  const { rows, targets } = checkData(engine, data, "gradientFlow");
  const squares = new Map<string, Float64Array>();
  const batch = { rows, targets, first: 0, count: rows.count };
  const weight = lossWeight(engine.loss, rows.count);
  for (const { first, count } of chunks(engine, rows.count)) {
    const plan = engine.plans.of(adjoints, count, isCounted(batch));
    const { probes } = plan.handles;
    for (const { probe } of probes) plan.numbersOf(probe).fill(0);
    runOn(engine, plan, batch, first, count, weight);
    for (const { name, probe, adjoint } of probes) {
      const sums = squares.get(name) ?? new Float64Array(probe.count);
      squares.set(name, sums);
      if (!adjoint) continue;
      plan.readWhole(adjoint).forEach((values, step) => {
        for (const v of values) sums[step] = (sums[step] as number) + square(v);
      });
    }
  }
  return flows(model, squares, model.gradient(data).gradient);
}

const square = (x: number): number => x * x;

/** Layers come in the order in which they were recorded, inner ones before those that hold them. */
function flows(model: Model, squares: ReadonlyMap<string, Float64Array>, gradient: Numbers): LayerFlow[] {
  const norms = weightNorms(model, gradient);
  return [...squares.keys()]
    .filter((name) => name.startsWith("after "))
    .flatMap((key): LayerFlow[] => {
      const layer = key.slice("after ".length);
      const own = norms.get(layer) ?? [0];
      const steps = [...squares].filter(
        ([name]) => name === `steps ${layer}` || name.startsWith(`steps ${layer} part`),
      );
      if (steps.length === 0) return [{ layer, adjoint: root(squares.get(key)?.[0]), gradient: root(sum(own)) }];
      const count = steps[0]?.[1].length ?? 0;
      return Array.from({ length: count }, (_, step) => ({
        layer,
        step,
        adjoint: root(sum(steps.map(([, values]) => values[step] as number))),
        gradient: root(weightsOfStep(own, step, count)),
      }));
    });
}

const root = (x = 0): number => Math.sqrt(x);
const sum = (values: readonly number[]): number => values.reduce((a, b) => a + b, 0);

/** Squares of the weights' gradients at one step: sets are spread over the steps as evenly as they come. */
function weightsOfStep(own: readonly number[], step: number, count: number): number {
  if (own.length < count) {
    const share = count / own.length;
    return (own[Math.floor(step / share)] as number) / (share * share);
  }
  const perStep = Math.floor(own.length / count);
  return sum(own.slice(step * perStep, (step + 1) * perStep));
}

/** ‖∂Φ/∂θ‖² by layer and, where the layer has weights over time, by set. */
function weightNorms(model: Model, gradient: Numbers): Map<string, number[]> {
  const norms = new Map<string, number[]>();
  const { table } = engineOf(model).vectors;
  let start = 0;
  for (const { name, shape } of model.parameters) {
    const layer = name.slice(0, name.lastIndexOf("."));
    const length = shape.reduce((a, b) => a * b, 1);
    const sets = table.find(name).count;
    const known = norms.get(layer) ?? new Array<number>(sets).fill(0);
    for (let k = 0; k < length; k++) {
      const set = Math.floor((k * sets) / length);
      known[set] = (known[set] as number) + square(gradient[start + k] as number);
    }
    norms.set(layer, known);
    start += length;
  }
  return norms;
}

interface Probe {
  readonly name: string;
  readonly probe: Tensor;
  readonly adjoint: Tensor | undefined;
}

function recordAdjoints(engine: Engine, rows: number, counted: boolean) {
  const tensors = new Map<string, Tensor>();
  const probe: NonNullable<LayerHooks["probe"]> = (record, name, y, steps) => {
    const key = steps ? `steps ${name}` : `after ${name}`;
    const tensor = tensors.get(key) ?? record.input(key, y.rows, y.columns, steps?.count);
    tensors.set(key, tensor);
    return combine(record, [
      [1, y],
      [1, steps ? steps.slice(tensor) : tensor],
    ]);
  };
  const { record, features, targets, importances, value } = withLoss(engine, rows, {
    hooks: { plain: true, probe },
    counted,
  });
  const given = [...tensors.values()];
  const cotangents = pullBack(record, value, value, [features, ...given]);
  const adjointOf = (t: Tensor): Tensor | undefined => {
    const adjoint = cotangents.get(t);
    return adjoint && keep(record, adjoint);
  };
  const probes: Probe[] = [...tensors].map(([name, tensor]) => ({ name, probe: tensor, adjoint: adjointOf(tensor) }));
  return { record, handles: { features, targets, importances, probes, input: adjointOf(features) } };
}
