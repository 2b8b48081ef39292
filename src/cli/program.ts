/** The command line: what can be asked, with defaults, help and examples. */
import { Command, InvalidArgumentError, Option } from "commander";
import { dynamics } from "../dynamics/index.ts";
import { experiments } from "../experiments/index.ts";
import * as integrators from "../integrators/index.ts";
import { losses } from "../losses/index.ts";
import { activations } from "../operations/activation.ts";
import { optimizers } from "../optimizers/index.ts";
import { regularizers } from "../regularizers/index.ts";
import { schedules } from "../training/index.ts";
import { type CheckFlags, checkCommand } from "./check.ts";
import { networkNames } from "./choices.ts";
import { type CoreFlags, coreCommand } from "./core.ts";
import { type EvaluateFlags, evaluateCommand } from "./evaluate.ts";
import { type ExperimentFlags, experimentCommand } from "./experiment.ts";
import { type ExportFlags, exportCommand, formats } from "./export.ts";
import { type InfoFlags, infoCommand } from "./info.ts";
import { type LabFlags, labCommand } from "./lab.ts";
import { type PredictFlags, predictCommand } from "./predict.ts";
import { sourceNames } from "./source.ts";
import { type TrainFlags, trainCommand } from "./train.ts";

function whole(least: number) {
  return (text: string): number => {
    const n = Number(text);
    if (text.trim() !== "" && Number.isSafeInteger(n) && n >= least) return n;
    throw new InvalidArgumentError(`Expected a whole number from ${least}.`);
  };
}

function real(low: number, exclusive = false) {
  return (text: string): number => {
    const x = Number(text);
    if (text.trim() !== "" && Number.isFinite(x) && (exclusive ? x > low : x >= low)) return x;
    throw new InvalidArgumentError(`Expected a number ${exclusive ? "above" : "from"} ${low}.`);
  };
}

function seed(text: string): number {
  const n = Number(text);
  if (text.trim() !== "" && Number.isSafeInteger(n)) return n;
  throw new InvalidArgumentError("Expected a whole number.");
}

const repeated = (text: string, before: string[] = []): string[] => [...before, text];

function counts(text: string): number[] {
  const numbers = text.split(",").map(Number);
  if (numbers.every((n) => Number.isSafeInteger(n) && n >= 1)) return numbers;
  throw new InvalidArgumentError("Expected whole numbers parted by commas, as 16,32.");
}

/** One number, or one for each block. */
function steps(text: string): number | number[] {
  return text.includes(",") ? counts(text) : whole(1)(text);
}

function missing(text: string): string {
  if (["error", "mean", "drop"].includes(text) || (text.trim() !== "" && Number.isFinite(Number(text)))) return text;
  throw new InvalidArgumentError("Expected error, mean, drop or a number.");
}

function pixels(text: string): string {
  if (/^[1-9]\d*(x[1-9]\d*)?$/.test(text)) return text;
  throw new InvalidArgumentError("Expected pixels, such as 32 or 32x48.");
}

const names = (members: object): string => Object.keys(members).join(", ");
const examples = (...lines: string[]): string =>
  `\nExamples:\n${lines.map((line) => `  $ odenet ${line}`).join("\n")}\n`;

/** Flags that say how to read a table, for all commands. */
function tableOptions(command: Command): Command {
  return command
    .option("--label <column>", "the column of the labels, by name or counted from 0 (default: the last one)")
    .option("--features <columns>", "the columns of the features, parted by commas (default: all but the label)")
    .option("--missing <how>", "missing values: error, mean, drop or a number (default: error)", missing)
    .option("--header", "the first row has the columns' names (default: if none of its cells is a number)")
    .option("--no-header", "it does not")
    .option("--delimiter <sign>", "between cells: one character, or tab (default: found by itself)")
    .addOption(new Option("--decimal <sign>", "decimal sign (default: .)").choices([".", ","]))
    .addOption(
      new Option("--task <task>", "how to take labels (default: by their look)").choices([
        "auto",
        "classification",
        "regression",
      ]),
    );
}

