/** One plain sentence for each of the large pictures: what it is, and what is to be seen in it, from the numbers of this run. */
import { nth } from "../core/nth.ts";
import type { FeatureView } from "./compute/flow.ts";
import type { View } from "./compute/view.ts";
import { times } from "./factor.ts";
import type { State } from "./state.ts";

/** Features that grow further than this have left the picture. */
const EXPLODED = 20;
const COLLAPSED = 0.05;

/** By how much the features' distance from the origin has grown on the way. */
export const growthOf = ({ reach }: FeatureView): number =>
  nth(reach, reach.length - 1) / Math.max(1e-30, nth(reach, 0));

export function flowSentence(features: FeatureView, { steps, finalTime }: State): string {
  const { labels, sides, reach } = features;
  const growth = growthOf(features);
  const end = reach[reach.length - 1] ?? 0;
  const way = `${labels.length} points in ${steps} step${steps === 1 ? "" : "s"} to T = ${finalTime}`;
  if (!Number.isFinite(end)) return `${way}: the features have become too large for numbers. This network explodes.`;
  if (growth > EXPLODED)
    return `${way}: their distance from the origin has grown ${times(growth)}. This network explodes.`;
  const shape =
    growth < COLLAPSED
      ? "they have shrunk into one place"
      : `they stay within ${times(Math.max(growth, 1))} the distance they began at`;
  if (!sides) return `${way}: ${shape}.`;
  const wrong = labels.reduce((sum, label, i) => sum + (sides[i] === label ? 0 : 1), 0);
  const parted = wrong === 0 ? "the line parts all of them" : `${wrong} end on the wrong side of the line (ringed)`;
  return `${way}: ${shape}, and ${parted}.`;
}

export function regionsSentence({ validation }: View, examples: number): string {
  const { accuracy } = validation;
  if (accuracy === undefined || Number.isNaN(accuracy)) return "";
  const wrong = Math.round((1 - accuracy) * examples);
  const which = `Each place in the colour of the class that the network finds there, pale where it is unsure`;
  return wrong === 0
    ? `${which}: all ${examples} points that it has not learnt from lie in their own colour.`
    : `${which}: ${wrong} of the ${examples} points that it has not learnt from lie in another's.`;
}
