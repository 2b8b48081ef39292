/**
 * The objective over a plane of parameters: Φ(θ(a, b)) for any map, or Φ(θ + a d₁ + b d₂) along two directions. One plan run
 * covers as many grid points as fit, so a surface costs its kernels and nothing else; the model's threads take runs of
 * neighbouring points each. A point's value depends on nothing but its θ, so that threads never change a bit.
 */
import { OdenetError } from "../core/errors.ts";
import type { Tensor } from "../core/recording/tensor.ts";
import { show } from "../layers/shape.ts";
import { chunks, isCounted, lossWeight, runOn } from "../model/chunks.ts";
import type { Data } from "../model/examples.ts";
import { engineOf, type Model } from "../model/model.ts";
import { regularizersAt } from "../model/objective.ts";
import { checkVector } from "../model/parameters.ts";
import { recipe } from "../model/recipe.ts";
import { recordSurface } from "../model/recordings.ts";
import { checkData } from "../model/selection.ts";
import { type Axis, axisValues } from "./axis.ts";

export type SurfaceOptions = { readonly a: Axis; readonly b: Axis } & (
  | { readonly at: (a: number, b: number) => ArrayLike<number> }
  | { readonly directions: readonly [ArrayLike<number>, ArrayLike<number>] }
);

export type LineOptions = { readonly a: Axis } & (
  | { readonly at: (a: number) => ArrayLike<number> }
  | { readonly direction: ArrayLike<number> }
);

export interface Surface {
  readonly a: Float64Array;
  readonly b: Float64Array;
  /** Φ at a[i], b[j], at i · b.length + j. */
  readonly values: Float64Array;
}

export interface Line {
  readonly a: Float64Array;
  readonly values: Float64Array;
}

/** Bytes of parameters in one run. */
const ROOM = 1 << 22;
const MOST = 4096;

/**
 * Evaluates the objective on a grid; the model keeps its θ. All `threads` of the model share the points, even where a batch
 * is too small to be shared, and give the same bits as one. Throws `option`, `length`, `value`, `convergence` where an
 * implicit step has no solution, and what data can be wrong in.
 */
export async function lossSurface(model: Model, data: Data, options: SurfaceOptions): Promise<Surface> {
  const where = "lossSurface";
  engineOf(model, where);
  const a = axisValues(options?.a, `${where}: a`);
  const b = axisValues(options.b, `${where}: b`);
  const theta = "directions" in options ? plane(model, options.directions, where) : options.at;
  if (typeof theta !== "function") {
    throw new OdenetError(
      "option",
      `${where}: expected at: (a, b) => theta or directions: [d1, d2], got ${show(theta)}.`,
    );
  }
  const values = objectives(model, data, where, a.length * b.length, (k) =>
    theta(a[Math.floor(k / b.length)] as number, b[k % b.length] as number),
  );
  return { a, b, values };
}

/** The objective along one line: Φ(θ(a)) or Φ(θ + a d). */
export async function lossLine(model: Model, data: Data, options: LineOptions): Promise<Line> {
  const where = "lossLine";
  engineOf(model, where);
  const a = axisValues(options?.a, `${where}: a`);
  const theta = "direction" in options ? plane(model, [options.direction, options.direction], where) : options.at;
  if (typeof theta !== "function") {
    throw new OdenetError("option", `${where}: expected at: (a) => theta or a direction, got ${show(theta)}.`);
  }
  const values = objectives(model, data, where, a.length, (k) => theta(a[k] as number, 0));
  return { a, values };
}

/** θ + a d₁ + b d₂ from the model's present θ. */
function plane(model: Model, directions: readonly [ArrayLike<number>, ArrayLike<number>], where: string) {
  const center = Float64Array.from(model.get());
  const [d1, d2] = [directions?.[0], directions?.[1]];
  checkVector(d1, center.length, `${where}: direction 1`, model.precision);
  checkVector(d2, center.length, `${where}: direction 2`, model.precision);
  const theta = new Float64Array(center.length);
  return (a: number, b: number): Float64Array => {
    for (let k = 0; k < theta.length; k++)
      theta[k] = (center[k] as number) + a * (d1[k] as number) + b * (d2[k] as number);
    return theta;
  };
}

const surface = recipe(
  (engine, rows, points: number, counted: boolean) => recordSurface(engine, rows, points, counted),
  { alone: true },
);

function objectives(
  model: Model,
  data: Data,
  where: string,
  points: number,
  theta: (k: number) => ArrayLike<number>,
): Float64Array {
  const engine = engineOf(model);
  const { rows, targets } = checkData(engine, data, where);
  const { table } = engine.vectors;
  const { length } = table;
  const copies = Math.min(engine.threads, points);
  const room = Math.min(MOST, Math.floor(ROOM / (8 * Math.max(1, table.coreLength))));
  const runs = Math.ceil(points / Math.max(copies, room));
  const size = Math.ceil(points / (runs * copies)); // of each thread in each run
  const values = new Float64Array(points);
  const thetas = new Float64Array(copies * size * length);
  const batch = { rows, targets, first: 0, count: rows.count };
  const weight = lossWeight(engine.loss, rows.count);
  try {
    for (let start = 0; start < points; start += copies * size) {
      for (let k = 0; k < copies * size; k++) {
        const found = theta(Math.min(start + k, points - 1)); // the last run's spare places repeat the last point
        checkVector(found, length, `${where}: theta`, model.precision);
        thetas.set(found, k * length);
      }
      const here = values.subarray(start, start + copies * size);
      for (const { first, count } of chunks(engine, rows.count)) {
        const plan = engine.plans.copies(copies, surface, count, size, isCounted(batch));
        if (plan.grids.size > 0) return onePerRun(model, data, points, theta);
        const { stacks, values: results } = plan.handles;
        for (const p of table.parameters) plan.fillParameters(table, stacks.get(p.name) as Tensor, p, thetas, size);
        runOn(engine, plan, batch, first, count, weight);
        for (let k = 0; k < here.length; k++) here[k] = (here[k] as number) + plan.readScalar(results, k);
      }
    }
  } catch (error) {
    // Counted from the point's own first step, whoever came to it.
    if ((error as OdenetError).code === "convergence") onePerRun(model, data, points, theta);
    throw error;
  } finally {
    engine.plans.forget(surface);
  }
  addRegularizers(model, values, theta);
  return values;
}

/** R(θ) at every point: it does not depend on the examples, so that θ itself takes the points' places. */
function addRegularizers(model: Model, values: Float64Array, theta: (k: number) => ArrayLike<number>): void {
  const engine = engineOf(model);
  if (engine.terms.length === 0) return;
  const center = model.get();
  try {
    for (let k = 0; k < values.length; k++) {
      engine.vectors.write(engine.vectors.theta, theta(k));
      values[k] = (values[k] as number) + regularizersAt(engine);
    }
  } finally {
    engine.vectors.write(engine.vectors.theta, center);
  }
}

/** Layers that choose their own steps choose them anew at every point. Throws what the first point throws that can have no value. */
function onePerRun(model: Model, data: Data, points: number, theta: (k: number) => ArrayLike<number>): Float64Array {
  const center = model.get();
  try {
    return Float64Array.from({ length: points }, (_, k) => {
      model.set(Float64Array.from(theta(k)));
      return model.value(data);
    });
  } finally {
    model.set(center);
  }
}
