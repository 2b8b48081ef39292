/** One function θ(t), T and N apart: more steps come nearer to the same flow, a longer time is another network. */
import { trajectoryPlot } from "../../plots/index.ts";
import { Figure } from "../Figure.tsx";
import { Slider } from "../inputs.tsx";
import type { ExperimentProps } from "./ExperimentsView.tsx";
import { useLatest } from "./useLatest.ts";
import { useNumbers } from "./useNumbers.ts";

const MOST_STEPS = 256;

export function DepthIsTime({ lab, theme, route }: ExperimentProps) {
  const [{ T, N, seed, antisymmetric }, change] = useNumbers(
    route,
    { T: 3, N: 4, seed: 4, antisymmetric: 0 },
    { T: [0.5, 12], N: [1, MOST_STEPS, "whole"], seed: [0, 1e9, "whole"], antisymmetric: [0, 1, "whole"] },
  );
  const kind = antisymmetric === 1 ? "antisymmetric" : "layerField";
  const { value, error } = useLatest(() => lab.call("flow", T, N, seed, kind), `${T} ${N} ${seed} ${kind}`);
  const figure = (title: string, paths: NonNullable<typeof value>["paths"] | undefined) => (
    <Figure
      title={title}
      svg={
        paths &&
        trajectoryPlot(
          paths.map((p, i) => ({ ...p, class: i < 8 ? 0 : 1 })),
          { width: 520, theme, x: { label: "y₁" }, y: { label: "y₂" } },
        )
      }
      numbers={() => ({
        path: (paths ?? []).flatMap((p, i) => Array.from(p.x, () => i)),
        y1: (paths ?? []).flatMap((p) => Array.from(p.x)),
        y2: (paths ?? []).flatMap((p) => Array.from(p.y)),
      })}
    />
  );
  return (
    <>
      <p class="lead">
        The weights are one function of time. <i>T</i> says how far the features travel, <i>N</i> in how many steps: a
        finer grid is the same network, computed better.
      </p>
      <div class="controls">
        <Slider
          label="Final time T"
          shown={T.toFixed(1)}
          value={T}
          least={0.5}
          most={12}
          step={0.5}
          onInput={(x) => change({ T: x })}
        />
        <Slider
          label="Steps N"
          shown={String(N)}
          value={N}
          least={1}
          most={MOST_STEPS}
          onInput={(x) => change({ N: x })}
        />
        <button type="button" disabled={2 * N > MOST_STEPS} onClick={() => change({ N: 2 * N })}>
          Same network, finer grid
        </button>
        <label class="check">
          <input
            type="checkbox"
            checked={antisymmetric === 1}
            onChange={() => change({ antisymmetric: 1 - antisymmetric })}
          />{" "}
          antisymmetric
        </label>
      </div>
      <p class="reading" role="status">
        {error ??
          `h = T / N = ${(T / N).toPrecision(3)}; largest error of an end point ${value ? value.error.toPrecision(3) : "–"}`}
      </p>
      <div class="pair">
        {figure(`Euler with N = ${N}`, value?.paths)}
        {figure("The flow (N = 2000)", value?.exact)}
      </div>
    </>
  );
}
