/**
 * d = −H g with H from the last m pairs s = x₊ − x, y = g₊ − g (Nocedal & Wright 2006, algorithm 7.4, the two loops), t by
 * strong Wolfe conditions, so that sᵀy > 0.
 */
import { type Entry, readOptions } from "../core/registry.ts";
import { endAtStart, ended, noDescent } from "./endings.ts";
import { lineOf, strongWolfe } from "./line.ts";
import { iterationsRule, type Method, norm, type Space, toleranceRule } from "./method.ts";

export interface LbfgsOptions {
  /** m, default 10. */
  pairs?: number;
  /** Ends where ‖∇f‖ is at most this, default 1e-9. */
  tolerance?: number;
  /** Iterations unless `epochs` says another number, default 200. */
  iterations?: number;
}

export const lbfgsEntry: Entry<Required<LbfgsOptions>> = {
  name: "lbfgs",
  label: "L-BFGS",
  options: {
    pairs: { kind: "whole", label: "pairs", from: 1, to: 999, initial: 10 },
    tolerance: toleranceRule,
    iterations: iterationsRule(200),
  },
};

export function lbfgs(options: LbfgsOptions = {}): Method {
  const { pairs, tolerance, iterations } = readOptions("lbfgs", lbfgsEntry.options, options);
  return {
    kind: "lbfgs",
    settings: { pairs, tolerance, iterations },
    method: true,
    options: JSON.stringify({ pairs, tolerance }),
    miniBatch: false,
    constraints: false,
    states: 2 * pairs,
    scratch: 4,
    memory: [0], // pairs so far
    iterations,
    begin(problem, states, [g, d, base, ahead], memory) {
      if (!g || !d || !base || !ahead) throw new Error("lbfgs: four vectors");
      const { space, x } = problem;
      let known: number | undefined;
      return () => {
        const value = known ?? problem.gradient(g);
        const gradientNorm = norm(space, g);
        const start = { value, gradientNorm };
        const end = endAtStart(start, tolerance);
        if (end) return ended(start, end);
        const count = memory[0] as number;
        space.copy(d, g);
        twoLoops(space, d, states, count, pairs);
        space.scale(d, -1);
        let slope = space.dot(g, d);
        if (!(slope < 0)) {
          space.copy(d, g);
          space.scale(d, -1);
          slope = -gradientNorm * gradientNorm;
        }
        space.copy(base, x);
        const line = lineOf(problem, base, d, ahead, value, slope);
        const found = strongWolfe(line, count > 0 ? 1 : 1 / Math.max(1, gradientNorm));
        const { evaluations } = line;
        if (!found) {
          space.copy(x, base);
          known = undefined;
          if (count === 0) return ended(start, noDescent(problem, start, slope), { evaluations });
          memory[0] = 0; // once more, along −g
          return { ...start, stepSize: 0, evaluations, note: "restarted along the negative gradient" };
        }
        const slot = count % pairs;
        const [s, y] = [states[2 * slot] as (typeof states)[number], states[2 * slot + 1] as (typeof states)[number]];
        known = found.value;
        space.copy(base, d);
        space.scale(base, found.t);
        space.scale(g, -1);
        space.axpy(g, 1, ahead); // y
        // Without curvature along s the pair would make H indefinite: it is left out.
        if (space.dot(base, g) > 1e-14 * norm(space, base) * norm(space, g)) {
          space.copy(s, base);
          space.copy(y, g);
          memory[0] = count + 1;
        }
        space.copy(g, ahead);
        return { ...start, stepSize: found.t, evaluations };
      };
    },
  };
}

/** q <- H q. */
function twoLoops<V>(space: Space<V>, q: V, states: readonly V[], count: number, pairs: number): void {
  const have = Math.min(count, pairs);
  const pair = (k: number) => {
    const slot = (count - 1 - k + pairs * 2) % pairs;
    return { s: states[2 * slot] as V, y: states[2 * slot + 1] as V };
  };
  const alphas: number[] = [];
  for (let k = 0; k < have; k++) {
    const { s, y } = pair(k);
    const alpha = space.dot(s, q) / space.dot(y, s);
    alphas.push(alpha);
    space.axpy(q, -alpha, y);
  }
  if (have > 0) {
    const { s, y } = pair(0);
    space.scale(q, space.dot(s, y) / space.dot(y, y));
  }
  for (let k = have - 1; k >= 0; k--) {
    const { s, y } = pair(k);
    space.axpy(q, (alphas[k] as number) - space.dot(y, q) / space.dot(y, s), s);
  }
}
