/** What train says before a run and after it. */
import { countExamples, type Dataset } from "../data/index.ts";
import type { Evaluation } from "../model/model.ts";
import type { FitResult, TrainableModel as Model } from "../training/index.ts";
import { layersText } from "./networkText.ts";
import { counted, evaluationText, type Output } from "./output.ts";
import { quoted } from "./resume.ts";

export function introduce(
  output: Output,
  name: string,
  training: Dataset,
  validation: Dataset | undefined,
  model: Model,
): void {
  const { shape = 0, classes } = training;
  const n = countExamples(training, name);
  const aside = validation ? countExamples(validation, name) : 0;
  const what = typeof shape === "number" ? counted(shape, "feature") : `${shape.join(" × ")} images`;
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

export function report(
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
