/** odenet predict: a file of raw features or a picture in, a line for each example out, as CSV or JSON. */
import { nth } from "../core/nth.ts";
import { lossEntry } from "../losses/index.ts";
import type { Features } from "../model/examples.ts";
import type { Prediction } from "../model/model.ts";
import { subcommand } from "./command.ts";
import { exitCodes, Failure, speakingOf } from "./failure.ts";
import { checkWritable, readWhole, writeWhole } from "./files.ts";
import type { Values } from "./flags/flag.ts";
import { on, text } from "./flags/kinds.ts";
import { tableFlags } from "./flags/table.ts";
import { picturesFor } from "./imageFolder.ts";
import { type OpenedModel, openModel } from "./modelFile.ts";
import { sizesOf } from "./networkSizes.ts";
import { counted, remark, shortest } from "./output.ts";
import { isArrayFile, readArray } from "./source.ts";
import { readTableFor } from "./table.ts";

const flags = {
  ...tableFlags,
  label: { ...tableFlags.label, no: "every column is a feature" },
  out: text("<file>", "where to write (default: to the terminal or pipe)"),
  json: on("one JSON object a line instead of CSV"),
};

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
  const features = await featuresOf(opened, path, flags);
  const prediction = await speakingOf(path, exitCodes.failed, () => opened.model.predict(features));
  const lines = flags.json ? jsonLines(opened, prediction) : csvLines(opened, prediction);
  if (flags.out === undefined) process.stdout.write(`${lines.join("\n")}\n`);
  else {
    writeWhole(flags.out, `${lines.join("\n")}\n`);
    remark(`${counted(lines.length - (flags.json ? 0 : 1), "prediction")} in ${flags.out}`);
  }
  return exitCodes.done;
}

async function featuresOf({ model, table }: OpenedModel, path: string, flags: PredictFlags): Promise<Features> {
  const bytes = readWhole(
    path,
    "It holds the features of one example a line (CSV), or is an NPY, IDX, PNG or JPEG file; - reads from a pipe.",
  );
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
  const { classes } = model.network;
  if (classes) return [...classes];
  if (lossEntry(model.loss.kind).labels !== "rows")
    return Array.from({ length: Math.max(2, scores) }, (_, i) => String(i));
  return scores === 1 ? [table?.label ?? "prediction"] : Array.from({ length: scores }, (_, i) => `score ${i}`);
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
  const rows = rowsOf(prediction, width, prediction.scores.length / width);
  return { names: namesOf(opened, width), rows };
}

function csvLines(opened: OpenedModel, prediction: Prediction): string[] {
  const { names, rows } = shaped(opened, prediction);
  const f32 = opened.model.precision === "f32";
  const numbers = (row: number[]) => row.map((x) => shortest(x, f32));
  const { classes } = prediction;
  if (!classes) return [names.map(cell).join(","), ...rows.map((row) => numbers(row).join(","))];
  const lines = rows.map((row, i) => [cell(nth(names, nth(classes, i))), ...numbers(row)].join(","));
  return [["class", ...names].map(cell).join(","), ...lines];
}

function jsonLines(opened: OpenedModel, prediction: Prediction): string[] {
  const { names, rows } = shaped(opened, prediction);
  const named = (row: number[]) => Object.fromEntries(row.map((x, k) => [nth(names, k), x]));
  return rows.map((row, i) => {
    if (!prediction.classes) return JSON.stringify(named(row));
    return JSON.stringify({ class: names[nth(prediction.classes, i)], probabilities: named(row) });
  });
}
