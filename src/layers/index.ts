import { OdenetError } from "../core/errors.ts";
import type { Recorder } from "../core/recording/recorder.ts";
import type { Tensor } from "../core/recording/tensor.ts";
import type { Integrator } from "../integrators/integrator.ts";
import { isOwn } from "../integrators/registry.ts";
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
import { type LayerData, type LayerKind, type LayerPlan, type LayOut, type Reading, together } from "./layer.ts";
import { type LayerNorm, layerNormKind } from "./layerNorm.ts";
import { type Linear, linearKind } from "./linear.ts";
import { type LocalResponseNorm, localResponseNormKind } from "./localResponseNorm.ts";
import { type Ode, odeKind } from "./ode.ts";
import { type Pad, padKind } from "./pad.ts";
import { type AveragePool2d, averagePool2dKind, type MaxPool2d, maxPool2dKind } from "./pool2d.ts";
import type { FeatureShape } from "./shape.ts";
import { atPath, describeShape, isImage, show } from "./shape.ts";
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
export const layerKinds: Readonly<Record<Layer["kind"], LayerKind<Layer>>> = {
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

/** The rules of a layer's kind; undefined where there is none. */
const kindOf = (layer: unknown): LayerKind<Layer> | undefined => {
  const kind: unknown = typeof layer === "object" && layer !== null ? Reflect.get(layer, "kind") : undefined;
  return Object.values(layerKinds).find((rules) => rules.kind === kind);
};

function rulesOf(layer: LayerData, where: string): LayerKind<Layer> {
  const rules = kindOf(layer);
  if (rules) return rules;
  throw new OdenetError(
    "name",
    `${where}: expected kind to be one of ${Object.keys(layerKinds).join(", ")}, got ${show(layer?.kind)}.`,
  );
}

/** The rules of a layer for any of its kind's. */
const dataRulesOf = (layer: LayerData, where: string): LayerKind => rulesOf(layer, where);

/** What is done to all layers, those inside others too, each with its name in the network. */
export function eachLayer(
  layers: readonly LayerData[],
  visit: (layer: LayerData, name: string, rules: LayerKind) => void,
  prefix = "",
): void {
  layers.forEach((layer, i) => {
    const name = `${prefix}${i}`;
    const rules = dataRulesOf(layer, `layer ${name}`);
    visit(layer, name, rules);
    for (const [list, inner] of Object.entries(rules.inner?.of(layer) ?? {}))
      eachLayer(inner, visit, `${name}.${list}.`);
  });
}

/** The same layers with so many steps, over the same time, wherever there are steps in time. */
export function withSteps(layers: readonly Layer[], steps: number): Layer[] {
  const changed = (layer: LayerData): LayerData => {
    const rules = dataRulesOf(layer, "layers");
    return rules.time?.withSteps(layer, steps) ?? rules.inner?.with(layer, (inner) => inner.map(changed)) ?? layer;
  };
  return layers.map(changed).filter(isLayer);
}

const isLayer = (layer: LayerData): layer is Layer => kindOf(layer) !== undefined;

/** Integrators in these layers that are not the package's own, each once. Throws `name` for two of one name. */
export function ownIntegrators(layers: readonly LayerData[]): Integrator[] {
  const found = new Map<string, Integrator>();
  eachLayer(layers, (layer, name, { time }) => {
    const integrator = time?.integrator(layer);
    if (!integrator || !isOwn(integrator)) return;
    const other = found.get(integrator.name) ?? integrator;
    if (other !== integrator) {
      throw new OdenetError(
        "name",
        `layer ${name}: expected integrators of different names, got two of the name ${show(integrator.name)}. Rename one of them.`,
      );
    }
    found.set(integrator.name, integrator);
  });
  return [...found.values()];
}

/**
 * Lays out layers one after another, each given its input in the form that it takes. An input image serves as plain features,
 * as it is in memory; one that a layer made asks for flatten().
 */
function layOutFrom(layers: readonly LayerData[], input: FeatureShape, prefix: string, madeBefore: boolean): LayerPlan {
  let shape = input;
  let made = madeBefore;
  const plans = layers.map((layer, i): LayerPlan => {
    const name = `${prefix}${i}`;
    const where = `layer ${name} (${layer?.kind})`;
    const rules = dataRulesOf(layer, `layer ${name}`);
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

/** Reads layers from JSON at `path`; `integrators` are those that are not the package's own. */
export function parseLayers(json: unknown, path: string, integrators: readonly Integrator[] = []): Layer[] {
  if (!Array.isArray(json)) {
    throw new OdenetError("json", `${path}: expected an array of layers, got ${show(json)}.`);
  }
  if (path.split("[").length > DEEPEST) {
    throw new OdenetError(
      "json",
      `layers: expected add layers at most ${DEEPEST} deep, got more. Flatten the network.`,
    );
  }
  const read: Reading = { integrators, layers: (inner, at) => parseLayers(inner, at, integrators) };
  return json.map((entry, i) => {
    const where = `${path}[${i}]`;
    if (typeof entry !== "object" || entry === null) {
      throw new OdenetError("json", `${where}: expected a layer, got ${show(entry)}.`);
    }
    const rules = rulesOf(entry, where);
    return atPath(where, () => rules.parse(entry, where, read));
  });
}
