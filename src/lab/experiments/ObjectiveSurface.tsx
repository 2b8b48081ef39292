/** The objective of the 3 × 3 model over (θ₁, θ₂), training beside test: rugged for few steps, smooth for many. */
import { nth } from "../../core/nth.ts";
import { type Field, surface } from "../../plots/index.ts";
import { Figure } from "../Figure.tsx";
import { loss } from "../format.ts";
import { Slider } from "../inputs.tsx";
import type { ExperimentProps } from "./ExperimentsView.tsx";
import { useLatest } from "./useLatest.ts";
import { useNumbers } from "./useNumbers.ts";

const POINTS = 41;

export function ObjectiveSurface({ lab, theme, route }: ExperimentProps) {
  const [{ N, a, b, seed }, change] = useNumbers(
    route,
    { N: 5, a: 1, b: 1, seed: 0 },
    { N: [1, 100, "whole"], a: [0.2, 2], b: [0.2, 2], seed: [0, 9, "whole"] },
  );
  const { value, error, waiting } = useLatest(() => lab.call("objective", N, seed, POINTS), `${N} ${seed}`);
  const figure = (title: string, of: { a: Float64Array; b: Float64Array; values: Float64Array } | undefined) => {
    const field: Field | undefined = of && { x: of.a, y: of.b, values: of.values };
    const top = of?.values.reduce((most, v) => Math.max(most, v), 0) ?? 1;
    const svg =
      field &&
      surface(field, {
        width: 520,
        theme,
        scale: "log",
        range: [top / 3000, top],
        levels: 8,
        marks: [{ x: a, y: b }],
        x: { label: "θ₁" },
        y: { label: "θ₂" },
      });
    const numbers = () => {
      const { a: x = new Float64Array(), b: y = new Float64Array(), values = new Float64Array() } = of ?? {};
      return {
        theta1: Array.from(values, (_, k) => nth(x, Math.floor(k / y.length))),
        theta2: Array.from(values, (_, k) => nth(y, k % y.length)),
        objective: values,
      };
    };
    return <Figure title={title} svg={svg} numbers={numbers} />;
  };
  const at = (of: typeof value extends undefined ? never : NonNullable<typeof value>["training"] | undefined) => {
    if (!of) return undefined;
    const near = (axis: Float64Array, x: number) =>
      axis.reduce((best, v, k) => (Math.abs(v - x) < Math.abs(nth(axis, best) - x) ? k : best), 0);
    return of.values[near(of.a, a) * of.b.length + near(of.b, b)];
  };
  return (
    <>
      <p class="lead">
        The same network with <i>N</i> steps to <i>T</i> = 10. Few steps make it rugged, and different on training and
        test inputs; many make it a bowl with one minimum.
      </p>
      <div class="controls">
        <Slider label="Steps N" shown={String(N)} value={N} least={1} most={100} onInput={(n) => change({ N: n })} />
        <Slider
          label="θ₁"
          shown={a.toFixed(2)}
          value={a}
          least={0.2}
          most={2}
          step={0.045}
          onInput={(x) => change({ a: x })}
        />
        <Slider
          label="θ₂"
          shown={b.toFixed(2)}
          value={b}
          least={0.2}
          most={2}
          step={0.045}
          onInput={(x) => change({ b: x })}
        />
        <Slider
          label="Inputs"
          shown={`seed ${seed}`}
          value={seed}
          least={0}
          most={9}
          onInput={(s) => change({ seed: s })}
        />
      </div>
      <p class="reading" role="status">
        {error ??
          `Φ at θ: ${loss(at(value?.training))} on training inputs, ${loss(at(value?.test))} on test inputs${waiting ? " …" : ""}`}
      </p>
      <div class="pair">
        {figure("Training inputs", value?.training)}
        {figure("Test inputs", value?.test)}
      </div>
    </>
  );
}
