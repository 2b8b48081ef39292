/** Optimizer and schedule by name and flags. */
import { type Optimizer, optimizers } from "../../optimizers/index.ts";
import { isMethod } from "../../optimizers/method.ts";
import { type Schedule, schedules } from "../../training/index.ts";
import { exitCodes, speakingOf, usage } from "../failure.ts";
import { flagName, givenOf } from "../flags/flag.ts";
import { memberOptions } from "../flags/members.ts";
import { optimizerFamily, optimizerFlags } from "../flags/optimizer.ts";
import { type TrainingFlags, trainingFlags } from "../flags/training.ts";
import { member } from "./member.ts";

export async function chooseOptimizer(given: TrainingFlags): Promise<Optimizer> {
  const { optimizer = "adam" } = given;
  const kind = member(optimizers, optimizer, "--optimizer");
  const options = memberOptions(optimizerFlags, given, optimizerFamily, kind, "--optimizer");
  const chosen = await speakingOf(`--optimizer ${kind}`, exitCodes.usage, () => optimizers[kind](options));
  if (isMethod(chosen)) refuseForMethod(chosen.kind, chosen.miniBatch === true, given);
  return chosen;
}

const updates = () =>
  Object.entries(optimizers)
    .filter(([, make]) => !isMethod(make()))
    .map(([name]) => name)
    .join(", ");

/** Flags that mean nothing to an optimizer that searches for its steps. */
function refuseForMethod(kind: string, miniBatch: boolean, given: TrainingFlags): void {
  const { schedule, clip } = trainingFlags;
  const [foreign] = givenOf({ clip, schedule }, given);
  if (foreign !== undefined) {
    throw usage(`${flagName(foreign)}: belongs to ${updates()}, got --optimizer ${kind}. Leave it out.`);
  }
  if (given.batch !== undefined && !miniBatch) {
    throw usage(`--batch: expected none with --optimizer ${kind}, whose step sees all examples, got ${given.batch}.`);
  }
}

export const chooseSchedule = ({ schedule = "constant" }: TrainingFlags): Schedule =>
  schedules[member(schedules, schedule, "--schedule")]();
