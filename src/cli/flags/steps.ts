/** Flags of blocks of time steps, in vectors and in images. */
import { namesOf } from "../../core/registry.ts";
import { dynamics } from "../../dynamics/index.ts";
import { integratorsByName } from "../../integrators/registry.ts";
import { initializations } from "../../layers/parameters.ts";
import { weightLayouts } from "../../layers/weightsInTime.ts";
import { activations } from "../../operations/activation.ts";
import type { Flag } from "./flag.ts";
import { countOrCounts, number, on, oneOf, text, whole } from "./kinds.ts";

const biases: Readonly<Record<string, boolean | "scalar">> = { yes: true, no: false, scalar: "scalar" };

const bias: Flag<string> = {
  ...oneOf("<kind>", "of the time steps; scalar: one number a step (default: yes)", Object.keys(biases)),
  options: (kind) => ({ bias: biases[kind] }),
};

const sqrtCheckpoint: Flag<boolean> = {
  help: "keep about √N features and compute the others again",
  options: () => ({ checkpoint: "sqrt" }),
};

/** Of every block. */
export const blockFlags = {
  steps: countOrCounts("<n>", "time steps of a preset, for images one number a block: 1,2 (default: 8; images 3)"),
  finalTime: number("<T>", "T of a preset; the step is T / steps (default: 1)", { above: 0 }),
  activation: oneOf("<name>", "σ of a preset (default: tanh, or the preset's)", Object.keys(activations)),
  weights: oneOf("<in time>", "how those of a preset depend on time (default: perStep)", namesOf(weightLayouts)),
  initialization: oneOf("<kind>", "first values of the matrices (default: by the activation)", initializations),
  sqrtCheckpoint,
};

/** Of blocks of some dynamics and integrators. */
export const stepFlags = {
  ...blockFlags,
  hidden: whole("<n>", "rows of K in parabolic, second-order and double Hamiltonian dynamics"),
  start: oneOf("<kind>", "of verlet and leapfrog (default: full)", ["full", "half"]),
  reversible: on("of verlet and leapfrog: memory that does not grow with the steps"),
};

/** In vectors of features alone. */
export const vectorFlags = {
  width: whole("<n>", "features inside a preset (default: 16; images 64)"),
  integrator: text("<name>", `${Object.keys(integratorsByName).join(", ")} (default: one that fits)`),
  bias,
  gamma: number("<γ>", "of antisymmetric dynamics (default: 0)", { from: 0 }),
};

export const dynamicsFlag = text(
  "<name>",
  `instead of --network: ${Object.keys(dynamics).join(", ")}, between dense and linear`,
);
