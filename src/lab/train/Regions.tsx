/** Decision regions under the examples; with data drawn by hand, the paper to draw on. */

import { useRef, useState } from "preact/hooks";
import { instance } from "../../core/known.ts";
import { nth } from "../../core/nth.ts";
import { mix, parse } from "../../plots/colors.ts";
import { scatter } from "../../plots/index.ts";
import { seriesColor, type Theme, themes } from "../../plots/theme.ts";
import type { Examples } from "../compute/examples.ts";
import type { RegionView } from "../compute/view.ts";
import { Downloads } from "../Downloads.tsx";
import type { Columns } from "../download.ts";
import { codePoint, pointsOf, REACH } from "../points.ts";
import { stepsOf, within } from "./arrows.ts";
import { dot, useCanvas } from "./canvas.ts";
import { Legend } from "./Legend.tsx";
import type { Shown } from "./TrainView.tsx";

const CLASSES = 4;
/** Of the cursor, in the plane. */
const STEP = 0.1;

export function Regions({ session, theme: name }: Shown) {
  const { state, view, parts } = session;
  const theme = themes[name];
  const regions = view?.regions;
  const drawing = state.data === "drawn";
  const [label, setLabel] = useState(0);
  const [cross, setCross] = useState<{ x: number; y: number }>();
  const last = useRef<{ x: number; y: number } | undefined>(undefined);
  const bounds = {
    x: regions && !drawing ? regions.x : ([-REACH, REACH] as const),
    y: regions && !drawing ? regions.y : ([-REACH, REACH] as const),
  };

  const canvas = useCanvas((context, size) => {
    const at = (v: number, [low, high]: readonly [number, number]) => ((v - low) / (high - low)) * size;
    const place = (x: number, y: number) => [at(x, bounds.x), size - at(y, bounds.y)] as const;
    if (regions) paint(context, regions, theme, size);
    const rim = theme.background;
    if (drawing) {
      for (const p of pointsOf(state.points)) dot(context, ...place(p.x, p.y), 4, seriesColor(theme, p.label), rim);
    } else if (parts?.training.width === 2) {
      for (const [part, r] of [
        [parts.training, 3.4],
        [parts.validation, 2.2],
      ] as const) {
        part.labels.forEach((c, i) => {
          const [x, y] = [nth(part.features, 2 * i), nth(part.features, 2 * i + 1)];
          dot(context, ...place(x, y), r, seriesColor(theme, c), rim);
        });
      }
    }
    if (drawing && cross) {
      const [x, y] = place(cross.x, cross.y);
      context.strokeStyle = theme.foreground;
      context.lineWidth = 1.5;
      context.strokeRect(x - 6, y - 6, 12, 12);
    }
  });

  const put = (x: number, y: number) =>
    void session.change({ points: state.points + codePoint({ x, y, label }), data: "drawn" });
  const pointer = (event: PointerEvent) => {
    const square = instance(HTMLElement, event.currentTarget).getBoundingClientRect();
    const x = ((event.clientX - square.left) / square.width) * 2 * REACH - REACH;
    const y = REACH - ((event.clientY - square.top) / square.height) * 2 * REACH;
    if (last.current && Math.hypot(x - last.current.x, y - last.current.y) < 0.12) return;
    last.current = { x, y };
    put(x, y);
  };
  const key = (event: KeyboardEvent) => {
    const { x, y } = cross ?? { x: 0, y: 0 };
    const steps = stepsOf(event);
    const at = (value: number, count: number) => within(value + STEP * count, -REACH, REACH);
    if (steps) setCross({ x: at(x, steps[0]), y: at(y, steps[1]) });
    else if (event.key === "Enter" || event.key === " ") put(x, y);
    else if (/^[0-3]$/.test(event.key)) setLabel(Number(event.key));
    else return;
    event.preventDefault();
  };
  const description = `Decision regions of ${parts?.training.classes.length ?? 0} classes under ${parts?.training.labels.length ?? 0} training examples`;

  return (
    <section class="panel" aria-label="Decision regions">
      <div class="panel-head">
        <h2>Decision regions</h2>
        {regions && parts && (
          <Downloads
            title="decision regions"
            svg={() => figureOf(regions, parts.training)}
            numbers={() => tableOf(parts.training)}
          />
        )}
      </div>
      <canvas
        ref={canvas}
        class={drawing ? "square paper" : "square"}
        role={drawing ? "application" : "img"}
        aria-label={
          drawing
            ? `${description}. Draw with the pointer; arrow keys move a cursor, Shift makes its steps larger, Space draws a point, 0 to ${CLASSES - 1} choose its class`
            : description
        }
        tabIndex={drawing ? 0 : undefined}
        onPointerDown={(event) => {
          if (!drawing) return;
          event.currentTarget.setPointerCapture(event.pointerId);
          last.current = undefined;
          pointer(event);
        }}
        onPointerMove={(event) => drawing && event.buttons === 1 && pointer(event)}
        onKeyDown={(event) => drawing && key(event)}
      />
      {drawing && (
        <p class="unseen" role="status">
          {cross &&
            `${cross.x.toFixed(1)}, ${cross.y.toFixed(1)}; class ${label}; ${pointsOf(state.points).length} points`}
        </p>
      )}
      {!drawing && parts && <Legend classes={parts.training.classes} theme={theme} />}
      {drawing && (
        <fieldset class="classes">
          <legend>Class to draw</legend>
          {Array.from({ length: CLASSES }, (_, k) => (
            <label key={String(k)} style={{ "--class": seriesColor(theme, k) }}>
              <input type="radio" name="class" checked={label === k} onChange={() => setLabel(k)} />
              {k}
            </label>
          ))}
          <button type="button" class="link" onClick={() => void session.change({ points: "" })}>
            Clear
          </button>
        </fieldset>
      )}
    </section>
  );
}

