/** What train says before a run and after it. */
import { countExamples, type Dataset } from "../data/index.ts";
import type { Evaluation } from "../model/model.ts";
import type { Encoder } from "../tables/index.ts";
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

/** What a table's label and columns were taken for. */
export function noticed(output: Output, { target, warnings, classes }: Encoder): void {
  if (target) {
    const task = classes ? `${classes.length} classes` : "regression";
    const numbers = classes?.every((name) => Number.isFinite(Number(name))) ?? true;
    const otherwise = numbers ? ` (--task ${classes ? "regression" : "classification"} takes it otherwise)` : "";
    output.say(`${target.name}: ${task}, ${target.why}${otherwise}`);
  }
  output.tell({ event: "table", label: target?.name, task: target?.task, why: target?.why, warnings });
  for (const warning of warnings) output.say(warning);
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
