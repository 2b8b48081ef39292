/**
 * What noise on the inputs does to the outputs: accuracy under noise, the largest singular value of ∂Y_N/∂Y_0 at test examples,
 * by which the block amplifies the worst small perturbation of each, and accuracy on training and test data by the number of
 * training examples, for networks whose dynamics may grow and for those whose may not.
 */

import { flowJacobian } from "../analysis/index.ts";
import { nth } from "../core/nth.ts";
import { Random, streams } from "../core/random.ts";
import { swissRoll } from "../data/index.ts";
import { antisymmetricNet, hamiltonianNet, type Network, parabolicNet, resNet } from "../networks/index.ts";
import { type Curve, curves } from "../plots/index.ts";
import type { TrainableModel } from "../training/index.ts";
import type { Experiment } from "./experiment.ts";
import { examplesOf, rollData, type Trained, trainedNet } from "./trainedNet.ts";

const size = { input: 2, outputs: 2, width: 8, steps: 24, finalTime: 6 };
const nets: Readonly<Record<string, Network>> = {
  ResNet: resNet(size),
  antisymmetric: antisymmetricNet({ ...size, gamma: 0.05 }),
  Hamiltonian: hamiltonianNet(size),
  parabolic: parabolicNet(size),
};
const noises = [0, 0.02, 0.04, 0.06, 0.08, 0.1, 0.15, 0.2];
const MOST = 512;
const EXAMPLES = 100;

export const generalisation: Experiment = {
  name: "generalisation",
  title: "Stability, noise and unseen examples",
  see: "All four networks fit the noisy roll, and under noise on the inputs they lose accuracy at nearly the same rate, since the arms of the roll are only 0.2 apart: a network that tells them apart has to amplify, and the stable ones do so too, here by less. One data set and one seed prove nothing; the figures show what to measure, not which network wins.",
  async run({ seed = 0, quick = false, ...options } = {}) {
    const { test } = rollData();
    const counts = quick ? [128, MOST] : [32, 64, 128, 256, MOST];
    // As many iterations for few examples as for many.
    const trained = (network: Network, count: number): Promise<Trained> =>
      trainedNet({
        seed,
        epochs: Math.round(((quick ? 40 : 300) * MOST) / count),
        network,
        training: swissRoll({ examples: count, noise: 0.03, seed }),
        test,
        batchSize: Math.min(count, 64),
      });
    const draws = new Random(seed, streams.noise).normal(test.features.length);
    const underNoise = (model: TrainableModel) =>
      noises.map((s) => {
        const features = test.features.map((v, k) => v + s * nth(draws, k));
        return model.evaluate({ features, labels: test.labels }).accuracy as number;
      });
    const numbers: Record<string, object> = {};
    const noisy: Curve[] = [];
    const amplified: Curve[] = [];
    const gaps: Curve[] = [];
    for (const [color, [label, network]] of Object.entries(nets).entries()) {
      const onTraining: number[] = [];
      const onTest: number[] = [];
      let found: object = {};
      for (const count of counts) {
        const { model, training, accuracy } = await trained(network, count);
        onTraining.push(model.evaluate(training).accuracy as number);
        onTest.push(accuracy);
        if (count === MOST) {
          const largest = flowJacobian(model, examplesOf(test, EXAMPLES)).map((J) => nth(J.singularValues, 0));
          largest.sort((a, b) => a - b);
          const accuracyUnderNoise = underNoise(model);
          noisy.push({ label, x: noises, y: accuracyUnderNoise, style: "both" });
          amplified.push({ label, x: largest.map((_, k) => (k + 1) / EXAMPLES), y: largest });
          found = {
            largestSingularValue: { median: largest[EXAMPLES / 2], largest: largest[EXAMPLES - 1] },
            accuracyUnderNoise,
          };
        }
        model.dispose();
      }
      gaps.push(
        { label, color, x: counts, y: onTest, style: "both" },
        { color, x: counts, y: onTraining, style: "dashed" },
      );
      numbers[label] = { trainingAccuracy: onTraining, testAccuracy: onTest, ...found };
    }
    return {
      numbers: { noises, trainingExamples: counts, networks: numbers },
      figures: {
        noise: curves(noisy, {
          ...options,
          title: "Accuracy with noise on the inputs",
          x: { label: "standard deviation of the noise" },
          y: { label: "accuracy", domain: [0.45, 1.02] },
        }),
        amplification: curves(amplified, {
          ...options,
          title: "Largest singular value of ∂Y(T)/∂Y(0)",
          x: { label: `share of ${EXAMPLES} test examples` },
          y: { label: "at most", scale: "log" },
        }),
        gap: curves(gaps, {
          ...options,
          title: "Accuracy on test data; dashed: on training data",
          x: { label: "training examples", scale: "log" },
          y: { label: "accuracy", domain: [0.45, 1.02] },
        }),
      },
    };
  },
};
