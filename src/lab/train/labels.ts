/** What settings are called, and what readers may wonder about. */
import { dynamicsLabels, integratorLabel, inWords } from "../families.ts";
import {
  offeredActivations,
  offeredGenerators,
  offeredIntegrators,
  offeredLosses,
  offeredOptimizers,
} from "../offered.ts";
import type { SettingName } from "../state.ts";

/** The differential equation of each dynamics. */
export const equations: Readonly<Record<string, string>> = {
  layerField: "ẏ = σ(K y + b)",
  antisymmetric: "ẏ = σ((K − Kᵀ − γI) y + b)",
  hamiltonian: "ż = −σ(Kᵀ y + b), ẏ = σ(K z + b)",
  doubleHamiltonian: "ẏ = −K₁ᵀ σ(K₁ z + b₁), ż = K₂ᵀ σ(K₂ y + b₂)",
  parabolic: "ẏ = −Kᵀ σ(K y + b)",
  secondOrder: "ÿ = −Kᵀ σ(K y + b)",
};

const labelled = (names: readonly string[], labels: (name: string) => string) =>
  Object.fromEntries(names.map((name) => [name, labels(name)]));

const special: Readonly<Record<string, string>> = {
  relu: "ReLU",
  relu6: "ReLU6",
  smoothRelu: "smooth ReLU",
  leakyRelu: "leaky ReLU",
  gelu: "GELU",
  silu: "SiLU",
  elu: "ELU",
  softmaxCrossEntropy: "cross-entropy",
  huber: "Huber",
  adam: "Adam",
  adamW: "AdamW",
  sgd: "SGD",
  lbfgs: "L-BFGS",
  nlcg: "nonlinear CG",
  newtonCG: "Newton–CG",
};
const usual = (name: string): string => special[name] ?? inWords(name);

/** What a setting is called. */
export const titles: Readonly<Record<SettingName, string>> = {
  data: "Examples",
  examples: "Number",
  noise: "Noise",
  side: "Side in pixels",
  colours: "Colours",
  points: "Points",
  architecture: "Network",
  dynamics: "Dynamics",
  integrator: "Integrator",
  activation: "Activation σ",
  width: "Width",
  steps: "Steps N",
  finalTime: "Final time T",
  weights: "Weights in time",
  gamma: "Damping γ",
  loss: "Loss",
  tikhonov: "Tikhonov λ",
  timeSmoothness: "Smooth in time α",
  l1: "ℓ₁ λ",
  stabilityPenalty: "Stability λ",
  optimizer: "Optimizer",
  learningRate: "Learning rate",
  batchSize: "Batch",
  seed: "Seed",
  precision: "Precision",
};

/** A value as its list shows it. */
export const shownValue = (name: SettingName, value: string | number): string => names[name]?.[value] ?? String(value);

export const hints: Partial<Record<SettingName, string>> = {
  finalTime: "T: the network is an equation solved from 0 to T; a step is h = T / N",
  steps: "N: time steps, the depth of the network",
  width: "Features inside the network",
  weights: "How the weights depend on time",
  gamma: "Moves the spectrum of K − Kᵀ − γI to the left",
  tikhonov: "λ/2 ‖θ‖²; 0 for none",
  timeSmoothness: "α/2 ∫ ‖dθ/dt‖² dt; 0 for none",
  l1: "λ ‖θ‖₁, smoothed; 0 for none",
  stabilityPenalty: "λ/2 ∫ ‖P₊(½(K + Kᵀ))‖² dt, P₊ the positive part; 0 for none",
  side: "Pixels along a side; of each picture the middle is taken",
  learningRate: "How far each step goes along its direction",
  batchSize: "Examples that each step looks at",
  seed: "The same seed gives the same data and the same weights to begin with",
  noise: "Standard deviation of the noise on each coordinate",
};

export const names: Partial<Record<SettingName, Record<string, string>>> = {
  data: {
    ...Object.fromEntries(offeredGenerators.map(({ name, label }) => [name, label])),
    drawn: "drawn by hand",
    table: "my table",
    pictures: "my pictures",
    mnist: "MNIST",
    "fashion-mnist": "Fashion-MNIST",
  },
  architecture: {
    dense: "as for points",
    leNet: "LeNet-5",
    convResNet: "convolutional ResNet",
    parabolicCnn: "parabolic CNN",
    hamiltonianCnn: "Hamiltonian CNN",
  },
  dynamics: dynamicsLabels,
  integrator: labelled(offeredIntegrators, integratorLabel),
  activation: labelled(offeredActivations, usual),
  weights: { perStep: "each step", constant: "constant", nodal: "at nodes", halfSteps: "at half steps" },
  loss: labelled(Object.keys(offeredLosses), usual),
  optimizer: labelled(Object.keys(offeredOptimizers), usual),
  precision: { f32: "32 bits", f64: "64 bits" },
};
