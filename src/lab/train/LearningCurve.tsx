/** Loss over epochs, of training and validation data. */
import { useMemo } from "preact/hooks";
import { curves } from "../../plots/index.ts";
import { Figure } from "../Figure.tsx";
import { SIZE } from "./size.ts";
import type { Shown } from "./TrainView.tsx";

export function LearningCurve({ session, theme }: Shown) {
  const { samples } = session;
  const last = samples[samples.length - 1];
  const svg = useMemo(() => {
    if (samples.length === 0) return undefined;
    const shown = samples.length === 1 ? [...samples, ...samples] : samples;
    const x = shown.map(({ epoch }) => epoch);
    return curves(
      [
        { x, y: shown.map((s) => s.training), label: "training" },
        { x, y: shown.map((s) => s.validation), label: "validation", style: "dashed" },
      ],
      {
        ...SIZE,
        theme,
        x: { label: "epoch", domain: [x[0] as number, Math.max((x[0] as number) + 1, x[x.length - 1] as number)] },
        y: { label: "loss", scale: "log" },
      },
    );
  }, [samples.length, last, theme]);
  const numbers = () => ({
    epoch: samples.map((s) => s.epoch),
    training: samples.map((s) => s.training),
    validation: samples.map((s) => s.validation),
    accuracy: samples.map((s) => s.accuracy),
  });
  return <Figure title="Learning curve" svg={svg} numbers={numbers} />;
}
