/** The objective of the reader's choice, and the model that has it. */

import { namesOf } from "../core/registry.ts";
import { losses } from "../losses/index.ts";
import type { ModelOptions } from "../training/index.ts";
import { penalties } from "./families.ts";
import type { State } from "./state.ts";
import { threadsFor } from "./threads.ts";

export function modelOptions(state: State): ModelOptions {
  const { loss, seed, precision } = state;
  const given = namesOf(penalties).filter((name) => state[name] > 0);
  const regularizers = given.map((name) => penalties[name](state[name]));
  return { loss: losses[loss](), regularizers, seed, precision, threads: threadsFor(state) };
}
