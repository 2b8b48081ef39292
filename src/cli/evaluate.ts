/** odenet evaluate: how well a saved model does on data with labels. */
import { nth } from "../core/nth.ts";
import { countExamples, type Dataset } from "../data/index.ts";
import { featureCount } from "../layers/shape.ts";
import { lossEntry } from "../losses/index.ts";
import type { Data } from "../model/examples.ts";
import type { Report } from "../model/model.ts";
import type { Network } from "../networks/index.ts";
import { subcommand } from "./command.ts";
import { exitCodes, Failure, speakingOf } from "./failure.ts";
import { readWhole } from "./files.ts";
import type { Values } from "./flags/flag.ts";
import { on } from "./flags/kinds.ts";
import { type SourceFlags, sourceFlags } from "./flags/source.ts";
import { type PlainTableFlags, plainTableFlags } from "./flags/table.ts";
import { formOf, isFolder, readImageFolder } from "./imageFolder.ts";
import { type OpenedModel, openModel } from "./modelFile.ts";
import { sizesOf } from "./networkSizes.ts";
import { counted, evaluationText, outputOf } from "./output.ts";
import { readEncoded } from "./readEncoded.ts";
import { arrays, HINT, isArrayFile, openSource, sourceNames } from "./source.ts";
import { accuracyOf, confusionMatrix, drawConfusionMatrix } from "./start/confusionMatrix.ts";
import { terminalOf } from "./start/terminal.ts";
import { readTableFor } from "./table.ts";

const flags = { ...sourceFlags, ...plainTableFlags, json: on("one JSON object instead of text") };

export const evaluate = subcommand({
  name: "evaluate",
  summary: "check a model on data with labels",
  description: "Says loss and accuracy of a saved model, and what it takes for what.",
  arguments: [
    ["<model>", "a saved model or a checkpoint"],
    ["<data>", "as for train; of mnist and fashion-mnist the 10,000 test images"],
  ],
  flags,
  examples: ["evaluate peaks.safetensors peaks --seed 1", "evaluate iris.safetensors iris.csv --json"],
  run: (given, [model = "", name = ""]) => evaluateModel(model, name, given),
});

const MOST_DRAWN = 20; // classes in the table of mistakes

async function evaluateModel(modelPath: string, name: string, given: Values<typeof flags>): Promise<number> {
  const output = outputOf(given);
  const opened = await openModel(modelPath);
  const { model } = opened;
  const data = await labelled(opened, name, given);
  const examples = countExamples(data, name);
  const { features } = sizesOf(model.network);
  if (data.shape !== undefined && featureCount(data.shape) !== features) {
    throw new Failure(
      `${name}: expected examples of ${counted(features, "feature")} as the model was trained on, got ${featureCount(data.shape)}. Take the data the model is for.`,
    );
  }
  const evaluation = await speakingOf(name, exitCodes.failed, () => model.evaluate(data as Data));
  const report = model.report(data as Data);
  const { classes: predicted } = model.predict(data.features as Float64Array);
  const names = model.network.classes ?? data.classes;
  const matrix =
    predicted && names && evaluation.accuracy !== undefined
      ? confusionMatrix(data.labels as ArrayLike<number>, predicted, names.length)
      : undefined;
  output.tell({ examples, ...listed(report), ...evaluation, ...(matrix ? { classes: names, confusion: matrix } : {}) });
  output.say(`${name}: ${counted(examples, "example")}, ${evaluationText(evaluation)}`);
  output.say(reportText(report));
  if (matrix && names && names.length <= MOST_DRAWN && accuracyOf(matrix) < 1) {
    output.say(drawConfusionMatrix(matrix, names, terminalOf(process.stdout, process.env)));
  }
  return exitCodes.done;
}

/** With lists in place of typed arrays, for JSON. */
const listed = (report: object): object =>
  Object.fromEntries(
    Object.entries(report).map(([name, value]) => [name, ArrayBuffer.isView(value) ? Object.values(value) : value]),
  );

/** The report's numbers of the whole, "balanced accuracy 0.950, macro F1 0.951"; those of one class are drawn. */
function reportText(report: Report): string {
  const words = (name: string) => name.replace(/[A-Z]/g, (c) => ` ${c.toLowerCase()}`).replace(/\bf1$/, "F1");
  const numbers = Object.entries(report).filter(
    ([name, value]) => typeof value === "number" && name !== "loss" && name !== "accuracy",
  );
  return numbers.map(([name, value]) => `${words(name)} ${Number(value).toPrecision(4)}`).join(", ");
}

/** The data with labels as the model counts its classes. An image set is its test part. */
export async function labelled(
  { model, table }: OpenedModel,
  name: string,
  flags: SourceFlags & PlainTableFlags,
): Promise<Dataset> {
  if (sourceNames.includes(name)) {
    const { data, test } = await openSource(name, flags);
    return test ?? data;
  }
  if (isFolder(name))
    return inOrder(name, await readImageFolder(name, formOf(name, model.network.input)), model.network);
  const bytes = readWhole(name, HINT);
  if (isArrayFile(bytes)) return arrays(name, bytes, flags.labels);
  if (model.encoder) {
    const { features, labels, shape, classes } = (await readEncoded(name, bytes, flags, model.encoder, true)).encoded;
    return { features, labels: labels ?? [], shape, ...(classes ? { classes } : {}) };
  }
  const { features, outputs } = sizesOf(model.network);
  const known = model.network.classes ?? (lossEntry(model.loss.kind).labels === "rows" ? undefined : numbered(outputs));
  return readTableFor(name, bytes, flags, { table, features, classes: known }, true);
}

/** Labels counted as the model counts its classes, by their names. */
function inOrder(path: string, data: Dataset, { classes = [] }: Network): Dataset {
  const places = (data.classes ?? []).map((name) => {
    const place = classes.indexOf(name);
    if (place >= 0) return place;
    throw new Failure(`${path}: expected sub-folders named ${classes.join(", ")}, got ${name}. Rename or move it.`);
  });
  return { ...data, classes, labels: Int32Array.from(data.labels as ArrayLike<number>, (k) => nth(places, k)) };
}

const numbered = (scores: number): string[] => Array.from({ length: Math.max(2, scores) }, (_, i) => String(i));
