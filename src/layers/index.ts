import { OdenetError } from "../core/errors.ts";
import { type ActivationLayer, activationKind } from "./activation.ts";
import { type Add, addKind } from "./add.ts";
import { type Dense, denseKind } from "./dense.ts";
import type { LayerKind, LayerPlan, LayOut } from "./layer.ts";
import { type Linear, linearKind } from "./linear.ts";
import { type Ode, odeKind } from "./ode.ts";
import { type Pad, padKind } from "./pad.ts";
import type { FeatureShape } from "./shape.ts";
import { atPath, checkName, show } from "./shape.ts";
import { type Standardize, standardizeKind } from "./standardize.ts";

export { activation } from "./activation.ts";
export { add } from "./add.ts";
export { dense } from "./dense.ts";
export { linear } from "./linear.ts";
export { ode, residual } from "./ode.ts";
export { pad } from "./pad.ts";
export { standardize } from "./standardize.ts";

/** Every layer, as plain immutable data. */
export type Layer = Linear | Dense | Ode | Pad | Add | Standardize | ActivationLayer;

/** The rules of every kind of layer. */
export const layerKinds = {
  linear: linearKind,
  dense: denseKind,
  ode: odeKind,
  pad: padKind,
  add: addKind,
  standardize: standardizeKind,
  activation: activationKind,
};

function rulesOf(layer: { readonly kind: string }, where: string): LayerKind<{ readonly kind: string }> {
  checkName(layer?.kind, Object.keys(layerKinds) as (keyof typeof layerKinds)[], where, "kind");
  return layerKinds[layer.kind] as unknown as LayerKind<{ readonly kind: string }>;
}

/** Lays out layers one after another. */
export const layOut: LayOut = (layers, input, prefix): LayerPlan => {
  let shape: FeatureShape = input;
  const plans = layers.map((layer, i) => {
    const name = `${prefix}${i}`;
    const plan = rulesOf(layer, `layer ${name}`).layOut(layer, shape, name, layOut);
    shape = plan.output;
    return plan;
  });
  return {
    output: shape,
    parameters: plans.flatMap((p) => p.parameters),
    constants: plans.flatMap((p) => p.constants ?? []),
    record: (context, y) =>
      plans.reduce((features, plan, i) => {
        const result = plan.record(context, features);
        return context.probe?.(context.record, `${prefix}${i}`, result) ?? result;
      }, y),
  };
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
