/** Flags of a training run. Those of `fitFlags` go to the library as they are. */
import { optimizers } from "../../optimizers/index.ts";
import { schedules } from "../../training/index.ts";
import type { Flag, Values } from "./flag.ts";
import { counts, number, on, oneOf, text, texts, whole } from "./kinds.ts";

const resume: Flag<string | true> = {
  value: "[file]",
  help: "go on from a saved state (default: that of --checkpoint, if there is one)",
};

const classWeight: Flag<string> = {
  value: "<how>",
  help: "balanced: every class counts as much, however rare (default: every example does)",
  choices: ["balanced"],
  options: (value) => ({ classWeights: value }),
};

/** Options of `fit`. */
export const fitFlags = {
  clip: number("<norm>", "scale longer gradients to this norm", { above: 0 }),
  classWeight,
  patience: whole("<epochs>", "stop when the validation loss has not fallen for so long, keep the best"),
  minimumChange: number("<loss>", "how much counts as falling (default: 0)", { from: 0 }),
};

export const trainingFlags = {
  precision: oneOf("<type>", "of all numbers (default: f32)", ["f32", "f64"]),
  optimizer: oneOf("<name>", "default: adam", Object.keys(optimizers)),
  schedule: oneOf("<name>", "of the learning rate (default: constant)", Object.keys(schedules)),
  ...fitFlags,
  epochs: whole(
    "<n>",
    "passes over the data (default: 100; from 20,000 examples on 5; of a table up to 400, with patience; lbfgs and its kin: their own)",
  ),
  batch: whole("<n>", "examples in a step (default: 64; lbfgs and its kin: all)"),
  validation: number("<share>", "share or number of examples to set aside, 0 for none (default: 0.2)", { from: 0 }),
  levels: counts("<steps>", "coarse to fine in time, as 4,8,16: each level starts from the one before"),
  out: text("<file>", "where to save the model"),
  history: texts("<file>", "save what every epoch came to as .csv or .json, or drawn as .svg; may be repeated"),
  checkpoint: text("<file>", "save the state of the run there after every epoch"),
  every: whole("<steps>", "save the state after so many steps instead"),
  resume,
  receipt: text("<file>", "write a receipt of the run there, for odenet audit: a state an epoch, or as --every says"),
  json: on("one JSON object a line instead of text"),
};

export type TrainingFlags = Values<typeof trainingFlags>;
