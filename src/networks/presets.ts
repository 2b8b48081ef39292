/** The networks of the course: an opening layer to `width`, a block of time steps, a classifier. */
import { antisymmetric, hamiltonian, layerField, parabolic, secondOrder } from "../dynamics/index.ts";
import { euler, leapfrog, rk4, verlet } from "../integrators/index.ts";
import type { Integrator } from "../integrators/integrator.ts";
import { dense, type Layer, linear, ode } from "../layers/index.ts";
import type { OdeOptions } from "../layers/ode.ts";
import { checkWhole, type FeatureShape } from "../layers/shape.ts";
import type { ActivationName } from "../operations/activation.ts";
import { type Network, network } from "./network.ts";

/** `steps`, `finalTime` (default 1), `weights`, `start`, `reversible` and `checkpoint` are those of `ode`. */
export interface PresetOptions extends OdeOptions {
  input: FeatureShape;
  steps: number;
  /** Number of scores. */
  outputs: number;
  /** Features inside the block. */
  width: number;
  /** σ, default `"tanh"`. */
  activation?: ActivationName;
  /** Default true; `"scalar"`: one number a step. */
  bias?: boolean | "scalar";
  classes?: readonly string[];
}

function between(options: PresetOptions, block: readonly Layer[]): Network {
  const { input, outputs, width, activation = "tanh", classes } = options;
  const layers = [dense(width, { activation }), ...block, linear(outputs)];
  return network(classes ? { input, layers, classes } : { input, layers });
}

/** ResNet: dense(width), then `y + h σ(K_j y + b_j)` for N steps, then linear(outputs). */
export function resNet(options: PresetOptions): Network {
  return between(options, [ode(layerField(options), euler, options)]);
}

/** The plain network: dense(width), then `σ(K_j y + b_j)` for N layers, then linear(outputs). No time, no skip. */
export function plainNet(options: PresetOptions): Network {
  const { steps, width, activation = "tanh", bias = true } = options;
  checkWhole(steps, "plainNet", "steps");
  const layer = () => dense(width, { activation, bias: bias !== false });
  return between(options, Array.from({ length: steps }, layer));
}

/** Antisymmetric dynamics, `A = K − Kᵀ − γ I`; the integrator defaults to rk4, since no Euler step holds γ = 0. */
export function antisymmetricNet(
  options: PresetOptions & { gamma?: number; integrator?: Integrator<"vector"> },
): Network {
  return between(options, [ode(antisymmetric(options), options.integrator ?? rk4, options)]);
}

/** Hamiltonian dynamics with Verlet's method. */
export function hamiltonianNet(options: PresetOptions): Network {
  return between(options, [ode(hamiltonian(options), verlet, options)]);
}

/** Second-order dynamics with the leapfrog method. */
export function leapfrogNet(options: PresetOptions & { hidden?: number }): Network {
  return between(options, [ode(secondOrder(options), leapfrog, options)]);
}

/** Parabolic dynamics; the integrator defaults to euler, stable for h‖K‖² ≤ 2 where σ' ≤ 1. */
export function parabolicNet(options: PresetOptions & { hidden?: number; integrator?: Integrator<"vector"> }): Network {
  return between(options, [ode(parabolic(options), options.integrator ?? euler, options)]);
}
