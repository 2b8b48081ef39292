/** What an ode layer asks of its dynamics, its integrator and its input. */
import { OdenetError } from "../core/errors.ts";
import { takes } from "../dynamics/affine.ts";
import { type Dynamics, dynamicsKinds, isDynamics } from "../dynamics/index.ts";
import type { Space } from "../dynamics/kernels/kernel.ts";
import type { Integrator } from "../integrators/integrator.ts";
import { integratorsByName } from "../integrators/registry.ts";
import { area } from "../operations/windows.ts";
import { imageInput } from "./imageForm.ts";
import type { Ode } from "./ode.ts";
import { type FeatureShape, featureCount, show } from "./shape.ts";

/** Throws `pair` unless the integrator steps fields of the dynamics. */
export function checkPair(dynamics: Dynamics, integrator: Integrator, where: string): void {
  if (typeof integrator?.step !== "function") {
    throw new OdenetError(
      "pair",
      `${where}: expected an integrator such as euler as second argument, got ${show(integrator)}.`,
    );
  }
  if (!isDynamics(dynamics)) {
    throw new OdenetError(
      "pair",
      `${where}: expected a dynamics such as layerField() as first argument, got ${show(dynamics)}. Call the factory.`,
    );
  }
  if (dynamics.field !== integrator.field) {
    const fits = Object.values(integratorsByName).filter((i) => i.field === dynamics.field);
    throw new OdenetError(
      "pair",
      `${where}: expected an integrator for ${dynamics.kind} (${fits.map((i) => i.name).join(", ")}), got ${integrator.name}, which steps ${integrator.field} fields.`,
    );
  }
}

/** Warns where the dynamics is damped and the method grows beside the imaginary axis. */
export function warnIfNeverStable(dynamics: Dynamics, { name, amplification }: Integrator): void {
  const damped = dynamicsKinds[dynamics.kind].damped?.(dynamics);
  if (!damped || amplification({ re: -1e-3, im: 0 }) <= 1) return;
  console.warn(
    `odenet: ${name} is stable on a segment of the imaginary axis only, and ${damped} moves the eigenvalues off it to the left: the solution grows. Use ${damped.replace(" >", ":")}, or rk4.`,
  );
}

/** What one row of y is to the layer. */
export function spaceOf(layer: Ode, input: FeatureShape, where: string): Space {
  if (takes(layer.dynamics) === "features") return { columns: featureCount(input) };
  const [columns, ...image] = imageInput(input, where);
  const { norm } = layer.dynamics;
  if (norm === "instance" && area(image) === 1) {
    throw new OdenetError(
      "shape",
      `${where}: expected images of more than one position for norm "instance", got 1 × 1, each its own mean. Use norm: "layer", or less pooling before it.`,
    );
  }
  return { columns, image };
}

/** Beyond this, the matrix of a convolution between all positions and its factors are no way to take a step. */
const LARGEST_SYSTEM = 1024;

/** Throws `pair` where a norm over the batch meets steps that are chosen. */
export function checkGiven({ integrator, dynamics, times, tolerances }: Ode, where: string): void {
  if (dynamics.norm !== "batch" || !tolerances || times) return;
  throw new OdenetError(
    "pair",
    `${where}: expected steps that are given for norm "batch", whose running statistics are those of each step, got ${integrator}, which chooses them. Use rk4, or write ode(…, { times }).`,
  );
}

/** Throws `pair` where a step would have to solve for what it cannot. */
export function checkSolvable(
  { dynamics }: Ode,
  { name, implicit }: Integrator,
  { columns, image }: Space,
  where: string,
): void {
  if (!implicit || !image) return;
  if (dynamics.norm) {
    throw new OdenetError(
      "pair",
      `${where}: expected no norm with ${name}, which solves for σ(K y + b) alone, got ${show(dynamics.norm)}. Use rk4, or leave norm out.`,
    );
  }
  const n = columns * area(image);
  if (n <= LARGEST_SYSTEM) return;
  throw new OdenetError(
    "pair",
    `${where}: expected at most ${LARGEST_SYSTEM} features for ${name} with convolutions, whose matrix it solves with, got ${n}. Use rk4, or a Hamiltonian dynamics with verlet.`,
  );
}
