/** σ(y) entry by entry. */
import { type DataRules, pickOptions } from "../core/registry.ts";
import { type ActivationName, activate } from "../operations/activation.ts";
import type { LayerKind } from "./layer.ts";
import { activationRule } from "./rules.ts";

export interface ActivationLayer {
  readonly kind: "activation";
  readonly activation: ActivationName;
}

/** `σ(y)`. No parameters. */
export function activation(name: ActivationName): ActivationLayer {
  return make({ activation: name });
}

const options: DataRules<ActivationLayer> = { activation: { ...activationRule("tanh"), required: true } };

const make = (given: object): ActivationLayer =>
  Object.freeze({ kind: "activation", ...pickOptions("activation", options, given) });

export const activationKind: LayerKind<ActivationLayer> = {
  kind: "activation",
  label: "activation",
  options,
  layOut: ({ activation: name }, input) => ({
    output: input,
    parameters: [],
    record: ({ record }, y) => activate(record, y, name),
  }),
  parse: make,
};
