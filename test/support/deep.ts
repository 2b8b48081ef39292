import * as odenet from "../../src/index.ts";
import { integers, symmetric } from "./draws.ts";
import type { Pair, Start } from "./odeModels.ts";

export interface Deep {
  readonly steps: number;
  readonly finalTime: number;
  readonly width?: number;
  readonly start?: Start;
  readonly reversible?: boolean;
  readonly checkpoint?: "sqrt";
  readonly precision: odenet.Precision;
}

/** A deep classifier of a reversible pair whose weights are a smooth function of time. */
export async function deepModel({ kind, integrator }: Pair, deep: Deep): Promise<odenet.Model> {
  const { precision, width = 32, ...options } = deep;
  const field = odenet.dynamics[kind as keyof typeof odenet.dynamics]();
  const layer = odenet.ode(field, odenet.integrators[integrator as keyof typeof odenet.integrators] as never, options);
  const net = odenet.network({ input: width, layers: [layer, odenet.linear(3)] });
  const model = await odenet.createModel(net, { precision, seed: 1 });
  for (const { name, shape } of model.parameters) {
    const [steps, ...rest] = shape;
    if (!name.startsWith("0.")) continue;
    const size = rest.reduce((product, extent) => product * extent, 1);
    const bound = rest.length === 2 ? 1.5 / Math.sqrt(width) : 0.3;
    const [base, wave] = [symmetric(5, size, bound), symmetric(6, size, bound)];
    const values = new Float64Array((steps as number) * size);
    for (let j = 0; j < (steps as number); j++) {
      const [c, s] = [Math.cos((2 * Math.PI * j) / (steps as number)), Math.sin((2 * Math.PI * j) / (steps as number))];
      for (let i = 0; i < size; i++) values[j * size + i] = c * (base[i] as number) + s * (wave[i] as number);
    }
    model.set(name, values);
  }
  return model;
}

/** A few examples for it. */
export function deepData(examples: number, width = 32): { features: number[]; labels: number[] } {
  return { features: symmetric(7, examples * width), labels: integers(8, examples, 3) };
}

/** ‖a − b‖ / ‖b‖ over the parameters of the time steps alone: the classifier's gradient needs no features but the last. */
export function distance(model: odenet.Model, a: ArrayLike<number>, b: ArrayLike<number>): number {
  const classifier = model.parameters
    .filter(({ name }) => !name.startsWith("0."))
    .reduce((sum, { shape }) => sum + shape.reduce((product, extent) => product * extent, 1), 0);
  let [difference, size] = [0, 0];
  for (let i = 0; i < b.length - classifier; i++) {
    difference += ((a[i] as number) - (b[i] as number)) ** 2;
    size += (b[i] as number) ** 2;
  }
  return Math.sqrt(difference / size);
}
