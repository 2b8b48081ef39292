/** What settings are called, and what readers may wonder about. */
import { dynamicsLabels } from "../families.ts";
import { offeredGenerators } from "../offered.ts";
import type { SettingName } from "../state.ts";

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
  integrator: { euler: "Euler", heun: "Heun", ralston: "Ralston", verlet: "Verlet", rk3: "RK3", rk4: "RK4" },
  weights: { perStep: "one set a step", constant: "constant", nodal: "at nodes", halfSteps: "at half steps" },
  loss: { softmaxCrossEntropy: "cross-entropy", leastSquares: "least squares" },
  optimizer: { adam: "Adam", adamW: "AdamW", sgd: "SGD", lbfgs: "L-BFGS", newtonCG: "Newton–CG" },
  precision: { f32: "single", f64: "double" },
};
