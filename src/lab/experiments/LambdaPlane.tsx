/** ẏ = λ y: where hλ lies, and what the steps make of it. */
import { curves, stabilityPlot } from "../../plots/index.ts";
import { Figure } from "../Figure.tsx";
import type { IntegratorName } from "../families.ts";
import { signed } from "../format.ts";
import { Select, Slider } from "../inputs.tsx";
import { MissionBar } from "../missions/MissionBar.tsx";
import { missionIn } from "../missions/missionIn.ts";
import type { ExperimentProps } from "./ExperimentsView.tsx";
import { useLatest } from "./useLatest.ts";
import { useNumbers } from "./useNumbers.ts";

const methods: readonly IntegratorName[] = ["euler", "midpoint", "rk3", "rk4", "implicitMidpoint", "leapfrogMidpoint"];
const STEPS = 40;
/** Of the region to the left, above and below. */
const REACH = 4;

export function LambdaPlane({ lab, theme, route }: ExperimentProps) {
  const [{ re, im, h, method }, change] = useNumbers(
    route,
    { re: -1, im: 2, h: 0.5, method: 0 },
    { re: [-100, 100], im: [-100, 100], h: [0.02, 2], method: [0, methods.length - 1, "whole"] },
  );
  const name = methods[method] ?? "euler";
  const z = { re: h * re, im: h * im };
  const region = useLatest(() => lab.call("region", name, REACH), name);
  const factor = useLatest(() => lab.call("factor", name, z), `${name} ${z.re} ${z.im}`);
  const size = factor.value?.size ?? Number.NaN;
  const steps = Array.from({ length: STEPS + 1 }, (_, j) => j);
  const exact = Math.exp(z.re);
  const svg =
    region.value &&
    stabilityPlot(
      [{ ...region.value, label: `stable: ${name}` }],
      [{ values: [z], label: `hλ = ${signed(z.re, 2)} ${z.im < 0 ? "−" : "+"} ${Math.abs(z.im).toFixed(2)} i` }],
      { width: 520, theme },
    );
  /** The same scale on both axes, as the figure has it. */
  const drag = (x: number, y: number, ratio: number): void => {
    const span = Math.max((4 / 3) * REACH, (2 * REACH) / ratio);
    const tenth = (v: number) => Math.round((10 * v) / h) / 10;
    change({ re: tenth(-REACH / 3 + (x - 0.5) * span), im: tenth((0.5 - y) * span * ratio) });
  };
  const { mission, leave } = missionIn(route);
  const euler = Math.hypot(1 + z.re, z.im);
  return (
    <>
      {mission && (
        <MissionBar
          mission={mission}
          own={{
            text: "With Euler and λ = −1 + 2i, find the step size h > 0 with |1 + hλ| = 1, to a hundredth.",
            reached: name === "euler" && re === -1 && Math.abs(im) === 2 && Math.abs(euler - 1) < 0.01,
            measured: `|1 + hλ| = ${euler.toFixed(3)}`,
          }}
          onLeave={leave}
        />
      )}
      <p class="lead">
        The solution decays where Re λ &lt; 0. Its steps decay where <i>h</i>λ lies in the method's region: shrink{" "}
        <i>h</i> and watch the point move towards the origin, or drag it.
      </p>
      <div class="controls">
        <Select
          label="Integrator"
          value={name}
          choices={methods}
          onChange={(m) => change({ method: methods.indexOf(m) })}
        />
        <Slider
          label="Re λ"
          shown={signed(re)}
          value={re}
          least={-6}
          most={2}
          step={0.1}
          onInput={(x) => change({ re: x })}
        />
        <Slider
          label="Im λ"
          shown={signed(im)}
          value={im}
          least={-6}
          most={6}
          step={0.1}
          onInput={(x) => change({ im: x })}
        />
        <Slider
          label="Step size h"
          shown={h.toFixed(2)}
          value={h}
          least={0.02}
          most={2}
          step={0.02}
          onInput={(x) => change({ h: x })}
        />
      </div>
      <p class="reading" role="status">
        {`A step multiplies |y| by ${size.toPrecision(4)}, the equation by ${exact.toPrecision(4)}: ${size <= 1 + 1e-9 ? "stable" : "unstable"}`}
      </p>
      <div class="pair">
        <Figure title="Region of stability" svg={svg} onPoint={drag} />
        <Figure
          title="Size of the iterates"
          svg={
            factor.value &&
            curves(
              [
                {
                  x: steps,
                  y: steps.map((j) => Math.min(1e12, Math.max(1e-12, size ** j))),
                  label: "steps",
                  style: "both",
                },
                {
                  x: steps,
                  y: steps.map((j) => Math.min(1e12, Math.max(1e-12, exact ** j))),
                  label: "exact",
                  style: "dashed",
                },
              ],
              { width: 520, height: 520, theme, x: { label: "step j" }, y: { label: "|y|", scale: "log" } },
            )
          }
          numbers={() => ({ step: steps, size: steps.map((j) => size ** j), exact: steps.map((j) => exact ** j) })}
        />
      </div>
    </>
  );
}
