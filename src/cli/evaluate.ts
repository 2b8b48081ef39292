/** odenet evaluate: how well a saved model does on data with labels. */
import { nth } from "../core/nth.ts";
import { countExamples, type Dataset } from "../data/index.ts";
import { featureCount } from "../layers/shape.ts";
import type { Data } from "../model/examples.ts";
import type { Network } from "../networks/index.ts";
import { exitCodes, Failure, speakingOf } from "./failure.ts";
import { readWhole } from "./files.ts";
import { formOf, isFolder, readImageFolder } from "./imageFolder.ts";
import { type OpenedModel, openModel } from "./modelFile.ts";
import { sizesOf } from "./networkSizes.ts";
import { counted, evaluationText, outputOf } from "./output.ts";
import { arrays, HINT, isArrayFile, openSource, type SourceFlags, sourceNames } from "./source.ts";
import { accuracyOf, confusionMatrix, drawConfusionMatrix } from "./start/confusionMatrix.ts";
import { terminalOf } from "./start/terminal.ts";
import { readTableFor } from "./table.ts";

export interface EvaluateFlags extends SourceFlags {
  json?: boolean;
}

const MOST_DRAWN = 20; // classes in the table of mistakes

export async function evaluateCommand(modelPath: string, name: string, flags: EvaluateFlags): Promise<number> {
  const output = outputOf(flags);
  const opened = await openModel(modelPath);
  const { model } = opened;
  const data = await labelled(opened, name, flags);
  const examples = countExamples(data, name);
  const { features } = sizesOf(model.network);
  if (data.shape !== undefined && featureCount(data.shape) !== features) {
    throw new Failure(
      `${name}: expected examples of ${counted(features, "feature")} as the model was trained on, got ${featureCount(data.shape)}. Take the data the model is for.`,
    );
  }
  const evaluation = await speakingOf(name, exitCodes.failed, () => model.evaluate(data as Data));
  const { classes: predicted } = model.predict(data.features as Float64Array);
  const names = model.network.classes ?? data.classes;
  const matrix =
    predicted && names && evaluation.accuracy !== undefined
      ? confusionMatrix(data.labels as ArrayLike<number>, predicted, names.length)
      : undefined;
  output.tell({ examples, ...evaluation, ...(matrix ? { classes: names, confusion: matrix } : {}) });
  output.say(`${name}: ${counted(examples, "example")}, ${evaluationText(evaluation)}`);
  if (matrix && names && names.length <= MOST_DRAWN && accuracyOf(matrix) < 1) {
    output.say(drawConfusionMatrix(matrix, names, terminalOf(process.stdout, process.env)));
  }
  return exitCodes.done;
}

/** The data with labels as the model counts its classes. An image set is its test part. */
export async function labelled({ model, table }: OpenedModel, name: string, flags: SourceFlags): Promise<Dataset> {
  if (sourceNames.includes(name)) {
    const { data, test } = await openSource(name, flags);
    return test ?? data;
  }
  if (isFolder(name))
    return inOrder(name, await readImageFolder(name, formOf(name, model.network.input)), model.network);
  const bytes = readWhole(name, HINT);
  if (isArrayFile(bytes)) return arrays(name, bytes, flags.labels);
  const { features, outputs } = sizesOf(model.network);
  const known = model.network.classes ?? (model.loss.kind === "leastSquares" ? undefined : numbered(outputs));
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
