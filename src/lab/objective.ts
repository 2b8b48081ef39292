/** The objective of the reader's choice, the model that has it, and how it is trained. */

import type { ModelOptions } from "../training/index.ts";
import { optimizerOf, penaltyOf, searches } from "./families.ts";
import { offeredLosses } from "./offered.ts";
import { penaltiesIn, type State } from "./state.ts";
import { threadsFor } from "./threads.ts";

export function modelOptions(state: State): ModelOptions {
  const { loss, seed, precision } = state;
  const regularizers = penaltiesIn(state).map((name) => penaltyOf(name, state[name]));
  return { loss: offeredLosses[loss].loss, regularizers, seed, precision, threads: threadsFor(state) };
}

/** A run ends by itself after so many epochs, which bounds its history. */
const MOST_EPOCHS = 20_000;

export function trainingOptions({ optimizer, learningRate, batchSize, seed }: State) {
  return {
    optimizer: optimizerOf(optimizer, learningRate),
    epochs: MOST_EPOCHS,
    seed,
    ...(searches(optimizer) ? {} : { batchSize }),
  };
}
