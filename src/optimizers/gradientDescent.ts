/** x <- P(x − t ∇f), t by Armijo's rule: from twice the last one if that was accepted at once. P projects onto the constraints. */
import { type Entry, readOptions } from "../core/registry.ts";
import { endAtStart, ended, noDescent } from "./endings.ts";
import { decreases, lineOf } from "./line.ts";
import { iterationsRule, type Method, norm, toleranceRule } from "./method.ts";

export interface GradientDescentOptions {
  /** First t to be tried, default 1. */
  stepSize?: number;
  /** Ends where ‖∇f‖ is at most this, default 1e-9. */
  tolerance?: number;
  /** Iterations unless `epochs` says another number, default 1000. */
  iterations?: number;
}

const ARMIJO = 1e-4;
const HALVINGS = 50;

export const gradientDescentEntry: Entry<Required<GradientDescentOptions>> = {
  name: "gradientDescent",
  label: "gradient descent",
  options: {
    stepSize: { kind: "number", label: "first step", from: 1e-30, initial: 1 },
    tolerance: toleranceRule,
    iterations: iterationsRule(1000),
  },
};

export function gradientDescent(options: GradientDescentOptions = {}): Method {
  const { stepSize, tolerance, iterations } = readOptions("gradientDescent", gradientDescentEntry.options, options);
  return {
    kind: "gradientDescent",
    settings: options,
    method: true,
    options: JSON.stringify({ stepSize, tolerance }),
    miniBatch: true,
    constraints: true,
    states: 0,
    scratch: 4,
    memory: [stepSize],
    iterations,
    begin(problem, _states, [g, base, d, ahead], memory) {
      if (!g || !base || !d || !ahead) throw new Error("gradientDescent: four vectors");
      const { space, x } = problem;
      return () => {
        const value = problem.gradient(g);
        const gradientNorm = norm(space, g);
        const start = { value, gradientNorm };
        const end = endAtStart(start, tolerance);
        if (end) return ended(start, end);
        space.copy(base, x);
        const first = memory[0] as number;
        let t = first;
        for (let failed = 0; failed <= HALVINGS; failed++, t /= 2) {
          // d = P(x − t ∇f) − x; without constraints −t ∇f.
          space.axpy(x, -t, g);
          problem.project?.();
          space.copy(d, x);
          space.axpy(d, -1, base);
          const slope = space.dot(g, d);
          const line = lineOf(problem, base, d, ahead, value, slope);
          const tried = problem.value();
          if (problem.project && slope > -1e-30) {
            space.copy(x, base);
            return ended(start, { status: "converged", reason: "converged: the projected gradient is zero" });
          }
          if (Number.isFinite(tried) && decreases(line, 1, first / t, tried, ARMIJO)) {
            memory[0] = failed === 0 ? 2 * t : t;
            return { ...start, stepSize: t, evaluations: failed + 2 };
          }
          space.copy(x, base);
        }
        return ended(start, noDescent(problem, start, -gradientNorm * gradientNorm * (memory[0] as number)), {
          evaluations: HALVINGS + 2,
        });
      };
    },
  };
}
