/** The objective of the reader's choice, and the model that has it. */

import type { ModelOptions } from "../training/index.ts";
import { penaltyNames, penaltyOf } from "./families.ts";
import { offeredLosses } from "./offered.ts";
import type { State } from "./state.ts";
import { threadsFor } from "./threads.ts";

export function modelOptions(state: State): ModelOptions {
  const { loss, seed, precision } = state;
  const given = penaltyNames.filter((name) => state[name] > 0);
  const regularizers = given.map((name) => penaltyOf(name, state[name]));
  return { loss: offeredLosses[loss].loss, regularizers, seed, precision, threads: threadsFor(state) };
}
