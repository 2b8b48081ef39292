/** The weights as the drawing of the network shows them: an opening layer, some of the steps, the classifier. */
import { nth } from "../../core/nth.ts";
import type { Model } from "../../model/model.ts";

/** Some rows and columns of a matrix, evenly taken. */
export interface Sketch {
  readonly rows: number;
  readonly columns: number;
  readonly values: Float32Array;
}

export interface NetworkView {
  /** Features that go in, inside, and scores. */
  readonly sizes: { readonly input: number; readonly width: number; readonly outputs: number };
  readonly opening: Sketch;
  /** By shown step. */
  readonly steps: readonly Sketch[];
  /** Which steps are shown. */
  readonly shown: readonly number[];
  /** ‖K_j‖_F of the shown steps. */
  readonly norms: readonly number[];
  readonly classifier: Sketch;
}

const MOST_UNITS = 8;
const MOST_STEPS = 16;

const taken = (count: number, most: number): number[] =>
  count <= most
    ? Array.from({ length: count }, (_, k) => k)
    : Array.from({ length: most }, (_, k) => Math.round((k * (count - 1)) / (most - 1)));

function sketch(values: ArrayLike<number>, rows: number, columns: number, first = 0): Sketch {
  const [r, c] = [taken(rows, MOST_UNITS), taken(columns, MOST_UNITS)];
  const some = r.flatMap((i) => c.map((k) => nth(values, first + i * columns + k)));
  return { rows: r.length, columns: c.length, values: Float32Array.from(some) };
}

/** Nothing unless a dense layer opens, and a linear one ends, one layer of time steps. */
export function networkOf(model: Model, ode: number): { network?: NetworkView } {
  const shapeOf = (name: string) => model.parameters.find((parameter) => parameter.name === name)?.shape;
  const [opening, K, W] = [`${ode - 1}.K`, `${ode}.K`, `${ode + 1}.W`];
  const [first, middle, last] = [shapeOf(opening), shapeOf(K) ?? shapeOf(`${ode}.K1`), shapeOf(W)];
  if (!first || !middle || !last || first.length !== 2 || middle.length > 3) return {};
  const all = model.get(shapeOf(K) ? K : `${ode}.K1`);
  const [rows = 1, columns = 1] = middle.slice(-2);
  const sets = middle.length === 3 ? nth(middle, 0) : 1;
  const { steps } = model.network.layers[ode] as { steps: number };
  const shown = taken(steps, MOST_STEPS);
  const size = rows * columns;
  const setOf = (j: number) => Math.min(sets - 1, Math.round((j * sets) / steps));
  const norm = (set: number): number => {
    let square = 0;
    for (let k = set * size; k < (set + 1) * size; k++) square += nth(all, k) ** 2;
    return Math.sqrt(square);
  };
  const [width = 1, input = 1] = first;
  return {
    network: {
      sizes: { input, width, outputs: nth(last, 0) },
      opening: sketch(model.get(opening), width, input),
      steps: shown.map((j) => sketch(all, rows, columns, setOf(j) * size)),
      shown,
      norms: shown.map((j) => norm(setOf(j))),
      classifier: sketch(model.get(W), nth(last, 0), nth(last, 1)),
    },
  };
}
