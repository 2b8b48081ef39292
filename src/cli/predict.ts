/** odenet predict: a file of raw features or a picture in, a line for each example out, as CSV or JSON. */
import { nth } from "../core/nth.ts";
import { lossEntry } from "../losses/index.ts";
import type { Features } from "../model/examples.ts";
import type { Prediction } from "../model/model.ts";
import { subcommand } from "./command.ts";
import { exitCodes, Failure, speakingOf, usage } from "./failure.ts";
import { checkWritable, readWhole, writeWhole } from "./files.ts";
import type { Values } from "./flags/flag.ts";
import { on, text } from "./flags/kinds.ts";
import { plainTableFlags, tableFlags } from "./flags/table.ts";
import { isPicture, picturesFor } from "./imageFolder.ts";
import { type OpenedModel, openModel } from "./modelFile.ts";
import { sizesOf } from "./networkSizes.ts";
import { counted, remark, shortest } from "./output.ts";
import { type Kept, keptColumns, readEncoded } from "./readEncoded.ts";
import { isArrayFile, readArray } from "./source.ts";
import { readTableFor } from "./table.ts";

const flags = {
  ...tableFlags,
  ...plainTableFlags,
  keep: text("<columns>", "columns of the table to copy into every line, parted by commas"),
  label: { ...tableFlags.label, no: "every column is a feature" },
  out: text("<file>", "where to write (default: to the terminal or pipe)"),
  json: on("one JSON object a line instead of CSV"),
};

const HINT =
  "It holds the features of one example a line (CSV), or is an NPY, IDX, PNG or JPEG file; - reads from a pipe.";

type PredictFlags = Values<typeof flags>;

export const predict = subcommand({
  name: "predict",
  summary: "apply a model to a file of features",
  description: "Writes a line for each example: its class and the probabilities of all classes, or its scores.",
  arguments: [
    ["<model>", "a saved model or a checkpoint"],
    ["<file>", "CSV, NPY or IDX with raw features, as the model was trained on; - reads from a pipe"],
  ],
  flags,
  examples: [
    "predict iris.safetensors new.csv",
    "predict iris.safetensors - --json < new.csv",
    "predict digits.safetensors images-idx3-ubyte --out digits.csv",
  ],
  run: (given, [model = "", path = ""]) => predictFile(model, path, given),
});

async function predictFile(modelPath: string, path: string, flags: PredictFlags): Promise<number> {
  if (flags.out !== undefined) checkWritable(flags.out, "--out");
  const opened = await openModel(modelPath);
  const { features, kept } = await examplesOf(opened, path, flags);
  const prediction = await speakingOf(path, exitCodes.failed, () => opened.model.predict(features));
  const lines = flags.json ? jsonLines(opened, prediction, kept) : csvLines(opened, prediction, kept);
  if (flags.out === undefined) process.stdout.write(`${lines.join("\n")}\n`);
  else {
    writeWhole(flags.out, `${lines.join("\n")}\n`);
    remark(`${counted(lines.length - (flags.json ? 0 : 1), "prediction")} in ${flags.out}`);
  }
  return exitCodes.done;
}

/** Features, and columns that are copied. */
async function examplesOf(opened: OpenedModel, path: string, flags: PredictFlags) {
  const { encoder } = opened.model;
  const none: readonly Kept[] = [];
  const bytes = readWhole(path, HINT);
  if (!encoder || isArrayFile(bytes) || isPicture(path, bytes)) {
    if (flags.keep !== undefined) throw usage("--keep: needs a table, and a model of one. Leave it out.");
    return { features: await featuresOf(opened, path, bytes, flags), kept: none };
  }
  const { encoded, table } = await readEncoded(path, bytes, flags, encoder, false);
  for (const warning of encoded.warnings) remark(warning);
  const kept = await speakingOf(path, exitCodes.failed, () => keptColumns(table, flags.keep));
  return { features: encoded.features, kept };
}

async function featuresOf(
  { model, table }: OpenedModel,
  path: string,
  bytes: Uint8Array,
  flags: PredictFlags,
): Promise<Features> {
  const picture = await picturesFor(path, bytes, model.network.input);
  if (picture) return picture.features;
  const { features: count } = sizesOf(model.network);
  if (!isArrayFile(bytes)) {
    const { features } = await readTableFor(path, bytes, flags, { table, features: count, classes: undefined }, false);
    return features;
  }
  const { shape, values } = await readArray(path, bytes);
  const each = shape.slice(1).reduce((a, b) => a * b, 1);
  if (shape.length < 2 || each !== count) {
    throw new Failure(
      `${path}: expected examples of ${count} features, got an array of ${shape.join(" × ")}. Take the data the model is for.`,
    );
  }
  return values instanceof Uint8Array || values instanceof Float32Array ? values : Float64Array.from(values);
}

/** A score's or class's name. */
function namesOf({ model, table }: OpenedModel, scores: number): string[] {
  const classes = model.network.classes ?? model.encoder?.classes;
  if (classes) return [...classes];
  if (lossEntry(model.loss.kind).labels !== "rows")
    return Array.from({ length: Math.max(2, scores) }, (_, i) => String(i));
  return scores === 1
    ? [model.encoder?.target?.name ?? table?.label ?? "prediction"]
    : Array.from({ length: scores }, (_, i) => `score ${i}`);
}

/** Rows of numbers, one an example: probabilities of all classes, or scores. */
function rowsOf({ scores, probabilities, classes }: Prediction, width: number, examples: number): number[][] {
  const values = probabilities ?? scores;
  return Array.from({ length: examples }, (_, i) => {
    const row = Array.from(values.subarray(i * width, (i + 1) * width));
    return classes && width === 1 ? [Math.fround(1 - nth(row, 0)), nth(row, 0)] : row;
  });
}

const cell = (text: string): string => (/[",\n\r]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text);

function shaped(opened: OpenedModel, prediction: Prediction) {
  const width = sizesOf(opened.model.network).outputs;
  const rows = prediction.values
    ? Array.from(prediction.values, (value) => [value])
    : rowsOf(prediction, width, prediction.scores.length / width);
  return { names: namesOf(opened, width), rows };
}

function csvLines(opened: OpenedModel, prediction: Prediction, kept: readonly Kept[]): string[] {
  const { names, rows } = shaped(opened, prediction);
  const before = (i: number) => kept.map(({ texts }) => texts[i] ?? "");
  const f32 = opened.model.precision === "f32";
  const numbers = (row: number[]) => row.map((x) => shortest(x, f32));
  const { classes } = prediction;
  const head = [...kept.map(({ name }) => name), ...(classes ? ["class"] : []), ...names];
  const lines = rows.map((row, i) => {
    const said = classes ? [nth(names, nth(classes, i))] : [];
    return [...before(i), ...said, ...numbers(row)].map(cell).join(",");
  });
  return [head.map(cell).join(","), ...lines];
}

function jsonLines(opened: OpenedModel, prediction: Prediction, kept: readonly Kept[]): string[] {
  const { names, rows } = shaped(opened, prediction);
  const named = (row: number[]) => Object.fromEntries(row.map((x, k) => [nth(names, k), x]));
  return rows.map((row, i) => {
    const before = Object.fromEntries(kept.map(({ name, texts }) => [name, texts[i] ?? null]));
    if (!prediction.classes) return JSON.stringify({ ...before, ...named(row) });
    return JSON.stringify({ ...before, class: names[nth(prediction.classes, i)], probabilities: named(row) });
  });
}
