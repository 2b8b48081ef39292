/** Decision regions under the examples; with data drawn by hand, the paper to draw on. */

import { useRef, useState } from "preact/hooks";
import { instance } from "../../core/known.ts";
import { nth } from "../../core/nth.ts";
import { seriesColor, themes } from "../../plots/theme.ts";
import { Menu } from "../Downloads.tsx";
import { Later } from "../Later.tsx";
import { codePoint, pointsOf, REACH } from "../points.ts";
import { regionsSentence } from "../sentences.ts";
import { stepsOf, within } from "./arrows.ts";
import { dot, useCanvas } from "./canvas.ts";
import { Legend } from "./Legend.tsx";
import { paintRegions } from "./paintRegions.ts";
import type { Shown } from "./TrainView.tsx";

const keep = async () => (await import("./RegionsKeep.tsx")).RegionsKeep;

const CLASSES = 4;
/** Of the cursor, in the plane. */
const STEP = 0.1;
/** A point as near as that is taken hold of. */
const NEAR = 0.09;

export function Regions({ session, theme: name, name: which }: Shown) {
  const { state, view, parts } = session;
  const theme = themes[name];
  const regions = view?.regions;
  const drawing = state.data === "drawn";
  const [label, setLabel] = useState(0);
  const [cross, setCross] = useState<{ x: number; y: number }>();
  const last = useRef<{ x: number; y: number } | undefined>(undefined);
  const dragged = useRef<number | undefined>(undefined);
  const bounds = {
    x: regions && !drawing ? regions.x : ([-REACH, REACH] as const),
    y: regions && !drawing ? regions.y : ([-REACH, REACH] as const),
  };

  const canvas = useCanvas((context, width, height) => {
    const size = Math.min(width, height);
    const at = (v: number, [low, high]: readonly [number, number]) => ((v - low) / (high - low)) * size;
    const place = (x: number, y: number) => [at(x, bounds.x), size - at(y, bounds.y)] as const;
    if (regions) paintRegions(context, regions, theme, size);
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
    const points = pointsOf(state.points);
    if (event.type === "pointerdown") {
      const near = points.findIndex((p) => Math.hypot(p.x - x, p.y - y) < NEAR);
      dragged.current = near < 0 ? undefined : near;
    }
    if (dragged.current !== undefined) {
      const moved = points.map((p, k) => (k === dragged.current ? { x, y, label: p.label } : p));
      void session.change({ points: moved.map(codePoint).join("") });
      return;
    }
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
    <section class={session.fresh ? "panel regions" : "panel regions awaited"} aria-label={`Decision regions${which}`}>
      <div class="panel-head">
        <h2>What it finds in the plane{which}</h2>
        {regions && parts && (
          <Menu
            title="decision regions"
            items={() => <Later load={keep} props={{ regions, examples: parts.training, theme: name }} />}
          />
        )}
      </div>
      <canvas
        ref={canvas}
        class={drawing ? "square paper" : "square"}
        role={drawing ? "application" : "img"}
        aria-label={
          drawing
            ? `${description}. Draw with the pointer, or drag a point; arrow keys move a cursor, Shift makes its steps larger, Space draws a point, 0 to ${CLASSES - 1} choose its class`
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
      <p class="says">{view && parts ? regionsSentence(view, parts.validation.labels.length) : ""}</p>
      {!drawing && parts && <Legend classes={parts.training.classes} theme={theme} />}
      {drawing && (
        <fieldset class="classes">
          <legend>Class to draw</legend>
          {Array.from({ length: CLASSES }, (_, k) => (
            <label key={String(k)} style={{ "--class": seriesColor(theme, k) }}>
              <input type="radio" name={`class${which}`} checked={label === k} onChange={() => setLabel(k)} />
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
