/** The sentences of the panels that are shown one at a time. */
import type { LayerFlow } from "../analysis/gradientFlow.ts";
import { nth } from "../core/nth.ts";
import type { InsideView } from "./compute/inside.ts";
import type { DepthView } from "./compute/view.ts";
import { times } from "./factor.ts";
import { percent } from "./format.ts";
import type { Sample } from "./session/curve.ts";

/** Validation loss beyond this multiple of the training loss is worth a word. */
const OVERFIT = 2;

export function curveSentence(samples: readonly Sample[]): string {
  const [first, last] = [samples[0], samples[samples.length - 1]];
  if (!first || !last) return "";
  if (samples.length === 1)
    return "The loss: how wrong the network is, on the data it learns from and on those set aside. Press Train.";
  const change = last.training / first.training;
  const course = !Number.isFinite(last.training)
    ? "is no number any more"
    : change < 0.98
      ? `has fallen from ${first.training.toPrecision(2)} to ${last.training.toPrecision(2)}`
      : change > 1.02
        ? `has risen from ${first.training.toPrecision(2)} to ${last.training.toPrecision(2)}`
        : `has stayed at ${last.training.toPrecision(2)}`;
  const apart =
    last.validation > OVERFIT * last.training && last.validation > 0.05
      ? `; on data set aside it is ${times(last.validation / last.training)} as large: the network learns these examples by heart`
      : "";
  return `After ${last.step.toLocaleString("en")} step${last.step === 1 ? "" : "s"} the loss ${course}${apart}.`;
}

export function spectrumSentence(stability: InsideView["stability"], integrator: string): string {
  if (!stability) return "Eigenvalues are shown up to 48 features.";
  const { count, outside, most } = stability;
  const what = `${count} numbers hλ, along the way of one example`;
  return outside === 0
    ? `${what}: all lie where ${integrator} does not amplify. A small change of the input stays small.`
    : `${what}: ${outside} lie where ${integrator} amplifies, by up to ${most.toPrecision(3)} in a step. A smaller h moves them inwards.`;
}

/** Of the first layer's gradient to the last's. */
const [VANISHED, EXPLODING] = [0.01, 100];

export function gradientSentence(flow: readonly LayerFlow[]): string {
  const inside = flow.filter(({ step }) => step !== undefined);
  const [first, last] = [inside[0], inside[inside.length - 1]];
  if (!first || !last) return "How large the gradient is at each layer, from the first to the last.";
  if (last.adjoint === 0) return "There is no gradient: nothing is left to learn.";
  const ratio = first.adjoint / last.adjoint;
  const seen = `At the first step the gradient is ${times(ratio)} that at the last`;
  if (!(ratio < EXPLODING)) return `${seen}: gradients explode on their way back.`;
  return ratio < VANISHED
    ? `${seen}: gradients vanish on their way back.`
    : `${seen}: it neither vanishes nor explodes.`;
}

export function weightsSentence({ times: moments, values }: NonNullable<DepthView["weights"]>): string {
  const entries = values.length / moments.length;
  let [jump, size] = [0, 0];
  for (let k = 0; k < values.length; k++) {
    size += nth(values, k) ** 2;
    if (k >= entries) jump += (nth(values, k) - nth(values, k - entries)) ** 2;
  }
  const steps = moments.length - 1;
  const share = Math.sqrt(jump / steps / (size / moments.length));
  if (share === 0) return "The weights are constant in time: every step is the same.";
  return `From one step to the next the weights change by ${percent(share)} of their size: ${share < 0.3 ? "a smooth function of time" : "rough in time; “Smooth in time” among the regularizers calms them"}.`;
}

export function confusionSentence(confusion: readonly (readonly number[])[], classes: readonly string[]): string {
  let [most, from, to, right, all] = [0, 0, 0, 0, 0];
  confusion.forEach((row, i) => {
    row.forEach((count, j) => {
      all += count;
      if (i === j) right += count;
      else if (count > most) [most, from, to] = [count, i, j];
    });
  });
  const found = `${right} of ${all} examples set aside are found`;
  return most === 0
    ? `${found}: none is mistaken.`
    : `${found}; most often “${classes[from]}” is taken for “${classes[to]}”, ${most} times.`;
}