const small = document.createElement("canvas");

/** One pixel a grid point, drawn larger and smoothed. */
function paint(context: CanvasRenderingContext2D, regions: RegionView, theme: Theme, size: number): void {
  const n = regions.size;
  small.width = small.height = n;
  const pixels = new ImageData(n, n);
  const paper = parse(theme.background);
  const colors = theme.series.map(parse);
  for (let i = 0; i < n; i++) {
    for (let j = 0; j < n; j++) {
      const k = i * n + j;
      const share = 0.06 + (0.36 * nth(regions.certainty, k)) / 255;
      const color = mix(nth(colors, nth(regions.classes, k) % colors.length), paper, share);
      pixels.data.set([...color, 255], 4 * ((n - 1 - j) * n + i));
    }
  }
  small.getContext("2d")?.putImageData(pixels, 0, 0);
  context.imageSmoothingQuality = "high";
  context.drawImage(small, 0, 0, size, size);
}

const column = ({ features, labels }: Examples, k: number): number[] =>
  Array.from(labels, (_, i) => nth(features, 2 * i + k));

function figureOf({ size, x, y, classes, certainty }: RegionView, examples: Examples): string {
  const axis = ([low, high]: readonly [number, number]) =>
    Float64Array.from({ length: size }, (_, k) => low + ((high - low) * k) / (size - 1));
  return scatter(
    { x: column(examples, 0), y: column(examples, 1), classes: examples.labels },
    {
      regions: { x: axis(x), y: axis(y), classes, certainty: Float64Array.from(certainty, (c) => c / 255) },
      classes: examples.classes,
      title: "Decision regions",
      x: { label: "y₁" },
      y: { label: "y₂" },
    },
  );
}

/** The examples under the regions. */
function tableOf(examples: Examples): Columns {
  const classes = Array.from(examples.labels, (c) => nth(examples.classes, c));
  return { x: column(examples, 0), y: column(examples, 1), class: classes };
}
