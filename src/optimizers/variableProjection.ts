/**
 * F(y) = min_z f(y, z), z the variables in which f is convex (the classifier), found by an inner Newton method:
 * ∇F(y) = ∂f/∂y at the minimizing z, and the outer Newton method uses the Gauss–Newton matrix of y alone (Golub & Pereyra).
 */
import { OdenetError } from "../core/errors.ts";
import { conjugateGradients, type Work } from "./conjugateGradients.ts";
import type { Inner, Method, Problem } from "./method.ts";
import {
  NEWTON_SCRATCH,
  type NewtonOptions,
  type NewtonSettings,
  newtonMemory,
  newtonSettings,
  newtonStep,
  newtonText,
} from "./newtonCG.ts";

export interface VariableProjectionOptions extends Omit<NewtonOptions, "hessian"> {
  /**
   * The inner Newton method: iterations (default 10), conjugate gradients in each (default 20, to 1e-3), and the norm of ∂f/∂z at
   * which it ends (default 1e-9).
   */
  inner?: { iterations?: number; cgIterations?: number; cgTolerance?: number; tolerance?: number };
  /**
   * `"block"`: the Gauss–Newton matrix G_yy of y alone (the course's). `"reduced"`: G_yy − G_yz G_zz⁻¹ G_zy, that of F itself:
   * twice the work in a product, and steps that know how z will answer. Default `"block"`.
   */
  hessian?: "block" | "reduced";
  /** Whether the inner method starts at z = 0 (`"zero"`, the course's), or where z was. Default `"last"`. */
  start?: "zero" | "last";
}

interface InnerSettings {
  readonly newton: NewtonSettings;
  readonly reduced: boolean;
  readonly zero: boolean;
}

export function variableProjection(options: VariableProjectionOptions = {}): Method {
  const { inner = {}, start = "last", hessian = "block", ...outer } = options;
  const where = "variableProjection";
  const settings = newtonSettings({ ...outer, hessian: "gaussNewton" }, where);
  const { iterations = 10, cgIterations = 20, cgTolerance = 1e-3, tolerance = 1e-9 } = inner;
  const newton = newtonSettings({ iterations, cgIterations, cgTolerance, tolerance }, `${where}.inner`);
  if (start !== "zero" && start !== "last") {
    throw new OdenetError("option", `${where}: expected start to be zero or last, got ${String(start)}.`);
  }
  if (hessian !== "block" && hessian !== "reduced") {
    throw new OdenetError("option", `${where}: expected hessian to be block or reduced, got ${String(hessian)}.`);
  }
  const innerSettings = { newton, zero: start === "zero", reduced: hessian === "reduced" };
  return {
    kind: "variableProjection",
    settings: options,
    method: true,
    options: `${newtonText(settings)} ${newtonText(newton)} ${start} ${hessian}`,
    miniBatch: true,
    constraints: false,
    states: 0,
    scratch: 2 * NEWTON_SCRATCH + 1,
    memory: newtonMemory(settings),
    iterations: settings.iterations,
    refuses: ({ inner }) =>
      inner
        ? undefined
        : new OdenetError(
            "option",
            `${where}: expected a network that ends with linear, whose parameters are eliminated, got none. For minimize, say which variables: f.eliminate = { first, count }.`,
          ),
    begin<V>(problem: Problem<V>, _states: readonly V[], scratch: readonly V[], memory: number[]) {
      const { inner } = problem as { inner: Inner<V> };
      return newtonStep(
        reduced(problem, inner, innerSettings, scratch.slice(NEWTON_SCRATCH)),
        settings,
        scratch,
        memory,
      );
    },
  };
}

/** The problem of y, as one of x: vectors are as long as x, and what belongs to z is zero in gradients and directions. */
function reduced<V>(problem: Problem<V>, inner: Inner<V>, settings: InnerSettings, scratch: readonly V[]): Problem<V> {
  const { space } = problem;
  const { eliminated } = inner;
  const answer = scratch[NEWTON_SCRATCH] as V;
  const parts = scratch.slice(0, NEWTON_SCRATCH).map((v) => space.part(v, eliminated));
  const step = newtonStep(inner.problem, settings.newton, parts, [1]);
  const eliminate = () => {
    inner.freeze();
    if (settings.zero) space.scale(inner.problem.x, 0);
    for (let k = 0; k < settings.newton.iterations; k++) if (step().end) break;
  };
  const withoutEliminated = (v: V) => space.scale(space.part(v, eliminated), 0);
  return {
    ...problem,
    inner: undefined,
    value() {
      eliminate();
      return inner.problem.value();
    },
    gradient(into) {
      eliminate();
      const value = problem.gradient(into);
      withoutEliminated(into);
      return value;
    },
    product(kind, into, v) {
      problem.product(kind, into, v);
      if (settings.reduced) {
        // (v, −w) with G_zz w = G_zy v.
        const [, , , ...work] = parts as unknown as [V, V, V, ...Work<V>];
        space.copy(answer, v);
        const right = space.part(into, eliminated);
        const product = (out: V, of: V) => inner.problem.product(kind, out, of);
        const { cgIterations, cgTolerance } = settings.newton;
        const system = { space, product, gradient: right, solve: undefined };
        conjugateGradients({ ...system, tolerance: cgTolerance, iterations: cgIterations }, work);
        space.copy(space.part(answer, eliminated), work[0]);
        problem.product(kind, into, answer);
      }
      withoutEliminated(into);
    },
  };
}
