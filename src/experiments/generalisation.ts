/**
 * What noise on the inputs does to the outputs: accuracy under noise, the growth exp(T λ₁) of a perturbation along the block, λ₁ the
 * largest Lyapunov exponent (the largest singular value of ∂Y_N/∂Y_0, in the long run), and training accuracy against test accuracy, for networks whose dynamics may grow and
 * for those whose may not.
 */
import { lyapunov } from "../analysis/index.ts";
import { Random, streams } from "../core/random.ts";
import { swissRoll } from "../data/index.ts";
import { antisymmetricNet, hamiltonianNet, type Network, parabolicNet, resNet } from "../networks/index.ts";
import { curves } from "../plots/index.ts";
import type { Experiment } from "./experiment.ts";
import { rollData, trainedNet } from "./trainedNet.ts";

const size = { input: 2, outputs: 2, width: 8, steps: 24, finalTime: 6 };
const nets: Readonly<Record<string, Network>> = {
  ResNet: resNet(size),
  antisymmetric: antisymmetricNet({ ...size, gamma: 0.05 }),
  Hamiltonian: hamiltonianNet(size),
  parabolic: parabolicNet(size),
};
const noises = [0, 0.02, 0.04, 0.06, 0.08, 0.1, 0.15, 0.2];

export const generalisation: Experiment = {
  name: "generalisation",
  title: "Stability and noise",
  see: "All four networks fit the noisy roll, and under noise on the inputs they lose accuracy at nearly the same rate, since the arms of the roll are only 0.2 apart; the parabolic one amplifies least and fits least. One data set and one seed prove nothing: the figure shows what to measure, not which network wins.",
  async run({ seed = 0, quick = false, ...options } = {}) {
    const { test } = rollData();
    const training = swissRoll({ examples: 512, noise: 0.03, seed });
    const random = new Random(seed, streams.noise);
    const draws = random.normal(test.features.length);
    const found: Record<string, Record<string, unknown>> = {};
    const lines: Record<string, number[]> = {};
    for (const [name, network] of Object.entries(nets)) {
      const { model, accuracy } = await trainedNet({
        seed,
        epochs: quick ? 5 : 300,
        network,
        training,
        test,
        learningRate: 0.01,
      });
      const examples = Array.from({ length: 40 }, (_, i) => [
        test.features[(50 * i) % test.features.length] as number,
        test.features[(50 * i + 1) % test.features.length] as number,
      ]);
      lines[name] = noises.map(
        (s) =>
          model.evaluate({ features: test.features.map((v, k) => v + s * (draws[k] as number)), labels: test.labels })
            .accuracy as number,
      );
      found[name] = {
        trainingAccuracy: model.evaluate(training).accuracy,
        testAccuracy: accuracy,
        largestGrowth: Math.exp(size.finalTime * (lyapunov(model, examples)[0] as number)),
        accuracyUnderNoise: lines[name],
      };
      model.dispose();
    }
    return {
      numbers: { noises, networks: found },
      figures: {
        noise: curves(
          Object.entries(lines).map(([label, y]) => ({ label, x: noises, y, style: "both" as const })),
          {
            ...options,
            title: "Accuracy with noise on the inputs",
            x: { label: "standard deviation of the noise" },
            y: { label: "accuracy", domain: [0.45, 1.02] },
          },
        ),
      },
    };
  },
};
