/** ẏ = A y in the plane: what the eigenvalues of A say. */
import { useMemo } from "preact/hooks";
import { trajectoryPlot } from "../../plots/index.ts";
import { Figure } from "../Figure.tsx";
import { signed } from "../format.ts";
import { Slider } from "../inputs.tsx";
import type { ExperimentProps } from "./ExperimentsView.tsx";
import { useNumbers } from "./useNumbers.ts";

type Matrix = readonly [number, number, number, number];

const FINAL_TIME = 6;
const STEPS = 150;
const REACH = 3;

const apply = ([a, b, c, d]: Matrix, x: number, y: number): [number, number] => [a * x + b * y, c * x + d * y];

/** rk4 from (x, y); it ends where it leaves the picture. */
function pathFrom(A: Matrix, x0: number, y0: number) {
  const h = FINAL_TIME / STEPS;
  let [x, y] = [x0, y0];
  const path = { x: [x], y: [y], class: 0 };
  for (let j = 0; j < STEPS && Math.hypot(x, y) < 2 * REACH; j++) {
    const k1 = apply(A, x, y);
    const k2 = apply(A, x + (h / 2) * k1[0], y + (h / 2) * k1[1]);
    const k3 = apply(A, x + (h / 2) * k2[0], y + (h / 2) * k2[1]);
    const k4 = apply(A, x + h * k3[0], y + h * k3[1]);
    x += (h / 6) * (k1[0] + 2 * k2[0] + 2 * k3[0] + k4[0]);
    y += (h / 6) * (k1[1] + 2 * k2[1] + 2 * k3[1] + k4[1]);
    path.x.push(x);
    path.y.push(y);
  }
  return path;
}

/** The eigenvalues, and what they make of the origin. */
function eigenvaluesOf([a, b, c, d]: Matrix): { text: string; kind: string } {
  const half = (a + d) / 2;
  const discriminant = half * half - (a * d - b * c);
  const root = Math.sqrt(Math.abs(discriminant));
  if (discriminant < 0) {
    const kind = Math.abs(half) < 1e-9 ? "a centre: it circles" : half < 0 ? "a stable spiral" : "an unstable spiral";
    return { text: `λ = ${signed(half, 2)} ± ${root.toFixed(2)} i`, kind };
  }
  const [low, high] = [half - root, half + root];
  const kind =
    high < 0 ? "a stable node" : low > 0 ? "an unstable node" : low < 0 && high > 0 ? "a saddle" : "degenerate";
  return { text: `λ = ${signed(low, 2)}, ${signed(high, 2)}`, kind };
}

export function PhasePortrait({ theme, route }: ExperimentProps) {
  const [{ a, b, c, d }, change] = useNumbers(
    route,
    { a: -0.2, b: 1, c: -1, d: -0.2 },
    { a: [-2, 2], b: [-2, 2], c: [-2, 2], d: [-2, 2] },
  );
  const { svg, paths } = useMemo(() => {
    const A: Matrix = [a, b, c, d];
    const found = Array.from({ length: 12 }, (_, k) => {
      const angle = (k * Math.PI) / 6 + 0.2;
      const r = k % 2 === 0 ? 2.4 : 0.8;
      return pathFrom(A, r * Math.cos(angle), r * Math.sin(angle));
    });
    const grid = Array.from({ length: 169 }, (_, k): [number, number] => [
      -REACH + (REACH / 6) * Math.floor(k / 13),
      -REACH + (REACH / 6) * (k % 13),
    ]);
    const field = grid.map(([x, y]) => apply(A, x, y));
    const figure = trajectoryPlot(found, {
      width: 620,
      theme,
      x: { label: "y₁", domain: [-REACH, REACH] },
      y: { label: "y₂", domain: [-REACH, REACH] },
      field: {
        x: grid.map(([x]) => x),
        y: grid.map(([, y]) => y),
        u: field.map(([u]) => u),
        v: field.map(([, v]) => v),
      },
    });
    return { svg: figure, paths: found };
  }, [a, b, c, d, theme]);
  const { text, kind } = eigenvaluesOf([a, b, c, d]);
  const entry = (label: string, value: number, set: (x: number) => void) => (
    <Slider label={label} shown={signed(value)} value={value} least={-2} most={2} step={0.1} onInput={set} />
  );
  return (
    <>
      <p class="lead">
        A linear equation grows, decays or circles as the real parts of its eigenvalues say. Antisymmetric matrices (A₁₁
        = A₂₂ = 0, A₂₁ = −A₁₂) circle.
      </p>
      <div class="controls">
        {entry("A₁₁", a, (x) => change({ a: x }))}
        {entry("A₁₂", b, (x) => change({ b: x }))}
        {entry("A₂₁", c, (x) => change({ c: x }))}
        {entry("A₂₂", d, (x) => change({ d: x }))}
      </div>
      <p class="reading" role="status">{`${text}: ${kind}`}</p>
      <Figure
        title="Trajectories"
        className="single"
        svg={svg}
        numbers={() => ({
          path: paths.flatMap((p, i) => p.x.map(() => i)),
          y1: paths.flatMap((p) => p.x),
          y2: paths.flatMap((p) => p.y),
        })}
      />
    </>
  );
}
