/** σ(y) entry by entry. */
import { type ActivationName, activate } from "../operations/activation.ts";
import { activationNames } from "./dense.ts";
import type { LayerKind } from "./layer.ts";
import { checkName } from "./shape.ts";

export interface ActivationLayer {
  readonly kind: "activation";
  readonly activation: ActivationName;
}

/** `σ(y)`. No parameters. */
export function activation(name: ActivationName): ActivationLayer {
  checkName(name, activationNames, "activation", "its name");
  return Object.freeze({ kind: "activation", activation: name });
}

export const activationKind: LayerKind<ActivationLayer> = {
  kind: "activation",
  layOut: ({ activation: name }, input) => ({
    output: input,
    parameters: [],
    record: ({ record }, y) => activate(record, y, name),
  }),
  parse: (json) => activation(json.activation as ActivationName),
};
