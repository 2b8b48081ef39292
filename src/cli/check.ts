/** odenet check: whether the gradient of a network's objective is right, by Taylor's remainders. */
import { checkDerivative, derivativeTable } from "../analysis/index.ts";
import { countExamples, type Dataset, selectExamples } from "../data/index.ts";
import type { Data } from "../model/examples.ts";
import { createModel, type TrainableModel as Model } from "../training/index.ts";
import { chooseLoss, chooseNetwork, type NetworkFlags, PRESET_FLAGS } from "./choices.ts";
import { labelled } from "./evaluate.ts";
import { exitCodes, speakingOf, usage } from "./failure.ts";
import { openModel } from "./modelFile.ts";
import { layersText } from "./networkText.ts";
import { counted, outputOf } from "./output.ts";
import { aboutRegularizers, chooseRegularizers } from "./regularizerText.ts";
import { openSource, type SourceFlags } from "./source.ts";

export interface CheckFlags extends SourceFlags, NetworkFlags {
  model?: string;
  loss?: string;
  precision?: "f32" | "f64";
  regularizer?: string[];
  points?: number;
  json?: boolean;
}

/** A right gradient has 2, a wrong one 1. */
const LEAST = 1.5;
/** More examples take longer and show no more. */
const MOST_EXAMPLES = 256;

export async function checkCommand(name: string, flags: CheckFlags): Promise<number> {
  const output = outputOf(flags);
  const { seed = 0, points = 20 } = flags;
  const { model, data } =
    flags.model === undefined ? await described(name, flags) : await saved(flags.model, name, flags);
  const examples = countExamples(data, name);
  const check = await speakingOf(name, exitCodes.failed, () => checkDerivative(model, data as Data, { seed, points }));
  const { order1 } = check.slopes;
  // Remainders that are round-off from the first h on have no slope, and nothing is wrong with them.
  const right = !(order1 < LEAST);
  output.tell({ data: name, examples, parameters: model.get().length, precision: model.precision, ...check, right });
  output.say(
    `${name}: ${counted(examples, "example")}, ${counted(model.get().length, "parameter")}, ${model.precision}`,
  );
  output.say(`network: ${layersText(model.network)}\n\n${derivativeTable(check)}\n`);
  output.say(
    right
      ? `right: the second remainder falls with h to the power ${order1.toFixed(2)}, as a right gradient's does: 2; a wrong one's has 1`
      : `wrong: the second remainder falls with h to the power ${order1.toFixed(2)}, a right gradient's has 2. The gradient does not fit the objective, or θ lies at a kink of it (relu at 0, steps that the data choose)`,
  );
  return right ? exitCodes.done : exitCodes.failed;
}

interface Subject {
  readonly model: Model;
  readonly data: Dataset;
}

/** The network that odenet train would begin with. */
async function described(name: string, flags: CheckFlags): Promise<Subject> {
  const { seed = 0, precision = "f64" } = flags;
  const source = await openSource(name, { ...flags, seed });
  const { loss, outputs } = chooseLoss(flags.loss, source.data, name);
  const network = await chooseNetwork(flags, source.data, outputs, source.raw && flags.standardize !== false);
  const regularizers = chooseRegularizers(flags);
  const model = await speakingOf(aboutRegularizers(`--network ${flags.network ?? "resNet"}`), exitCodes.failed, () =>
    createModel(network, { loss, precision, seed, regularizers }),
  );
  return { model, data: some(source.data) };
}

/** A saved model at its θ, with its own loss and regularizers. */
async function saved(path: string, name: string, flags: CheckFlags): Promise<Subject> {
  const own = { network: "--network", loss: "--loss", regularizer: "--regularizer", ...PRESET_FLAGS };
  for (const [key, flag] of Object.entries(own)) {
    if (flags[key as keyof CheckFlags] !== undefined)
      throw usage(`${flag}: expected none with --model ${path}, which has its own. Leave one out.`);
  }
  const opened = await openModel(path, flags.precision ?? "f64");
  return { model: opened.model, data: some(await labelled(opened, name, flags)) };
}

function some(data: Dataset): Dataset {
  const n = countExamples(data, "check");
  return n <= MOST_EXAMPLES
    ? data
    : selectExamples(
        data,
        Uint32Array.from({ length: MOST_EXAMPLES }, (_, i) => i),
      );
}