function sourceOptions(command: Command): Command {
  return tableOptions(command)
    .option("--labels <file>", "labels of an NPY or IDX file")
    .option("--data <folder>", "where the files of a published image set are")
    .option(
      "--size <pixels>",
      "of pictures in a folder: 32, or 32x48 for height and width (default: their own)",
      pixels,
    )
    .option("--grey", "take pictures as grey")
    .option("--examples <n>", "how many examples to make, or to take (default: all)", whole(1))
    .option("--noise <deviation>", "noise of the generated points (default: 0)", real(0))
    .option("--seed <n>", "seed of everything random (default: 0)", seed);
}

/** Flags of blocks of time steps, and of the presets for images. */
function imageOptions(command: Command): Command {
  return command
    .option("--steps <n>", "time steps of a preset, for images one number a block: 1,2 (default: 8; images 3)", steps)
    .option("--final-time <T>", "T of a preset; the step is T / steps (default: 1)", real(0, true))
    .addOption(
      new Option("--activation <name>", "σ of a preset (default: tanh, or the preset's)").choices(
        Object.keys(activations),
      ),
    )
    .option("--weights <in time>", "of a preset: perStep, constant, … (default: perStep)")
    .option("--hidden <n>", "rows of K in parabolic, second-order and double Hamiltonian dynamics", whole(1))
    .addOption(new Option("--start <kind>", "of verlet and leapfrog (default: full)").choices(["full", "half"]))
    .option("--reversible", "of verlet and leapfrog: memory that does not grow with the steps")
    .option("--sqrt-checkpoint", "keep about √N features and compute the others again")
    .option("--channels <n,n>", "of each block of a preset for images (default: 16,32,64)", counts)
    .addOption(
      new Option("--norm <name>", "inside these blocks (default: instance)").choices([
        "instance",
        "layer",
        "batch",
        "none",
      ]),
    )
    .addOption(
      new Option("--head <kind>", "what their classifier sees of the last block (default: mean)").choices([
        "mean",
        "flatten",
      ]),
    )
    .option("--stride <n>", "of their opening convolution (default: 1)", whole(1))
    .addOption(new Option("--pooling <kind>", "of leNet (default: max)").choices(["max", "average"]))
    .option("--grouped", "of alexNet: two groups of channels, as in 2012")
    .option("--dropout <rate>", "of alexNet (default: 0.5)", real(0));
}

/** Flags that say what is trained: network, loss, regularizers. */
function networkOptions(command: Command): Command {
  return imageOptions(command)
    .option("--network <name or file>", `${networkNames}, or a JSON file (default: resNet)`)
    .option("--width <n>", "features inside a preset (default: 16; images 64)", whole(1))
    .option("--dynamics <name>", `instead of --network: ${names(dynamics)}, between dense and linear`)
    .option("--integrator <name>", `${names(integrators)} (default: one that fits)`)
    .option("--bias <kind>", "of the time steps: yes, no, or scalar, one number a step (default: yes)")
    .option("--gamma <γ>", "of antisymmetric dynamics (default: 0)", real(0))
    .option("--no-standardize", "take the columns of a table as they are")
    .addOption(new Option("--loss <name>", "default: by the labels").choices(Object.keys(losses)))
    .option(
      "--regularizer <name:weight>",
      `may be repeated: ${names(regularizers)}, as tikhonov:1e-4,parameters=.K`,
      repeated,
    );
}

