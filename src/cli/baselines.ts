/** What is as easy as can be, on the same split: the commonest class or the mean, and a linear model. */
import type { Dataset } from "../data/index.ts";
import { linear } from "../layers/index.ts";
import { network } from "../networks/index.ts";
import { lbfgs } from "../optimizers/index.ts";
import { tikhonov } from "../regularizers/index.ts";
import { createModel, type TrainableModel } from "../training/index.ts";
import type { Output } from "./output.ts";
import { percent } from "./start/numberText.ts";

interface Measured {
  /** Accuracy or R²: more is better. */
  readonly score: number;
  readonly text: string;
}

function measured(model: TrainableModel, data: Dataset): Measured | undefined {
  const found = model.report(data);
  if ("accuracy" in found) return { score: found.accuracy, text: `accuracy ${percent(found.accuracy)}` };
  if (!("rmse" in found)) return undefined;
  const { rmse, mae, r2 } = found;
  return { score: r2, text: `rmse ${rmse.toPrecision(4)}, mae ${mae.toPrecision(4)}, R² ${r2.toFixed(3)}` };
}

/** With every score the same for all examples: the commonest class, or the mean of training. */
async function constantModel(model: TrainableModel, training: Dataset): Promise<TrainableModel> {
  const { encoder } = model;
  const outputs = encoder?.outputs ?? 1;
  const counts = new Float64Array(outputs);
  if (encoder?.classes)
    for (const label of Array.from(training.labels, Number)) counts[label] = (counts[label] ?? 0) + 1;
  const plain = await linearModel(model, outputs);
  plain.set(new Float64Array(plain.get().length));
  plain.set("0.b", counts);
  return plain;
}

const linearModel = ({ encoder, loss }: TrainableModel, outputs: number, λ = 0) =>
  createModel(network({ input: encoder?.inputs ?? 1, layers: [linear(outputs)] }), {
    ...(encoder ? { encoder } : {}),
    ...(encoder?.classes ? {} : { loss }),
    regularizers: λ > 0 ? [tikhonov(λ, { parameters: /\.W$/ })] : [],
  });

/** Says, and tells, what both come to beside the model, and whether the linear one is as good. */
export async function baselines(
  output: Output,
  model: TrainableModel,
  training: Dataset,
  validation: Dataset,
): Promise<void> {
  const own = measured(model, validation);
  const { encoder } = model;
  if (!own || !encoder) return;
  const constant = await constantModel(model, training);
  const straight = await linearModel(model, encoder.outputs, 1e-4);
  await straight.fit(training, { optimizer: lbfgs(), epochs: 100 });
  const [simple, line] = [measured(constant, validation), measured(straight, validation)];
  constant.dispose();
  straight.dispose();
  if (!simple || !line) return;
  output.tell({ event: "baselines", model: own.score, constant: simple.score, linear: line.score });
  output.say(
    `to compare with, on the same examples: ${encoder.classes ? "the commonest class" : "the mean"} ${simple.text}; a linear model ${line.text}; this one ${own.text}`,
  );
  if (line.score >= own.score)
    output.say("the linear model is as good or better: these data may need no more, or this one more epochs");
}
