/** How many threads a model is given: as many as the machine runs at once, where the page may share memory and a step is worth it. */
import { searches } from "./families.ts";
import { isImages, type State } from "./state.ts";

/** Operations of a step from which threads are worth their start; which plans they share, the core decides. */
const SHARED_WORK = 1e7;

const counts = [8, 4, 2];

/** Products with K and Kᵀ, forward and in the two halves of the backward pass. */
function operationsOf({ optimizer, examples, batchSize, width, steps }: State): number {
  const rows = searches(optimizer) ? examples : batchSize;
  return 12 * rows * width * width * steps;
}

export function threadsFor(state: State): number {
  if (!crossOriginIsolated || (!isImages(state.data) && operationsOf(state) < SHARED_WORK)) return 1;
  return counts.find((count) => count <= navigator.hardwareConcurrency) ?? 1;
}
