/** odenet train: learns from a data set, saves the model; stops cleanly at Ctrl-C and goes on later. */
import { countExamples, type Dataset } from "../data/index.ts";
import { readSafetensors } from "../formats/safetensors.ts";
import type { Data } from "../model/examples.ts";
import type { Evaluation } from "../model/model.ts";
import { isMethod } from "../optimizers/method.ts";
import { createModel, type FitResult, type TrainableModel as Model, type Step } from "../training/index.ts";
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
import { interruptible } from "./interrupt.ts";
import { withTable } from "./modelFile.ts";
import { layersText } from "./networkText.ts";
import { counted, evaluationText, type Output, outputOf } from "./output.ts";
import { divide, openSource, type SourceFlags } from "./source.ts";
import { liveArea } from "./start/liveArea.ts";
import type { Progress } from "./start/progress.ts";
import { progressReport } from "./start/progressReport.ts";
import { terminalOf } from "./start/terminal.ts";
import type { Table } from "./table.ts";

export interface TrainFlags extends SourceFlags, NetworkFlags, OptimizerFlags {
  loss?: string;
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

  const source = await openSource(name, { ...flags, seed });
  const { loss, outputs } = chooseLoss(flags.loss, source.data, name);
  const { training, validation } = await divide(name, source, flags.validation, seed);
  const standardized = source.raw && flags.standardize !== false;
  const network = await chooseNetwork(flags, training, outputs, standardized);
  const model = await speakingOf(`--network ${flags.network ?? "resNet"}`, exitCodes.failed, () =>
    createModel(network, { loss, precision, seed }),
  );
  const n = countExamples(training, name);
  const method = isMethod(optimizer) ? optimizer : undefined;
  const epochs = flags.epochs ?? method?.iterations ?? defaultEpochs(n);
  const whole = method !== undefined && flags.batch === undefined;
  const batchSize = whole ? n : (flags.batch ?? 64);
  const resume = await resumeBytes(flags, checkpoint, output);
  introduce(output, name, training, validation, model);

  const subject = (message: string) => (message.startsWith("resume: ") ? `--resume ${checkpoint}` : name);
  const run = await speakingOf(subject, exitCodes.failed, () =>
    learn(model, training, {
      output,
      epochs,
      batchSize,
      checkpoint: flags.checkpoint,
      every: flags.every,
      table: source.table,
      options: {
        optimizer,
        schedule,
        batchSize: whole ? Number.POSITIVE_INFINITY : batchSize,
        seed,
        ...(validation ? { validation: validation as Data } : {}),
        ...(flags.clip === undefined ? {} : { clip: flags.clip }),
        ...(flags.patience === undefined ? {} : { patience: flags.patience }),
        ...(flags.minimumChange === undefined ? {} : { minimumChange: flags.minimumChange }),
        ...(resume ? { resume } : {}),
      },
    }),
  );
  const { result, signal } = run;
  // First of all: whoever asks for the second time is not made to wait for more.
  if (result.checkpoint) writeWhole(checkpoint, withTable(result.checkpoint, source.table));
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
    return signal === "SIGTERM" ? exitCodes.terminated : exitCodes.interrupted;
  }
  return result.status === "diverged" ? exitCodes.failed : exitCodes.done;
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

interface FitJob {
  readonly output: Output;
  readonly epochs: number;
  readonly batchSize: number;
  readonly checkpoint: string | undefined;
  readonly every: number | undefined;
  readonly table: Table | undefined;
  readonly options: NonNullable<Parameters<Model["fit"]>[1]>;
}

async function learn(
  model: Model,
  training: Dataset,
  job: FitJob,
): Promise<{ result: FitResult; signal: NodeJS.Signals | undefined }> {
  const { output, epochs, batchSize, checkpoint, every, table, options } = job;
  const n = countExamples(training, "train");
  const terminal = () => terminalOf(process.stdout, process.env);
  // A terminal that does not know its width (0) cannot be drawn over.
  const drawable = terminal().live && process.stdout.columns > 0 && !output.json;
  const live = drawable ? liveArea(process.stdout) : undefined;
  const report = progressReport(terminal, live, output.say);
  const began = performance.now();
  const perEpoch = Math.ceil(n / batchSize);
  let first = 0;
  let validation: Evaluation | undefined;
  const progress = ({ epoch, iteration, value }: Step, loss = value): Progress => {
    const done = (iteration - first) * batchSize;
    const seen = epoch * n + Math.min((iteration - epoch * perEpoch) * batchSize, n);
    const seconds = (performance.now() - began) / 1000;
    return {
      epoch: epoch + 1,
      epochs,
      seen,
      examples: epochs * n,
      loss,
      validationAccuracy: validation?.accuracy,
      examplesPerSecond: done / seconds,
    };
  };
  const interrupt = interruptible();
  try {
    const result = await model.fit(training as Data, {
      ...options,
      epochs,
      signal: interrupt.signal,
      onStep(step) {
        if (first === 0) first = step.iteration - 1;
        report.step(progress(step));
        if (step.epochEnd) {
          validation = step.epochEnd.validation;
          report.epoch(progress(step, step.epochEnd.loss));
          output.tell({ event: "epoch", epoch: step.epoch + 1, iteration: step.iteration, ...step.epochEnd });
        }
        const due = every === undefined ? step.epochEnd !== undefined : step.iteration % every === 0;
        if (checkpoint !== undefined && due && !step.diverged)
          writeWhole(checkpoint, withTable(step.checkpoint(), table));
      },
    });
    return { result, signal: interrupt.received() };
  } finally {
    report.end();
    interrupt.end();
  }
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
    const word = argv[i] as string;
    if (word === "--resume") {
      if (argv[i + 1] !== undefined && !(argv[i + 1] as string).startsWith("-")) i++;
    } else if (!word.startsWith("--resume=")) kept.push(word);
  }
  return kept;
}

const quoted = (word: string): string => (/^[\w./:=@%+,-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`);
