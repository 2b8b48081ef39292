/** The network as it is described: input, opening layer, time steps, classifier; a line for a weight, thick where it is large. */
import { nth } from "../../core/nth.ts";
import type { ThemeName } from "../../plots/index.ts";
import { seriesColor, type Theme, themes } from "../../plots/theme.ts";
import type { NetworkView, Sketch } from "../compute/networkView.ts";
import { integratorLabel } from "../families.ts";
import type { State } from "../state.ts";
import { useCanvas } from "./canvas.ts";
import { Equation } from "./Equation.tsx";
import { equations } from "./labels.ts";
import type { Clock } from "./useClock.ts";

interface StripProps {
  network: NetworkView;
  state: State;
  theme: ThemeName;
  clock: Clock;
}

const MARGIN = 16;

export function NetworkStrip({ network, state, theme: name, clock }: StripProps) {
  const theme = themes[name];
  const layers = [network.opening, ...network.steps, network.classifier];
  const gap = (width: number) => (width - 2 * MARGIN) / layers.length;
  const canvas = useCanvas((context, width, height) => {
    const most = layers.map(largest);
    layers.forEach((sketch, k) => {
      const x = MARGIN + k * gap(width);
      weights(context, sketch, nth(most, k), theme, { x, wide: gap(width), height });
    });
    const columns = [network.opening.columns, ...layers.map(({ rows }) => rows)];
    for (const [k, count] of columns.entries()) units(context, count, MARGIN + k * gap(width), height, theme);
  });
  // The moment's place in the drawing: between the input and the opening layer, or in a step.
  const { shown } = network;
  const step = Math.min(state.steps - 1, Math.max(-1, Math.floor(clock.at)));
  const k = step < 0 ? 0 : 1 + nearest(shown, step);
  const atEnd = clock.at >= state.steps;
  const column = atEnd ? layers.length - 1 : k;
  const point = (event: PointerEvent): void => {
    const box = (event.currentTarget as HTMLElement).getBoundingClientRect();
    const found = Math.floor((event.clientX - box.left - MARGIN) / gap(box.width));
    if (found <= 0) clock.set(-1);
    else clock.set(found > shown.length ? state.steps : nth(shown, found - 1));
  };
  const h = Number((state.finalTime / state.steps).toPrecision(3));
  return (
    <div class="network">
      <div class="network-frame">
        <canvas
          ref={canvas}
          class="strip"
          role="img"
          aria-label={`The network: ${network.sizes.input} inputs, an opening layer to ${network.sizes.width} features, ${state.steps} steps of size ${h}, a classifier with ${network.sizes.outputs} scores`}
          onPointerMove={(event) => event.pointerType === "mouse" && point(event)}
          onPointerDown={point}
        />
        <span
          class="moment"
          style={{
            left: `calc(${MARGIN}px + (100% - ${2 * MARGIN}px) * ${column / layers.length})`,
            width: `calc((100% - ${2 * MARGIN}px) / ${layers.length})`,
          }}
        />
      </div>
      <p class="parts" aria-hidden="true">
        <span>input</span>
        <span>
          {state.steps} step{state.steps === 1 ? "" : "s"} of <i>h</i> = {h}
        </span>
        <span>classifier</span>
      </p>
      <p class="says formula">
        {atEnd ? (
          <>
            Classifier <Equation text="W y + b" />:{" "}
            {network.sizes.outputs > 2
              ? `a score for each of ${network.sizes.outputs} classes`
              : "a line through the features"}{" "}
            at <i>T</i>.
          </>
        ) : step < 0 ? (
          <>
            Opening layer <Equation text="σ(K y + b)" />: the features at <i>t</i> = 0.
          </>
        ) : (
          <>
            Step {step + 1} of {state.steps}, {integratorLabel(state.integrator)}:{" "}
            <Equation text={equations[state.dynamics] ?? "ẏ = f(y)"} />, ‖<i class="learnt">K</i>‖ ={" "}
            {nth(network.norms, nearest(shown, step)).toPrecision(3)}
          </>
        )}
      </p>
    </div>
  );
}

const nearest = (shown: readonly number[], step: number): number =>
  shown.reduce((best, j, k) => (Math.abs(j - step) < Math.abs(nth(shown, best) - step) ? k : best), 0);

const largest = ({ values }: Sketch): number => values.reduce((most, v) => Math.max(most, Math.abs(v)), 1e-12);

const placeOf = (i: number, count: number, height: number): number =>
  height * ((i + 0.5) / count) * 0.92 + 0.04 * height;

interface Space {
  readonly x: number;
  readonly wide: number;
  readonly height: number;
}

function weights(
  context: CanvasRenderingContext2D,
  sketch: Sketch,
  most: number,
  theme: Theme,
  { x, wide, height }: Space,
) {
  const { rows, columns, values } = sketch;
  for (let r = 0; r < rows; r++) {
    for (let c = 0; c < columns; c++) {
      const v = nth(values, r * columns + c);
      const size = Math.abs(v) / most;
      if (!(size > 0.04)) continue;
      context.strokeStyle = seriesColor(theme, v > 0 ? 0 : 1);
      context.globalAlpha = 0.15 + 0.6 * size;
      context.lineWidth = 0.3 + 2.2 * size;
      context.beginPath();
      context.moveTo(x, placeOf(c, columns, height));
      context.lineTo(x + wide, placeOf(r, rows, height));
      context.stroke();
    }
  }
  context.globalAlpha = 1;
}

function units(context: CanvasRenderingContext2D, count: number, x: number, height: number, theme: Theme) {
  context.fillStyle = theme.muted;
  for (let i = 0; i < count; i++) {
    context.beginPath();
    context.arc(x, placeOf(i, count, height), 2.4, 0, 2 * Math.PI);
    context.fill();
  }
}
