/** Every loss; the list is made from the files of this folder. */
import { pickOptions } from "../core/registry.ts";
import type { LossCall } from "../operations/loss.ts";
import { lossEntries } from "./entries.generated.ts";
import type { LossEntry } from "./loss.ts";
import { type Loss, losses } from "./members.generated.ts";

export * from "./members.generated.ts";
export { lossEntries };

/** What is said of a loss of this kind. */
export const lossEntry = (kind: Loss["kind"]): LossEntry => lossEntries[kind];

/** A loss as its kernel takes it. */
export function lossCall(loss: Loss): LossCall {
  const { code: kind, fromTargets, parameters } = lossEntry(loss.kind);
  const [parameter, second] = parameters?.(loss) ?? [];
  const numbers = { ...(parameter !== undefined && { parameter }), ...(second !== undefined && { second }) };
  return { kind, ...(fromTargets && { fromTargets: 1 }), ...numbers };
}

/** The factories, as what checks its options itself sees them. */
const factories: Readonly<Record<Loss["kind"], (options?: object) => Loss>> = losses;

/** A loss of a kind from what a file says of it. */
export function parseLoss(kind: Loss["kind"], json: object): Loss {
  return factories[kind](pickOptions(kind, lossEntry(kind).options, json));
}
