/** odenet train: learns from a data set, saves the model; stops cleanly at Ctrl-C and goes on later. */
import { messageOf } from "../core/messageOf.ts";
import { nth } from "../core/nth.ts";
import { countExamples } from "../data/index.ts";
import type { Network } from "../networks/index.ts";
import { isMethod } from "../optimizers/method.ts";
import { createModel, multilevel } from "../training/index.ts";
import { checkLevels, withSteps } from "../training/multilevel.ts";
import { chooseLoss } from "./choose/loss.ts";
import { chooseNetwork } from "./choose/network.ts";
import { chooseOptimizer, chooseSchedule } from "./choose/optimizer.ts";
import { aboutRegularizers, chooseRegularizers } from "./choose/regularizers.ts";
import { subcommand } from "./command.ts";
import { exitCodes, speakingOf, usage } from "./failure.ts";
import { checkWritable, writeWhole } from "./files.ts";
import { optionsOf, type Values } from "./flags/flag.ts";
import { dynamicsFlags, networkFlags } from "./flags/network.ts";
import { optimizerFlags } from "./flags/optimizer.ts";
import { sourceFlags } from "./flags/source.ts";
import { fitFlags, trainingFlags } from "./flags/training.ts";
import { checkHistory, takenUp, writeHistory } from "./history.ts";
import { learn, type Watch } from "./learn.ts";
import { withTable } from "./modelFile.ts";
import { outputOf } from "./output.ts";
import { introduce, report } from "./report.ts";
import { checkpointPath, goOn, resumeBytes } from "./resume.ts";
import { divide, openSource, sourceNames } from "./source.ts";

const flags = { ...sourceFlags, ...networkFlags, ...trainingFlags };

export type TrainFlags = Values<typeof flags>;

export const train = subcommand({
  name: "train",
  summary: "learn from a data set",
  description:
    "Learns from a data set and saves the model. Columns of a table are standardised, and a fifth of the examples is set aside to check with. Ctrl-C saves the state of the run and says how to go on.",
  arguments: [["<data>", `${sourceNames.join(", ")}, or the path to a CSV, NPY or IDX file or a folder of pictures`]],
  flags,
  members: { ...dynamicsFlags, ...optimizerFlags },
  examples: [
    "train peaks --epochs 50 --out peaks.safetensors",
    "train iris.csv --label species --out iris.safetensors",
    "train houses.csv --task regression --patience 10 --out houses.safetensors",
    "train swissRoll --dynamics hamiltonian --integrator verlet --start half --steps 32 --final-time 4",
    "train swissRoll --dynamics antisymmetric --levels 8,16,32 --optimizer lbfgs --history curve.svg --history run.csv",
    "train peaks --optimizer newtonCG --regularizer tikhonov:1e-4 --regularizer timeSmoothness:1e-3,parameters=.K",
    "train mnist --network resNet --width 64 --steps 4 --epochs 3 --out digits.safetensors",
    "train fashion-mnist --network parabolicCnn --channels 16,32 --steps 1,2 --stride 2 --head flatten",
    "train mnist --checkpoint run.safetensors --every 100 --resume --out digits.safetensors",
    "train points.npy --labels classes.npy --network network.json --optimizer sgd --schedule cosine",
  ],
  run: (given, [name = ""], argv) => learnFrom(name, given, argv),
});

/** Small data sets need many passes, large ones few. */
const defaultEpochs = (examples: number): number => (examples < 20_000 ? 100 : 5);

