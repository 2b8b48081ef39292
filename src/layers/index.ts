import { OdenetError } from "../core/errors.ts";
import type { Recorder } from "../core/recording/recorder.ts";
import type { Tensor } from "../core/recording/tensor.ts";
import { type ActivationLayer, activationKind } from "./activation.ts";
import {
  type AdaptiveAveragePool2d,
  adaptiveAveragePool2dKind,
  type GlobalAveragePool2d,
  globalAveragePool2dKind,
} from "./adaptivePool2d.ts";
import { type Add, addKind } from "./add.ts";
import { type BatchNorm, batchNormKind } from "./batchNorm.ts";
import { type Conv2d, conv2dKind } from "./conv2d.ts";
import { type ConvTranspose2d, convTranspose2dKind } from "./convTranspose2d.ts";
import { type Dense, denseKind } from "./dense.ts";
import { type Dropout, dropoutKind } from "./dropout.ts";
import { type Flatten, flattenKind } from "./flatten.ts";
import { asFeatures, asImage, imageInput } from "./imageForm.ts";
import { type InstanceNorm, instanceNormKind } from "./instanceNorm.ts";
import { type LayerKind, type LayerPlan, type LayOut, together } from "./layer.ts";
import { type LayerNorm, layerNormKind } from "./layerNorm.ts";
import { type Linear, linearKind } from "./linear.ts";
import { type LocalResponseNorm, localResponseNormKind } from "./localResponseNorm.ts";
import { type Ode, odeKind } from "./ode.ts";
import { type Pad, padKind } from "./pad.ts";
import { type AveragePool2d, averagePool2dKind, type MaxPool2d, maxPool2dKind } from "./pool2d.ts";
import type { FeatureShape } from "./shape.ts";
import { atPath, checkName, describeShape, isImage, show } from "./shape.ts";
import { type Standardize, standardizeKind } from "./standardize.ts";

export { activation } from "./activation.ts";
export { adaptiveAveragePool2d, globalAveragePool2d } from "./adaptivePool2d.ts";
export { add } from "./add.ts";
export { batchNorm } from "./batchNorm.ts";
export { conv2d } from "./conv2d.ts";
export { convTranspose2d } from "./convTranspose2d.ts";
export { dense } from "./dense.ts";
export { dropout } from "./dropout.ts";
export { flatten } from "./flatten.ts";
export { instanceNorm } from "./instanceNorm.ts";
export { layerNorm } from "./layerNorm.ts";
export { linear } from "./linear.ts";
export { localResponseNorm } from "./localResponseNorm.ts";
export { ode, residual } from "./ode.ts";
export { pad } from "./pad.ts";
export { averagePool2d, maxPool2d } from "./pool2d.ts";
export { standardize } from "./standardize.ts";

/** Every layer, as plain immutable data. */
export type Layer =
  | Linear
  | Dense
  | Ode
  | Pad
  | Add
  | Standardize
  | ActivationLayer
  | Conv2d
  | ConvTranspose2d
  | MaxPool2d
  | AveragePool2d
  | AdaptiveAveragePool2d
  | GlobalAveragePool2d
  | BatchNorm
  | InstanceNorm
  | LayerNorm
  | LocalResponseNorm
  | Dropout
  | Flatten;

/** The rules of every kind of layer. */
export const layerKinds = {
  linear: linearKind,
  dense: denseKind,
  ode: odeKind,
  pad: padKind,
  add: addKind,
  standardize: standardizeKind,
  activation: activationKind,
  conv2d: conv2dKind,
  convTranspose2d: convTranspose2dKind,
  maxPool2d: maxPool2dKind,
  averagePool2d: averagePool2dKind,
  adaptiveAveragePool2d: adaptiveAveragePool2dKind,
  globalAveragePool2d: globalAveragePool2dKind,
  batchNorm: batchNormKind,
  instanceNorm: instanceNormKind,
  layerNorm: layerNormKind,
  localResponseNorm: localResponseNormKind,
  dropout: dropoutKind,
  flatten: flattenKind,
};

function rulesOf(layer: { readonly kind: string }, where: string): LayerKind<{ readonly kind: string }> {
  checkName(layer?.kind, Object.keys(layerKinds) as (keyof typeof layerKinds)[], where, "kind");
  return layerKinds[layer.kind] as unknown as LayerKind<{ readonly kind: string }>;
}

/**
 * Lays out layers one after another, each given its input in the form that it takes. An input image serves as plain features,
 * as it is in memory; one that a layer made asks for flatten().
 */
function layOutFrom(
  layers: readonly { readonly kind: string }[],
  input: FeatureShape,
  prefix: string,
  madeBefore: boolean,
): LayerPlan {
  let shape = input;
  let made = madeBefore;
  const plans = layers.map((layer, i): LayerPlan => {
    const name = `${prefix}${i}`;
    const where = `layer ${name} (${layer?.kind})`;
    const rules = rulesOf(layer, `layer ${name}`);
    const before = shape;
    const takes = rules.takes?.(layer, before);
    if (takes === "features" && made && isImage(before)) {
      throw new OdenetError(
        "shape",
        `${where}: expected plain features, got ${describeShape(before)}. Put flatten() before it.`,
      );
    }
    const plan = rules.layOut(layer, before, name, (l, s, p) => layOutFrom(l, s, p, made));
    shape = plan.output;
    made = plan.made ?? (made || takes === "image");
    if (takes === undefined) return plan;
    const form = (record: Recorder, y: Tensor) =>
      takes === "image" ? asImage(record, y, imageInput(before, where)) : asFeatures(record, y, before);
    return { ...plan, record: (context, y) => plan.record(context, form(context.record, y)) };
  });
  return {
    output: shape,
    made,
    ...together(plans),
    record: (context, y) =>
      plans.reduce((features, plan, i) => {
        const result = plan.record(context, features);
        return context.probe?.(context.record, `${prefix}${i}`, result) ?? result;
      }, y),
  };
}

/** Lays out the layers of a whole network; its scores are plain features. */
export const layOut: LayOut = (layers, input, prefix): LayerPlan => {
  const plan = layOutFrom(layers, input, prefix, false);
  return { ...plan, record: (context, y) => asFeatures(context.record, plan.record(context, y), plan.output) };
};

/** Blocks within blocks: a file of them must not exhaust the stack. */
const DEEPEST = 64;

/** Reads layers from JSON at `path`. */
export function parseLayers(json: unknown, path: string): Layer[] {
  if (!Array.isArray(json)) {
    throw new OdenetError("json", `${path}: expected an array of layers, got ${show(json)}.`);
  }
  if (path.split("[").length > DEEPEST) {
    throw new OdenetError(
      "json",
      `layers: expected add layers at most ${DEEPEST} deep, got more. Flatten the network.`,
    );
  }
  return json.map((entry, i) => {
    const where = `${path}[${i}]`;
    if (typeof entry !== "object" || entry === null) {
      throw new OdenetError("json", `${where}: expected a layer, got ${show(entry)}.`);
    }
    const rules = rulesOf(entry, where);
    return atPath(where, () => rules.parse(entry, where, parseLayers) as Layer);
  });
}