/** The program; `argv` is what stands after "odenet", `done` receives the exit code. */
export function programFor(version: string, argv: readonly string[], done: (code: number) => void): Command {
  const program = new Command("odenet")
    .description("Trains residual networks as time-stepping methods, in WebAssembly.")
    .version(version)
    .showHelpAfterError("(odenet --help, or odenet <command> --help, says what can be asked)")
    .addHelpText(
      "after",
      `${examples("train peaks --out peaks.safetensors", "train iris.csv --out iris.safetensors", "predict iris.safetensors new.csv", "info iris.safetensors")}\nExit codes: 0 done, 1 it failed, 2 wrong command line, 130 stopped by Ctrl-C.\n`,
    );

  const train = program
    .command("train")
    .summary("learn from a data set")
    .description(
      "Learns from a data set and saves the model. Columns of a table are standardised, and a fifth of the examples is set aside to check with. Ctrl-C saves the state of the run and says how to go on.",
    )
    .argument("<data>", `${sourceNames.join(", ")}, or the path to a CSV, NPY or IDX file or a folder of pictures`);
  networkOptions(sourceOptions(train))
    .addOption(new Option("--precision <type>", "of all numbers (default: f32)").choices(["f32", "f64"]))
    .addOption(new Option("--optimizer <name>", "default: adam").choices(Object.keys(optimizers)))
    .option("--learning-rate <η>", "default: the optimizer's", real(0))
    .option("--momentum <μ>", "of the optimizer momentum (default: 0.9)", real(0))
    .option("--nesterov", "Nesterov's form of momentum")
    .option("--weight-decay <λ>", "default: the optimizer's", real(0))
    .addOption(
      new Option("--schedule <name>", "of the learning rate (default: constant)").choices(Object.keys(schedules)),
    )
    .option("--clip <norm>", "scale longer gradients to this norm", real(0, true))
    .option(
      "--epochs <n>",
      "passes over the data (default: 100; from 20,000 examples on 5; lbfgs and its kin: their own)",
      whole(1),
    )
    .option("--batch <n>", "examples in a step (default: 64; lbfgs and its kin: all)", whole(1))
    .option("--validation <share>", "share or number of examples to set aside, 0 for none (default: 0.2)", real(0))
    .option("--patience <epochs>", "stop when the validation loss has not fallen for so long, keep the best", whole(1))
    .option("--minimum-change <loss>", "how much counts as falling (default: 0)", real(0))
    .option("--levels <steps>", "coarse to fine in time, as 4,8,16: each level starts from the one before", counts)
    .option("--out <file>", "where to save the model")
    .option(
      "--history <file>",
      "save what every epoch came to as .csv or .json, or drawn as .svg; may be repeated",
      repeated,
    )
    .option("--checkpoint <file>", "save the state of the run there after every epoch")
    .option("--every <steps>", "save the state after so many steps instead", whole(1))
    .option("--resume [file]", "go on from a saved state (default: that of --checkpoint, if there is one)")
    .option("--json", "one JSON object a line instead of text")
    .addHelpText(
      "after",
      examples(
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
      ),
    )
    .action(async (name: string, flags: TrainFlags) => done(await trainCommand(name, flags, argv)));

  const evaluate = program
    .command("evaluate")
    .summary("check a model on data with labels")
    .description("Says loss and accuracy of a saved model, and what it takes for what.")
    .argument("<model>", "a saved model or a checkpoint")
    .argument("<data>", "as for train; of mnist and fashion-mnist the 10,000 test images");
  sourceOptions(evaluate)
    .option("--json", "one JSON object instead of text")
    .addHelpText(
      "after",
      examples("evaluate peaks.safetensors peaks --seed 1", "evaluate iris.safetensors iris.csv --json"),
    )
    .action(async (model: string, name: string, flags: EvaluateFlags) =>
      done(await evaluateCommand(model, name, flags)),
    );

  const check = program
    .command("check")
    .summary("check the gradient of a network")
    .description(
      "Compares the objective along a random direction v with its Taylor polynomials: |Φ(θ + h v) − Φ(θ)| falls as h, |Φ(θ + h v) − Φ(θ) − h ∇Φᵀv| as h² where the gradient is right. In double precision, at the parameters that training would start from, on at most 256 examples. Exit code 1 where it is wrong.",
    )
    .argument("[data]", "as for train", "peaks");
  networkOptions(sourceOptions(check))
    .option("--model <file>", "a saved model or a checkpoint in place of a network")
    .addOption(new Option("--precision <type>", "of all numbers (default: f64)").choices(["f32", "f64"]))
    .option("--points <n>", "how many h, each half of the one before (default: 20)", whole(4))
    .option("--json", "one JSON object instead of text")
    .addHelpText(
      "after",
      examples(
        "check",
        "check swissRoll --dynamics hamiltonian --steps 32 --final-time 4 --regularizer timeSmoothness:1e-2",
        "check iris.csv --model iris.safetensors",
      ),
    )
    .action(async (name: string, flags: CheckFlags) => done(await checkCommand(name, flags)));

  const predict = program
    .command("predict")
    .summary("apply a model to a file of features")
    .description("Writes a line for each example: its class and the probabilities of all classes, or its scores.")
    .argument("<model>", "a saved model or a checkpoint")
    .argument("<file>", "CSV, NPY or IDX with raw features, as the model was trained on; - reads from a pipe");
  tableOptions(predict)
    .option("--no-label", "every column is a feature")
    .option("--out <file>", "where to write (default: to the terminal or pipe)")
    .option("--json", "one JSON object a line instead of CSV")
    .addHelpText(
      "after",
      examples(
        "predict iris.safetensors new.csv",
        "predict iris.safetensors - --json < new.csv",
        "predict digits.safetensors images-idx3-ubyte --out digits.csv",
      ),
    )
    .action(async (model: string, path: string, flags: PredictFlags) => done(await predictCommand(model, path, flags)));

  program
    .command("experiment")
    .summary("run one of the course's experiments")
    .description(
      "Computes an experiment of the course, prints its numbers, and writes them and its figures to --out. Without a name it lists them all.",
    )
    .argument("[name]", names(experiments))
    .option("--out <folder>", "where to write numbers (JSON) and figures (SVG)")
    .option("--png", "the figures as PNG too; needs the package @resvg/resvg-js or sharp")
    .option("--seed <n>", "seed of everything random (default: 0)", seed)
    .option("--quick", "smaller data and fewer epochs: the same figures in seconds")
    .option("--json", "one JSON object instead of text")
    .addHelpText(
      "after",
      examples(
        "experiment",
        "experiment step-size --out figures",
        "experiment step-size --out figures --png",
        "experiment antisymmetric --seed 1 --quick",
      ),
    )
    .action(async (name: string | undefined, flags: ExperimentFlags) => done(await experimentCommand(name, flags)));

  program
    .command("export")
    .summary("write a model in another tool's format")
    .description(
      "Writes a saved model as ONNX (onnxruntime and others run it), as a TensorFlow.js layers model, as arrays of NumPy, or as a plan for hosts without JavaScript.",
    )
    .argument("<model>", "a saved model or a checkpoint")
    .addOption(new Option("--to <format>", "the format").choices(Object.keys(formats)).makeOptionMandatory())
    .option("--out <file>", "where to write; a folder for tfjs (default: the model's name)")
    .addOption(new Option("--precision <type>", "of an ONNX file's numbers (default: f32)").choices(["f32", "f64"]))
    .option("--batch <n>", "examples that a plan or C header takes at a time (default: 1)", whole(1))
    .addHelpText(
      "after",
      examples(
        "export iris.safetensors --to onnx --out iris.onnx",
        "export digits.safetensors --to tfjs --out web/digits",
      ),
    )
    .action(async (path: string, flags: ExportFlags) => done(await exportCommand(path, flags)));

  program
    .command("core")
    .summary("write the WebAssembly core for hosts without JavaScript")
    .description("Writes core.wasm, which runs what export --to plan writes. Its signatures are in odenet/core.h.")
    .option("--out <file>", "where to write", "core.wasm")
    .option("--scalar", "for engines without SIMD: slower, with the same bits")
    .addHelpText("after", examples("core", "core --scalar --out core-scalar.wasm"))
    .action((flags: CoreFlags) => done(coreCommand(flags)));

  const info = program
    .command("info")
    .summary("show what is in a model")
    .description("Shows layers, shapes, parameters, floating-point operations and memory.")
    .argument("<file>", "a saved model, a checkpoint, a network's description in JSON, or a preset for images by name");
  imageOptions(info)
    .option("--batch <n>", "examples in a step, for the memory (default: 64)", whole(1))
    .option("--input <c,h,w>", "images that a preset is for: channels, height, width (default: the preset's)", counts)
    .option("--outputs <n>", "scores of a preset (default: the preset's)", whole(1))
    .option("--json", "one JSON object instead of text")
    .addHelpText(
      "after",
      examples(
        "info iris.safetensors",
        "info network.json --batch 256",
        "info parabolicCnn --input 1,28,28 --channels 16,32 --steps 1,2",
        "info alexNet --grouped --batch 8",
      ),
    )
    .action(async (path: string, flags: InfoFlags) => done(await infoCommand(path, flags)));

  program
    .command("lab")
    .summary("open the laboratory in the browser")
    .description(
      "Serves the laboratory on this machine: train, see and break networks in the page. --build writes it as a site for any static host instead.",
    )
    .option("--port <n>", "default: 8642, or any that is free", whole(0))
    .option("--host <name>", "default: localhost; 0.0.0.0 lets other machines in")
    .option("--no-open", "do not open the browser")
    .option("--build <folder>", "write the site there")
    .addHelpText("after", examples("lab", "lab --port 8000 --no-open", "lab --build site"))
    .action(async (flags: LabFlags) => done(await labCommand(flags)));

  return program;
}
