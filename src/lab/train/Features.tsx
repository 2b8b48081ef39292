/** The features on their way from t = 0 to T, with a slider for the time: path planning. */

import { useEffect, useState } from "preact/hooks";
import { nth } from "../../core/nth.ts";
import { trajectoryPlot } from "../../plots/index.ts";
import { seriesColor, themes } from "../../plots/theme.ts";
import type { FeatureView } from "../compute/view.ts";
import { Downloads } from "../Downloads.tsx";
import type { Columns } from "../download.ts";
import { Slider } from "../inputs.tsx";
import { dot, useCanvas } from "./canvas.ts";
import { Legend } from "./Legend.tsx";
import type { Shown } from "./TrainView.tsx";

/** Milliseconds from one time step to the next when the features move by themselves. */
const TICK = 70;

export function Features({ session, theme: name }: Shown) {
  const theme = themes[name];
  const { view, parts } = session;
  const features = view?.features;
  const last = (features?.times.length ?? 1) - 1;
  const [chosen, setChosen] = useState<number>(); // undefined: the end
  const [moving, setMoving] = useState(false);
  const at = Math.min(chosen ?? last, last);

  useEffect(() => {
    if (!moving) return;
    const timer = setInterval(() => setChosen((k) => ((k ?? last) >= last ? 0 : (k ?? last) + 1)), TICK);
    return () => clearInterval(timer);
  }, [moving, last]);

  const canvas = useCanvas((context, size) => {
    if (!features) return;
    const place = placeIn(features, size);
    context.globalAlpha = 0.16;
    context.lineWidth = 1;
    const trails = Math.min(features.labels.length, 150);
    for (let i = 0; i < trails; i++) {
      context.strokeStyle = seriesColor(theme, nth(features.labels, i));
      context.beginPath();
      for (let j = 0; j <= at; j++) context.lineTo(...place(nth(features.points, j), i));
      context.stroke();
    }
    context.globalAlpha = 1;
    features.labels.forEach((c, i) => {
      const rim = c < theme.series.length ? theme.background : theme.foreground; // colours come again, in another rim
      dot(context, ...place(nth(features.points, at), i), 3, seriesColor(theme, c), rim);
    });
  });

  const time = features?.times[at] ?? 0;
  return (
    <section class="panel" aria-label="Features through time">
      <div class="panel-head">
        <h2>Features through time</h2>
        {features && <Downloads title="features" svg={() => figureOf(features)} numbers={() => tableOf(features)} />}
      </div>
      <canvas
        ref={canvas}
        class="square"
        role="img"
        aria-label={`Features of the examples at time ${time.toFixed(2)}${features?.projected ? ", in the plane of their two principal components" : ""}`}
      />
      <div class="time">
        <button type="button" class="quiet" aria-pressed={moving} onClick={() => setMoving(!moving)}>
          {moving ? "Hold" : "Move"}
        </button>
        <Slider
          label="Time t"
          shown={`${time.toFixed(2)} of ${(features?.times[last] ?? 0).toFixed(2)}`}
          value={at}
          least={0}
          most={Math.max(1, last)}
          onInput={setChosen}
        />
      </div>
      {view?.confusion && parts && <Legend classes={parts.training.classes} theme={theme} />}
    </section>
  );
}

/** The same scale at all times. */
function placeIn({ points }: FeatureView, size: number) {
  const [low, high] = [
    [Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY],
    [Number.NEGATIVE_INFINITY, Number.NEGATIVE_INFINITY],
  ];
  for (const p of points) {
    for (let k = 0; k < p.length; k++) {
      const v = nth(p, k);
      if (v < nth(low, k % 2)) low[k % 2] = v;
      if (v > nth(high, k % 2)) high[k % 2] = v;
    }
  }
  const span = Math.max(1e-9, nth(high, 0) - nth(low, 0), nth(high, 1) - nth(low, 1)) * 1.12;
  const middle = [0, 1].map((k) => (nth(low, k) + nth(high, k)) / 2);
  return (p: Float32Array, i: number): [number, number] => [
    size * (0.5 + (nth(p, 2 * i) - nth(middle, 0)) / span),
    size * (0.5 - (nth(p, 2 * i + 1) - nth(middle, 1)) / span),
  ];
}

function figureOf({ points, labels, projected }: FeatureView): string {
  const paths = Array.from(labels.slice(0, 100), (c, i) => ({
    x: points.map((p) => nth(p, 2 * i)),
    y: points.map((p) => nth(p, 2 * i + 1)),
    class: c,
  }));
  const axis = (k: string) => ({ label: projected ? `principal component ${k}` : `y${k}` });
  return trajectoryPlot(paths, { title: "Features through time", x: axis("₁"), y: axis("₂") });
}

function tableOf({ times, points, labels }: FeatureView): Columns {
  const rows = times.flatMap((t, j) => Array.from(labels, (c, i) => ({ t, i, c, p: nth(points, j) })));
  return {
    time: rows.map(({ t }) => t),
    example: rows.map(({ i }) => i),
    class: rows.map(({ c }) => c),
    x: rows.map(({ p, i }) => nth(p, 2 * i)),
    y: rows.map(({ p, i }) => nth(p, 2 * i + 1)),
  };
}
