/** What each layer of a network is and costs: shapes, parameters, floating-point operations for one example. */
import { known } from "../core/known.ts";
import { flopsOf } from "../core/recording/cost.ts";
import { Recorder } from "../core/recording/recorder.ts";
import { type Layer, layOut } from "../layers/index.ts";
import { type FeatureShape, featureCount } from "../layers/shape.ts";
import type { Network } from "../networks/network.ts";

export interface LayerFacts {
  readonly layer: Layer;
  /** Features of one example behind it. */
  readonly output: FeatureShape;
  /** Numbers in its parameters. */
  readonly parameters: number;
  /** Floating-point operations of the forward pass for one example. */
  readonly flops: number;
}

/** The facts of every layer, in order. Nothing is allocated: the layers are recorded, not run. */
export function layerFacts({ input, layers }: Network): LayerFacts[] {
  let shape = input;
  return layers.map((layer) => {
    const plan = layOut([layer], shape, "");
    const record = new Recorder("f32");
    const features = record.input("features", 1, featureCount(shape));
    const parameters = new Map(plan.parameters.map((p) => [p.name, record.shared(p.name, p, 0)]));
    const constants = new Map(
      plan.constants?.map(({ name, rows = 1, values }) => [
        name,
        record.shared(name, { rows, columns: values.length / rows }, 0),
      ]),
    );
    const states = new Map(plan.state?.map((p) => [p.name, record.shared(p.name, p, 0)]));
    const parameter = (name: string) => known(parameters.get(name));
    const state = (name: string) => known(states.get(name));
    const constant = (name: string) => known(constants.get(name));
    plan.record({ record, parameter, constant, state, statistics: "running" }, features);
    shape = plan.output;
    const numbers = plan.parameters.reduce((sum, p) => sum + p.shape.reduce((a, b) => a * b, 1), 0);
    return { layer, output: shape, parameters: numbers, flops: flopsOf(record.root) };
  });
}
