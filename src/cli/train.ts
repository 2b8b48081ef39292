/** odenet train: learns from a data set, saves the model; stops cleanly at Ctrl-C and goes on later. */
import { messageOf } from "../core/messageOf.ts";
import { nth } from "../core/nth.ts";
import { countExamples, type Dataset } from "../data/index.ts";
import type { Network } from "../networks/index.ts";
import { isMethod } from "../optimizers/method.ts";
import type { Encoder } from "../tables/index.ts";
import { createModel, multilevel } from "../training/index.ts";
import { checkLevels, withSteps } from "../training/multilevel.ts";
import { baselines } from "./baselines.ts";
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
import { outputOf } from "./output.ts";
import { noteOf } from "./receiptNote.ts";
import { introduce, noticed, report } from "./report.ts";
import { checkpointPath, goOn, resumeBytes } from "./resume.ts";
import { divide, openSource, type Source, sourceNames } from "./source.ts";

const flags = { ...sourceFlags, ...networkFlags, ...trainingFlags };

export type TrainFlags = Values<typeof flags>;

export const train = subcommand({
  name: "train",
  summary: "learn from a data set",
  description:
    "Learns from a data set and saves the model. Of a table, text, dates and missing values become numbers as its columns need, and a fifth of the examples is set aside to check with. Ctrl-C saves the state of the run and says how to go on.",
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

/** Of a table: some thousand steps, and no more once the validation loss has ceased to fall; the best epoch is kept. */
function ofTable(examples: number, batch: number): { epochs: number; patience: number } {
  const epochs = Math.min(400, Math.max(20, Math.ceil(4000 / Math.ceil(examples / batch))));
  return { epochs, patience: Math.max(10, Math.ceil(epochs / 8)) };
}

/** `argv` says how to go on. */
async function learnFrom(name: string, flags: TrainFlags, argv: readonly string[]): Promise<number> {
  const output = outputOf(flags);
  const { seed = 0, out, precision = "f32" } = flags;
  const checkpoint = checkpointPath(name, flags);
  if (out !== undefined) checkWritable(out, "--out");
  checkWritable(checkpoint, "--checkpoint");
  if (flags.receipt !== undefined) checkWritable(flags.receipt, "--receipt");
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
  const parts = await divide(name, source, flags.validation, seed);
  const { training, validation, encoder } = await encodedParts(name, source, parts, flags);
  const standardized = source.raw && flags.standardize !== false;
  const network = await leveled(await chooseNetwork(flags, training, outputs, standardized), levels);
  const regularizers = chooseRegularizers(flags);
  const start = await speakingOf(aboutRegularizers(`--network ${flags.network ?? "resNet"}`), exitCodes.failed, () =>
    createModel(network, { loss, precision, seed, regularizers, ...(encoder ? { encoder } : {}) }),
  );
  const n = countExamples(training, name);
  const method = isMethod(optimizer) ? optimizer : undefined;
  const usual =
    encoder && !method && validation && flags.patience === undefined ? ofTable(n, flags.batch ?? 64) : undefined;
  const patience = flags.epochs === undefined ? usual?.patience : undefined;
  const epochs = flags.epochs ?? method?.iterations ?? usual?.epochs ?? defaultEpochs(n);
  const whole = method !== undefined && flags.batch === undefined;
  const batchSize = whole ? n : (flags.batch ?? 64);
  const resume = await resumeBytes(flags, checkpoint, output);
  introduce(output, name, training, validation, start);
  if (source.table) noticed(output, source.table.encoder);

  const subject = (message: string) => {
    if (message.startsWith("resume: ")) return `--resume ${checkpoint}`;
    return message.includes("stabilityProjection") ? `--optimizer ${flags.optimizer}` : name;
  };
  const options = {
    ...{ optimizer, schedule, batchSize: whole ? Number.POSITIVE_INFINITY : batchSize, seed, epochs },
    ...(validation ? { validation } : {}),
    ...(patience === undefined ? {} : { patience }),
    ...optionsOf(fitFlags, flags),
    ...(flags.receipt === undefined
      ? {}
      : { receipt: { every: flags.every ?? Math.ceil(n / batchSize), note: noteOf(flags) } }),
  };
  const job = {
    ...{ output, epochs, batchSize, examples: n, search: whole },
    ...{ checkpoint: flags.checkpoint, every: flags.every },
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
  if (result.checkpoint) writeWhole(checkpoint, result.checkpoint);
  writeHistory(history, resume ? takenUp(history, rows) : rows);
  if (out !== undefined) writeWhole(out, model.toBytes());
  if (flags.receipt !== undefined && result.receipt) writeWhole(flags.receipt, `${JSON.stringify(result.receipt)}\n`);
  const final = {
    training: model.evaluate(training),
    ...(validation ? { validation: model.evaluate(validation) } : {}),
  };
  report(output, result, final, out, model);
  if (encoder && validation && result.status !== "stopped") await baselines(output, model, training, validation);
  if (result.checkpoint) {
    const again = goOn(argv, checkpoint);
    output.tell({ event: "checkpoint", file: checkpoint, resume: again });
    output.say(`state of the run: ${checkpoint}. To go on: ${again}`);
  }
  if (signal && result.status === "stopped") return signal === "SIGTERM" ? exitCodes.terminated : exitCodes.interrupted;
  return result.status === "diverged" ? exitCodes.failed : exitCodes.done;
}

/** The parts of a table by an encoder that knows training's rows alone; other data as they are. */
export async function encodedParts(
  name: string,
  { table }: Source,
  parts: { training: Dataset; validation?: Dataset },
  flags: Pick<TrainFlags, "standardize">,
): Promise<{ training: Dataset; validation?: Dataset; encoder?: Encoder }> {
  if (!table) return parts;
  if (flags.standardize === false) {
    throw usage(
      "--no-standardize: belongs to arrays; a table's columns are always centred and scaled, in double precision. Leave it out.",
    );
  }
  return speakingOf(name, exitCodes.failed, () => {
    const encoder = table.refit(parts.training);
    const { validation } = parts;
    const training = table.encode(encoder, parts.training);
    return { encoder, training, ...(validation ? { validation: table.encode(encoder, validation) } : {}) };
  });
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
    ["receipt", "a receipt is of one run"],
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
