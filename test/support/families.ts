import * as odenet from "../../src/index.ts";
import { layerFrom, type Surface } from "./surface.ts";

/** Everything the package exports, by name. */
export const surface: Surface = { ...odenet };

/** A family the package exports as one object: its members by name. */
function family(name: string): Readonly<Record<string, unknown>> {
  const members = surface[name];
  if (typeof members !== "object" || members === null) {
    throw new Error(`families: expected an exported object "${name}" of members by name. Export it from src/index.ts.`);
  }
  return members as Record<string, unknown>;
}

/** The one place that knows what the families are called: a new member of one of them is tested with no edit. */
export const families = {
  /** { tanh: …, relu: …, … }: only the names are read. */
  activations: Object.keys(family("activations")),
  /** { softmaxCrossEntropy, logistic, leastSquares, … }: factories. */
  losses: Object.keys(family("losses")),
  /** { linear, dense, ode, … }: factories; each needs an example where the laws are run. */
  layers: Object.keys(family("layers")),
  /** { layerField, … }: factories that need no options at an even width. */
  dynamics: Object.keys(family("dynamics")),
  /** { euler, … }: values. */
  integrators: Object.keys(family("integrators")),
  /** { plainNet, resNet, … }: factories on { input, outputs, width, steps }. */
  presets: family("presets") as Readonly<Record<string, (options: object) => unknown>>,
} as const;

/** Every pair of dynamics and integrator that fits. A pair that does not is refused with the code "pair". */
export const pairs = families.dynamics.flatMap((kind) =>
  families.integrators.filter((integrator) => fits(kind, integrator)).map((integrator) => ({ kind, integrator })),
);

function fits(kind: string, integrator: string): boolean {
  try {
    layerFrom(surface, { kind: "ode", dynamics: { kind }, integrator, steps: 1 });
    return true;
  } catch (error) {
    if ((error as { code?: unknown }).code === "pair") return false;
    throw error;
  }
}
