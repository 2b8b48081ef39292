/** The weights as functions of time. */

import { useMemo } from "preact/hooks";
import { nth } from "../../core/nth.ts";
import { weightsOverTime } from "../../plots/index.ts";
import { Figure } from "../Figure.tsx";
import { weightsSentence } from "../panelSentences.ts";
import { SIZE } from "./size.ts";
import type { Shown } from "./TrainView.tsx";

export function Weights({ session, theme, name }: Shown) {
  const weights = session.sight.depth?.weights;
  const svg = useMemo(() => weights && weightsOverTime(weights, { ...SIZE, theme }), [weights, theme]);
  const numbers = () => {
    const { times = [], values = new Float64Array() } = weights ?? {};
    const entries = values.length / Math.max(1, times.length);
    const columns = Array.from({ length: entries }, (_, k) => [
      `K${k}`,
      times.map((_, j) => nth(values, j * entries + k)),
    ]);
    return { time: times, ...Object.fromEntries(columns) };
  };
  return (
    <Figure title={`Weights over time${name}`} svg={svg} numbers={numbers} says={weights && weightsSentence(weights)} />
  );
}