/** `argv` says how to go on. */
async function learnFrom(name: string, flags: TrainFlags, argv: readonly string[]): Promise<number> {
  const output = outputOf(flags);
  const { seed = 0, out, precision = "f32" } = flags;
  const checkpoint = checkpointPath(name, flags);
  if (out !== undefined) checkWritable(out, "--out");
  checkWritable(checkpoint, "--checkpoint");
  if (flags.minimumChange !== undefined && flags.patience === undefined) {
    throw usage("--minimum-change: needs --patience, the epochs to wait for such a change.");
  }
  const optimizer = await chooseOptimizer(flags);
  const schedule = chooseSchedule(flags);
  const history = flags.history ?? [];
  checkHistory(history);
  const levels = chooseLevels(flags);

  const source = await openSource(name, { ...flags, seed });
  const { loss, outputs } = chooseLoss(flags.loss, source.data, name);
  const { training, validation } = await divide(name, source, flags.validation, seed);
  const standardized = source.raw && flags.standardize !== false;
  const network = await leveled(await chooseNetwork(flags, training, outputs, standardized), levels);
  const regularizers = chooseRegularizers(flags);
  const start = await speakingOf(aboutRegularizers(`--network ${flags.network ?? "resNet"}`), exitCodes.failed, () =>
    createModel(network, { loss, precision, seed, regularizers }),
  );
  const n = countExamples(training, name);
  const method = isMethod(optimizer) ? optimizer : undefined;
  const epochs = flags.epochs ?? method?.iterations ?? defaultEpochs(n);
  const whole = method !== undefined && flags.batch === undefined;
  const batchSize = whole ? n : (flags.batch ?? 64);
  const resume = await resumeBytes(flags, checkpoint, output);
  introduce(output, name, training, validation, start);

  const subject = (message: string) => {
    if (message.startsWith("resume: ")) return `--resume ${checkpoint}`;
    return message.includes("stabilityProjection") ? `--optimizer ${flags.optimizer}` : name;
  };
  const options = {
    ...{ optimizer, schedule, batchSize: whole ? Number.POSITIVE_INFINITY : batchSize, seed, epochs },
    ...(validation ? { validation } : {}),
    ...optionsOf(fitFlags, flags),
  };
  const job = {
    ...{ output, epochs, batchSize, examples: n, search: whole },
    ...{ checkpoint: flags.checkpoint, every: flags.every, table: source.table },
  };
  const fitOnce = async ({ onLevel: _, ...watch }: Watch) => ({
    model: start,
    result: await start.fit(training, { ...options, ...watch, ...(resume ? { resume } : {}) }),
  });
  const fitLevels = async (watch: Watch, levels: readonly number[]) => {
    const described = { loss, precision, regularizers };
    const done = await multilevel(network, training, { ...described, ...options, ...watch, levels });
    // A run of several levels cannot be taken up again.
    const { checkpoint: _, ...result } = nth(done.levels, done.levels.length - 1);
    return { model: done.model, result };
  };
  const run = await speakingOf(subject, exitCodes.failed, () =>
    learn(job, (watch) => (levels ? fitLevels(watch, levels) : fitOnce(watch))),
  );
  const { model, result, signal, rows } = run;
  // First of all: whoever asks for the second time is not made to wait for more.
  if (result.checkpoint) writeWhole(checkpoint, withTable(result.checkpoint, source.table));
  writeHistory(history, resume ? takenUp(history, rows) : rows);
  if (out !== undefined) writeWhole(out, withTable(model.toBytes(), source.table));
  const final = {
    training: model.evaluate(training),
    ...(validation ? { validation: model.evaluate(validation) } : {}),
  };
  report(output, result, final, out, model);
  if (result.checkpoint) {
    const again = goOn(argv, checkpoint);
    output.tell({ event: "checkpoint", file: checkpoint, resume: again });
    output.say(`state of the run: ${checkpoint}. To go on: ${again}`);
  }
  if (signal && result.status === "stopped") return signal === "SIGTERM" ? exitCodes.terminated : exitCodes.interrupted;
  return result.status === "diverged" ? exitCodes.failed : exitCodes.done;
}

/** The levels of --levels, where they divide and nothing else says how many steps there are. */
function chooseLevels(flags: TrainFlags): readonly number[] | undefined {
  const { levels } = flags;
  if (levels === undefined) return undefined;
  for (const [key, why] of [
    ["steps", "the levels say it"],
    ["checkpoint", "a run of several levels cannot be taken up again"],
    ["every", "a run of several levels cannot be taken up again"],
    ["resume", "a run of several levels cannot be taken up again"],
  ] as const) {
    if (flags[key] !== undefined) throw usage(`--${key}: expected none with --levels, got one: ${why}. Leave it out.`);
  }
  try {
    checkLevels(levels);
  } catch (error) {
    throw usage(`--levels ${levels.join(",")}: ${messageOf(error).replace(/^[\w.]+: /, "")}`);
  }
  return levels;
}

/** The network on the finest level. */
function leveled(network: Network, levels: readonly number[] | undefined): Promise<Network> {
  const finest = levels?.[levels.length - 1];
  return speakingOf("--levels", exitCodes.usage, () => (finest === undefined ? network : withSteps(network, finest)));
}
