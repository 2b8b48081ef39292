/** odenet check: whether the gradient of a network's objective is right, by Taylor's remainders. */
import { checkDerivative, derivativeTable } from "../analysis/index.ts";
import { countExamples, type Dataset, selectExamples } from "../data/index.ts";
import { createModel, type TrainableModel as Model } from "../training/index.ts";
import { chooseLoss } from "./choose/loss.ts";
import { chooseNetwork } from "./choose/network.ts";
import { aboutRegularizers, chooseRegularizers } from "./choose/regularizers.ts";
import { subcommand } from "./command.ts";
import { labelled } from "./evaluate.ts";
import { exitCodes, speakingOf, usage } from "./failure.ts";
import { flagName, givenOf, type Values } from "./flags/flag.ts";
import { on, text, whole } from "./flags/kinds.ts";
import { dynamicsFlags, networkFlags } from "./flags/network.ts";
import { sourceFlags } from "./flags/source.ts";
import { trainingFlags } from "./flags/training.ts";
import { openModel } from "./modelFile.ts";
import { layersText } from "./networkText.ts";
import { counted, outputOf } from "./output.ts";
import { openSource } from "./source.ts";

const { precision } = trainingFlags;

const flags = {
  ...sourceFlags,
  ...networkFlags,
  model: text("<file>", "a saved model or a checkpoint in place of a network"),
  precision: { ...precision, help: "of all numbers (default: f64)" },
  points: whole("<n>", "how many h, each half of the one before (default: 20)", { from: 4 }),
  json: on("one JSON object instead of text"),
};

/** What a saved model has of its own. */
const { standardize: _, ...ofNetwork } = networkFlags;

type CheckFlags = Values<typeof flags>;

export const check = subcommand({
  name: "check",
  summary: "check the gradient of a network",
  description:
    "Compares the objective along a random direction v with its Taylor polynomials: |Φ(θ + h v) − Φ(θ)| falls as h, |Φ(θ + h v) − Φ(θ) − h ∇Φᵀv| as h² where the gradient is right. In double precision, at the parameters that training would start from, on at most 256 examples. Exit code 1 where it is wrong.",
  arguments: [["[data]", "as for train", "peaks"]],
  flags,
  members: dynamicsFlags,
  examples: [
    "check",
    "check swissRoll --dynamics hamiltonian --steps 32 --final-time 4 --regularizer timeSmoothness:1e-2",
    "check iris.csv --model iris.safetensors",
  ],
  run: (given, [name = ""]) => checkGradient(name, given),
});

/** A right gradient has 2, a wrong one 1. */
const LEAST = 1.5;
/** More examples take longer and show no more. */
const MOST_EXAMPLES = 256;

async function checkGradient(name: string, flags: CheckFlags): Promise<number> {
  const output = outputOf(flags);
  const { seed = 0, points = 20 } = flags;
  const { model, data } =
    flags.model === undefined ? await described(name, flags) : await saved(flags.model, name, flags);
  const examples = countExamples(data, name);
  const checked = await speakingOf(name, exitCodes.failed, () => checkDerivative(model, data, { seed, points }));
  const { order1 } = checked.slopes;
  // Remainders that are round-off from the first h on have no slope, and nothing is wrong with them.
  const right = !(order1 < LEAST);
  output.tell({ data: name, examples, parameters: model.get().length, precision: model.precision, ...checked, right });
  output.say(
    `${name}: ${counted(examples, "example")}, ${counted(model.get().length, "parameter")}, ${model.precision}`,
  );
  output.say(`network: ${layersText(model.network)}\n\n${derivativeTable(checked)}\n`);
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
  const [foreign] = givenOf(ofNetwork, flags);
  if (foreign !== undefined)
    throw usage(`${flagName(foreign)}: expected none with --model ${path}, which has its own. Leave one out.`);
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
