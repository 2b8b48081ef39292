/**
 * ẏ = σ((K − Kᵀ) y + b) keeps 1ᵀΣ(A y + b), and for σ = identity, b = 0 the norm: which methods see it. An eigenvalue iω is
 * multiplied by |1 + ihω| > 1 in every Euler step, however small h is; Verlet on the Hamiltonian form is stable up to hω = 2.
 */

import { energy } from "../analysis/index.ts";
import { nth } from "../core/nth.ts";
import { Random, streams } from "../core/random.ts";
import { antisymmetric as antisymmetricField, hamiltonian } from "../dynamics/index.ts";
import { euler, heun, implicitMidpoint, midpoint, rk3, rk4, verlet } from "../integrators/index.ts";
import { type Layer, ode } from "../layers/index.ts";
import { leastSquares } from "../losses/index.ts";
import { network } from "../networks/index.ts";
import { curves, panels } from "../plots/index.ts";
import { createModel } from "../training/index.ts";
import type { Experiment } from "./experiment.ts";

const FEATURES = 4;
const FINAL_TIME = 40;
const STEP = 0.2;

interface Run {
  readonly label: string;
  readonly times: readonly number[];
  readonly values: Float64Array;
}

/** ‖v‖ */
const norm = (v: ArrayLike<number>): number => Math.sqrt(Array.from(v).reduce((s, x) => s + x * x, 0));
const last = (v: Float64Array): number => nth(v, v.length - 1);
const growth = ({ values }: Run): number => last(values) / nth(values, 0);

export const antisymmetric: Experiment = {
  name: "antisymmetric",
  title: "Antisymmetric and Hamiltonian networks: what the method keeps",
  see: "The differential equation keeps the norm (linear case) and an energy (tanh); Euler lets both grow at h, h/2, h/4 and h/8, heun and midpoint grow too, only far more slowly, while rk3 and rk4 decay a little and the implicit midpoint rule keeps them. Verlet's method keeps the Hamiltonian network's energy up to a bounded oscillation.",
  async run({ seed = 0, ...options } = {}) {
    const random = new Random(seed, streams.initialization);
    const K = random.normal(FEATURES * FEATURES).map((v) => 0.6 * v);
    const b = random.normal(FEATURES).map((v) => 0.2 * v);
    const y = random.normal(FEATURES);

    const overTime = (h: number) =>
      ({ steps: Math.round(FINAL_TIME / h), finalTime: FINAL_TIME, weights: "constant" }) as const;
    const norms = async (integrator: typeof euler, h: number, label: string): Promise<Run> => {
      const field = antisymmetricField({ activation: "identity", bias: false });
      const model = await createModel(
        network({
          input: FEATURES,
          layers: [ode(field, integrator, overTime(h))],
        }),
        { loss: leastSquares(), precision: "f64" },
      );
      model.set("0.K", K);
      const [path] = model.states(y);
      model.dispose();
      const values = Float64Array.from(path?.values ?? [], (v) => norm(v));
      return { label, times: path?.times ?? [], values };
    };
    const energyOf = async (block: Layer, label: string): Promise<Run> => {
      const model = await createModel(network({ input: FEATURES, layers: [block] }), {
        loss: leastSquares(),
        precision: "f64",
      });
      model.set("0.K", K);
      model.set("0.b", b);
      const { times, values } = energy(model, y);
      model.dispose();
      return { label, times, values };
    };
    const energies = (integrator: typeof euler, label: string): Promise<Run> =>
      energyOf(ode(antisymmetricField(), integrator, overTime(STEP)), label);
    const withVerlet = (h: number, label: string): Promise<Run> =>
      energyOf(ode(hamiltonian(), verlet, { ...overTime(h), start: "half" }), label);

    const eulers = await Promise.all(
      [1, 2, 4, 8].map((k) => norms(euler, STEP / k, k === 1 ? "euler, h" : `euler, h/${k}`)),
    );
    const others = { midpoint, heun, rk3, rk4, implicitMidpoint };
    const named = Object.entries(others);
    const linear = await Promise.all(named.map(([name, method]) => norms(method, STEP, name)));
    const nonlinear = await Promise.all(
      [["euler", euler] as const, ...named].map(([name, method]) => energies(method, name)),
    );
    const verlets = await Promise.all(
      [1, 2, 4].map((k) => withVerlet(STEP / k, k === 1 ? "verlet, h" : `verlet, h/${k}`)),
    );
    const swing = ({ values }: Run) => Math.max(...values.map((v) => Math.abs(v - nth(values, 0))));

    const dashed = new Set(["heun", "implicitMidpoint"]);
    const series = (runs: readonly Run[], scale: (r: Run) => number) =>
      runs.map((run) => ({
        label: run.label,
        style: dashed.has(run.label) ? ("dashed" as const) : ("line" as const),
        x: run.times,
        y: run.values.map((v) => v / scale(run)),
      }));
    const relative = (runs: readonly Run[]) => series(runs, (r) => nth(r.values, 0));
    const drawn = (runs: readonly Run[]) => series(runs, () => 1);
    return {
      numbers: {
        stepSize: STEP,
        finalTime: FINAL_TIME,
        normGrowth: Object.fromEntries([...eulers, ...linear].map((r) => [r.label, growth(r)])),
        energyGrowth: Object.fromEntries(nonlinear.map((r) => [r.label, growth(r)])),
        verletEnergySwing: Object.fromEntries(verlets.map((r) => [r.label, swing(r)])),
      },
      figures: {
        norm: panels(
          [
            (own) =>
              curves(relative(eulers), {
                ...own,
                title: "Euler, linear",
                x: { label: "time t" },
                y: { label: "‖y(t)‖ / ‖y(0)‖", scale: "log" },
              }),
            (own) =>
              curves(relative(linear), {
                ...own,
                title: "Other methods at h, linear",
                x: { label: "time t" },
                y: { label: "‖y(t)‖ / ‖y(0)‖" },
              }),
          ],
          { width: 1200, ...options, least: 360, title: "ẏ = (K − Kᵀ) y keeps ‖y‖" },
        ),
        energy: panels(
          [
            (own) =>
              curves(drawn(nonlinear.slice(0, 3)), {
                ...own,
                title: "Order 1 and 2, explicit",
                x: { label: "time t" },
                y: { label: "energy E" },
              }),
            (own) =>
              curves(drawn(nonlinear.slice(3)), {
                ...own,
                title: "rk3, rk4, implicit midpoint",
                x: { label: "time t" },
                y: { label: "energy E" },
              }),
            (own) =>
              curves(drawn(verlets), {
                ...own,
                title: "Hamiltonian with Verlet",
                x: { label: "time t" },
                y: { label: "energy E" },
              }),
          ],
          { width: 1200, ...options, columns: 3, least: 300, title: "ẏ = tanh((K − Kᵀ) y + b) keeps E" },
        ),
      },
    };
  },
};
