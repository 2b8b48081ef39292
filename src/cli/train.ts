/** odenet train: learns from a data set, saves the model; stops cleanly at Ctrl-C and goes on later. */
import { nth } from "../core/nth.ts";
import { countExamples, type Dataset } from "../data/index.ts";
import { readSafetensors } from "../formats/safetensors.ts";
import type { Data } from "../model/examples.ts";
import type { Evaluation } from "../model/model.ts";
import type { Network } from "../networks/index.ts";
import { isMethod } from "../optimizers/method.ts";
import { createModel, type FitResult, type TrainableModel as Model, multilevel } from "../training/index.ts";
import { checkLevels, withSteps } from "../training/multilevel.ts";
import {
  chooseLoss,
  chooseNetwork,
  chooseOptimizer,
  chooseSchedule,
  type NetworkFlags,
  type OptimizerFlags,
} from "./choices.ts";
import { exitCodes, speakingOf, usage } from "./failure.ts";
import { checkWritable, exists, readWhole, writeWhole } from "./files.ts";
import { checkHistory, takenUp, writeHistory } from "./history.ts";
import { learn, type Watch } from "./learn.ts";
import { withTable } from "./modelFile.ts";
import { layersText } from "./networkText.ts";
import { counted, evaluationText, type Output, outputOf } from "./output.ts";
import { aboutRegularizers, chooseRegularizers } from "./regularizerText.ts";
import { divide, openSource, type SourceFlags } from "./source.ts";

export interface TrainFlags extends SourceFlags, NetworkFlags, OptimizerFlags {
  loss?: string;
  regularizer?: string[];
  precision?: "f32" | "f64";
  epochs?: number;
  batch?: number;
  validation?: number;
  clip?: number;
  patience?: number;
  minimumChange?: number;
  out?: string;
  checkpoint?: string;
  every?: number;
  resume?: string | true;
  levels?: number[];
  history?: string[];
  json?: boolean;
}

/** Small data sets need many passes, large ones few. */
const defaultEpochs = (examples: number): number => (examples < 20_000 ? 100 : 5);

/** Returns the exit code. `argv` is what stands after "odenet", to say how to go on. */
export async function trainCommand(name: string, flags: TrainFlags, argv: readonly string[]): Promise<number> {
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
    ...(validation ? { validation: validation as Data } : {}),
    ...(flags.clip === undefined ? {} : { clip: flags.clip }),
    ...(flags.patience === undefined ? {} : { patience: flags.patience }),
    ...(flags.minimumChange === undefined ? {} : { minimumChange: flags.minimumChange }),
  };
  const data = training as Data;
  const job = {
    ...{ output, epochs, batchSize, examples: n, search: whole },
    ...{ checkpoint: flags.checkpoint, every: flags.every, table: source.table },
  };
  const fitOnce = async (watch: Watch) => ({
    model: start,
    result: await start.fit(data, { ...options, ...watch, ...(resume ? { resume } : {}) }),
  });
  const fitLevels = async (watch: Watch, levels: readonly number[]) => {
    const described = { loss, precision, regularizers };
    const done = await multilevel(network, data, { ...described, ...options, ...watch, levels });
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
    training: model.evaluate(training as Data),
    ...(validation ? { validation: model.evaluate(validation as Data) } : {}),
  };
  report(output, result, final, out, model);
  if (result.checkpoint) {
    const again = [...withoutResume(argv), "--resume", checkpoint].map(quoted).join(" ");
    output.tell({ event: "checkpoint", file: checkpoint, resume: `odenet ${again}` });
    output.say(`state of the run: ${checkpoint}. To go on: odenet ${again}`);
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
    throw usage(`--levels ${levels.join(",")}: ${(error as Error).message.replace(/^[\w.]+: /, "")}`);
  }
  return levels;
}

/** The network on the finest level. */
function leveled(network: Network, levels: readonly number[] | undefined): Promise<Network> {
  const finest = levels?.[levels.length - 1];
  return speakingOf("--levels", exitCodes.usage, () => (finest === undefined ? network : withSteps(network, finest)));
}

/** Where the state of the run goes: the flag's, the one resumed from, or beside the working folder's other files. */
function checkpointPath(name: string, { checkpoint, resume }: TrainFlags): string {
  const base = name.replace(/^.*[\\/]/, "").replace(/\.\w+$/, "") || "odenet";
  return checkpoint ?? (typeof resume === "string" ? resume : `${base}.checkpoint.safetensors`);
}

async function resumeBytes(
  { resume }: TrainFlags,
  checkpoint: string,
  output: Output,
): Promise<Uint8Array | undefined> {
  if (resume === undefined) return undefined;
  const path = resume === true ? checkpoint : resume;
  if (resume === true && !exists(path)) {
    output.say(`no checkpoint at ${path} yet: starting from the beginning`);
    return undefined;
  }
  const subject = `--resume ${path}`;
  const bytes = readWhole(path, "It is what --checkpoint and Ctrl-C write.", subject);
  await speakingOf(subject, exitCodes.failed, () => readSafetensors(bytes));
  return bytes;
}

function introduce(
  output: Output,
  name: string,
  training: Dataset,
  validation: Dataset | undefined,
  model: Model,
): void {
  const { shape = 0, classes } = training;
  const n = countExamples(training, name);
  const aside = validation ? countExamples(validation, name) : 0;
  const what = Array.isArray(shape) ? `${shape.join(" × ")} images` : counted(shape as number, "feature");
  const kinds = classes ? `${classes.length} classes` : "numbers as labels";
  const parameters = model.get().length;
  output.tell({
    event: "start",
    data: name,
    examples: n,
    validation: aside,
    features: shape,
    classes,
    parameters,
    network: model.network,
  });
  output.say(
    `${name}: ${counted(n, "example")} to learn from, ${aside.toLocaleString("en-US")} to check with, ${what}, ${kinds}`,
  );
  output.say(`network: ${layersText(model.network)}, ${counted(parameters, "parameter")}, ${model.precision}`);
}

function report(
  output: Output,
  { status, reason, best }: FitResult,
  final: { training: Evaluation; validation?: Evaluation },
  out: string | undefined,
  model: Model,
): void {
  output.tell({
    event: "end",
    status,
    reason,
    ...final,
    ...(best ? { best: { ...best, epoch: best.epoch + 1 } } : {}),
    model: out ?? null,
  });
  output.say(status === "stopped" ? reason : `${status}: ${reason}`);
  output.say(`training: ${evaluationText(final.training)}`);
  if (final.validation) output.say(`validation: ${evaluationText(final.validation)}`);
  if (out !== undefined)
    output.say(
      `saved: ${out} (${counted(model.get().length, "parameter")}). To use it: odenet predict ${quoted(out)} <file>`,
    );
  else if (status !== "stopped") output.say("not saved: add --out model.safetensors to keep it");
}

/** The arguments without --resume and its value. */
export function withoutResume(argv: readonly string[]): string[] {
  const kept: string[] = [];
  for (let i = 0; i < argv.length; i++) {
    const word = nth(argv, i);
    if (word === "--resume") {
      if (argv[i + 1] !== undefined && !nth(argv, i + 1).startsWith("-")) i++;
    } else if (!word.startsWith("--resume=")) kept.push(word);
  }
  return kept;
}

const quoted = (word: string): string => (/^[\w./:=@%+,-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`);
