import type { Features } from "../model/examples.ts";
import { engineOf, type Model } from "../model/model.ts";

/** `model.reversibilityError`, beside the other analyses. */
export function reversibilityError(model: Model, features: Features): number {
  engineOf(model, "reversibilityError");
  return model.reversibilityError(features);
}
