/** Loss or accuracy over epochs, of training and validation data. */

import { useMemo, useState } from "preact/hooks";
import { nth } from "../../core/nth.ts";
import { curves } from "../../plots/index.ts";
import { Figure } from "../Figure.tsx";
import { curveSentence } from "../panelSentences.ts";
import type { Sample } from "../session/curve.ts";
import { SIZE } from "./size.ts";
import type { Shown } from "./TrainView.tsx";

/** What can be shown of a sample, and on which axis. */
const measures = {
  loss: { of: ({ training, validation }: Sample) => [training, validation], y: { label: "loss", scale: "log" } },
  accuracy: {
    of: ({ trainingAccuracy, accuracy }: Sample) => [trainingAccuracy, accuracy],
    y: { label: "accuracy", domain: [0, 1.02] },
  },
} as const;
type Measure = keyof typeof measures;

export function LearningCurve({ session, theme, name: label }: Shown) {
  const { samples } = session.sight.curve;
  const [measure, setMeasure] = useState<Measure>("loss");
  const last = samples[samples.length - 1];
  const svg = useMemo(() => {
    if (samples.length === 0) return undefined;
    const shown = samples.length === 1 ? [...samples, ...samples] : samples;
    const x = shown.map(({ step }) => step);
    const { of, y } = measures[measure];
    return curves(
      [
        { x, y: shown.map((s) => nth(of(s), 0)), label: "training" },
        { x, y: shown.map((s) => nth(of(s), 1)), label: "validation", style: "dashed" },
      ],
      {
        ...SIZE,
        theme,
        x: { label: "step", domain: [nth(x, 0), Math.max(nth(x, 0) + 1, nth(x, x.length - 1))] },
        y,
      },
    );
  }, [samples.length, last, theme, measure]);
  const numbers = () => ({
    step: samples.map((s) => s.step),
    epoch: samples.map((s) => s.epoch),
    training: samples.map((s) => s.training),
    validation: samples.map((s) => s.validation),
    "training accuracy": samples.map((s) => s.trainingAccuracy),
    "validation accuracy": samples.map((s) => s.accuracy),
  });
  return (
    <Figure title={`Learning curve${label}`} svg={svg} numbers={numbers} says={curveSentence(samples)}>
      <div class="measures">
        {(Object.keys(measures) as Measure[]).map((name) => (
          <button
            key={name}
            type="button"
            class="quiet"
            aria-pressed={measure === name}
            onClick={() => setMeasure(name)}
          >
            {name}
          </button>
        ))}
      </div>
    </Figure>
  );
}
