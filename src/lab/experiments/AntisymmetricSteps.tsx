/** ẏ = A y with A antisymmetric turns and keeps its norm; which methods do, and how h matters. */
import { useState } from "preact/hooks";
import { curves, trajectoryPlot } from "../../plots/index.ts";
import { Figure } from "../Figure.tsx";
import { Select, Slider } from "../inputs.tsx";
import { MissionBar } from "../missions/MissionBar.tsx";
import { missionIn } from "../missions/missionIn.ts";
import type { ExperimentProps } from "./ExperimentsView.tsx";
import { useLatest } from "./useLatest.ts";
import { useNumbers } from "./useNumbers.ts";

/** Steps that a method has to endure. */
const MANY = 100_000;
const normText = (x: number): string => (x < 1e-12 ? "gone" : x > 1e12 ? "beyond all bounds" : x.toPrecision(3));
const methods = ["euler", "heun", "rk4", "implicitMidpoint"] as const;

export function AntisymmetricSteps({ lab, theme, route }: ExperimentProps) {
  const [{ h, method, tanh }, change] = useNumbers(
    route,
    { h: 0.2, method: 0, tanh: 0 },
    { h: [0.02, 2.5], method: [0, methods.length - 1, "whole"], tanh: [0, 1, "whole"] },
  );
  const [shownPath, setShownPath] = useState(true);
  const name = methods[method] ?? "euler";
  const { value, error } = useLatest(() => lab.call("rotation", name, h, tanh === 1), `${h} ${name} ${tanh}`);
  const end = value?.norms[value.norms.length - 1] ?? Number.NaN;
  const path = value && [{ x: value.x, y: value.y, class: 0 }];
  const { mission, leave } = missionIn(route);
  const left = useLatest(() => lab.call("endurance", name, h, MANY), `${h} ${name}`).value;
  return (
    <>
      {mission && (
        <MissionBar
          mission={mission}
          own={{
            text: "With h ≥ 0.5, keep ‖y‖² to one per cent for 100,000 steps.",
            reached: h >= 0.5 && left !== undefined && Math.abs(left ** 2 - 1) < 0.01,
            measured: left === undefined ? "" : `after 100,000 steps ‖y‖² is ${normText(left ** 2)}`,
          }}
          onLeave={leave}
        />
      )}
      <p class="lead">
        Every step of Euler's method multiplies the norm by √(1 + <i>h</i>²) &gt; 1, however small <i>h</i> is. Smaller
        steps only make it slower. Choose a method that keeps what the equation keeps.
      </p>
      <div class="controls">
        <Slider
          label="Step size h"
          shown={h.toFixed(2)}
          value={h}
          least={0.02}
          most={2.5}
          step={0.02}
          onInput={(x) => change({ h: x })}
        />
        <Select
          label="Integrator"
          value={name}
          choices={methods}
          names={{ euler: "Euler", heun: "Heun", rk4: "RK4", implicitMidpoint: "implicit midpoint" }}
          onChange={(m) => change({ method: methods.indexOf(m) })}
        />
        <label class="check">
          <input type="checkbox" checked={tanh === 1} onChange={() => change({ tanh: 1 - tanh })} /> with tanh
        </label>
        <label class="check">
          <input type="checkbox" checked={shownPath} onChange={() => setShownPath(!shownPath)} /> show the path
        </label>
      </div>
      <p class="reading" role="status">
        {error ?? `‖y(20)‖ = ${Number.isFinite(end) ? end.toPrecision(4) : "–"} from ‖y(0)‖ = 1`}
      </p>
      <div class="pair">
        {shownPath && (
          <Figure
            title="The path from (1, 0)"
            svg={path && trajectoryPlot(path, { width: 520, theme, x: { label: "y₁" }, y: { label: "y₂" } })}
            numbers={() => ({ time: value?.times ?? [], y1: value?.x ?? [], y2: value?.y ?? [] })}
          />
        )}
        <Figure
          title="Its norm"
          svg={
            value &&
            curves([{ x: value.times, y: value.norms }], {
              width: 520,
              height: 520,
              theme,
              x: { label: "time t" },
              y: {
                label: "‖y‖",
                ...(end > 20 ? { scale: "log" as const } : { domain: [0, Math.max(1.5, 1.05 * end)] }),
              },
            })
          }
          numbers={() => ({ time: value?.times ?? [], norm: value?.norms ?? [] })}
        />
      </div>
    </>
  );
}
