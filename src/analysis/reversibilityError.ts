import type { Features } from "../model/examples.ts";
import type { Model } from "../model/model.ts";

/** `model.reversibilityError`, beside the other analyses. */
export function reversibilityError(model: Model, features: Features): number {
  return model.reversibilityError(features);
}
