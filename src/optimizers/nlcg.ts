/** d <- −g + β d with β = max(0, gᵀ(g − g₋) / g₋ᵀg₋) (Polak & Ribière, restarted), t by strong Wolfe conditions. */
import { type Entry, readOptions } from "../core/registry.ts";
import { endAtStart, ended, noDescent } from "./endings.ts";
import { lineOf, strongWolfe } from "./line.ts";
import { iterationsRule, type Method, norm, toleranceRule } from "./method.ts";

export interface NlcgOptions {
  /** Ends where ‖∇f‖ is at most this, default 1e-9. */
  tolerance?: number;
  /** Iterations unless `epochs` says another number, default 200. */
  iterations?: number;
}

export const nlcgEntry: Entry<Required<NlcgOptions>> = {
  name: "nlcg",
  label: "nonlinear CG",
  options: { tolerance: toleranceRule, iterations: iterationsRule(200) },
};

/** A step along the next direction is first tried with the same predicted decrease as the last one. */
export function nlcg(options: NlcgOptions = {}): Method {
  const { tolerance, iterations } = readOptions("nlcg", nlcgEntry.options, options);
  return {
    kind: "nlcg",
    settings: { tolerance, iterations },
    method: true,
    options: JSON.stringify({ tolerance }),
    miniBatch: false,
    constraints: false,
    states: 2, // d and g₋
    scratch: 2,
    memory: [0, 0, 0], // whether there is a d, its t and its slope
    iterations,
    begin(problem, [d, last], [g, base], memory) {
      if (!d || !last || !g || !base) throw new Error("nlcg: four vectors");
      const { space, x } = problem;
      let known: number | undefined;
      return () => {
        const value = known ?? problem.gradient(g);
        const gradientNorm = norm(space, g);
        const start = { value, gradientNorm };
        const end = endAtStart(start, tolerance);
        if (end) return ended(start, end);
        const [has, lastStep, lastSlope] = memory as [number, number, number];
        const beta = has ? (space.dot(g, g) - space.dot(g, last)) / space.dot(last, last) : 0;
        space.scale(d, Math.max(beta, 0));
        space.axpy(d, -1, g);
        let slope = space.dot(g, d);
        if (!(slope < 0)) {
          space.scale(d, 0);
          space.axpy(d, -1, g);
          slope = -gradientNorm * gradientNorm;
        }
        const first = has ? Math.min((lastStep * lastSlope) / slope, 10 * lastStep) : 1 / Math.max(1, gradientNorm);
        space.copy(base, x);
        space.copy(last, g);
        const line = lineOf(problem, base, d, g, value, slope);
        const found = strongWolfe(line, first, { c2: 0.1 });
        if (!found) {
          space.copy(x, base);
          known = undefined;
          if (has && beta > 0) {
            memory[0] = 0; // once more, along −g
            return {
              ...start,
              stepSize: 0,
              evaluations: line.evaluations,
              note: "restarted along the negative gradient",
            };
          }
          return ended(start, noDescent(problem, start, slope), { evaluations: line.evaluations });
        }
        memory.splice(0, 3, 1, found.t, slope);
        known = found.value;
        return { ...start, stepSize: found.t, evaluations: line.evaluations };
      };
    },
  };
}
