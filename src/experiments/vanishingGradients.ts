/**
 * ∂Φ/∂Y_j = Π_{i ≥ j} J_iᵀ ∂Φ/∂Y_N: with J = diag(σ′) K (plain net) the product shrinks or grows geometrically, with
 * J = I + h diag(σ′) K (ResNet) it stays near 1. And what that does to training from ten seeds.
 */
import { gradientFlow } from "../analysis/index.ts";
import { type Network, plainNet, resNet } from "../networks/index.ts";
import { curves, gradientFlowPlot, panels } from "../plots/index.ts";
import { createModel } from "../training/index.ts";
import type { Experiment } from "./experiment.ts";
import { rollData, trainedNet } from "./trainedNet.ts";

const WIDTH = 8;
const nets = {
  "plain net": (steps: number) => plainNet({ input: 2, outputs: 2, width: WIDTH, steps }),
  ResNet: (steps: number) => resNet({ input: 2, outputs: 2, width: WIDTH, steps, finalTime: 4 }),
} satisfies Record<string, (steps: number) => Network>;

/** ‖∂Φ/∂Y‖ from the first hidden layer on. */
async function flow(net: Network, seed: number): Promise<number[]> {
  const model = await createModel(net, { seed, precision: "f64" });
  const norms = gradientFlow(model, rollData().training).map((f) => f.adjoint);
  model.dispose();
  // The last entry is the gradient of the scores themselves.
  return norms.slice(0, -1);
}

export const vanishingGradients: Experiment = {
  name: "vanishing-gradients",
  title: "Vanishing gradients, and the spread of what training gives",
  see: "Back from the last layer, the plain network's gradient falls by about a constant factor a layer, until at depth 200 less than a hundred-thousandth is left, while the residual network's hardly changes. Accordingly the deep plain net learns nothing, and how well a less deep one does depends on the seed.",
  async run({ seed = 0, quick = false, ...options } = {}) {
    const depths = [5, 20, 50, 100, 200];
    const ratios: Record<string, Record<number, number>> = {};
    const flows: Record<string, number[][]> = {};
    for (const [name, net] of Object.entries(nets)) {
      const found = await Promise.all(depths.map((n) => flow(net(n), seed)));
      flows[name] = found;
      ratios[name] = Object.fromEntries(depths.map((n, k) => [n, (found[k]?.[0] ?? 0) / (found[k]?.at(-1) ?? 1)]));
    }
    const spreadDepths = [5, 10, 20, 40];
    const seeds = Array.from({ length: quick ? 3 : 10 }, (_, k) => seed + k);
    const accuracies: Record<string, number[][]> = {};
    for (const [name, net] of Object.entries(nets)) {
      accuracies[name] = [];
      for (const n of spreadDepths) {
        const runs: number[] = [];
        for (const s of seeds) {
          const { model, accuracy } = await trainedNet({ seed: s, epochs: quick ? 20 : 150, network: net(n) });
          model.dispose();
          runs.push(accuracy);
        }
        accuracies[name].push(runs);
      }
    }
    const mean = (v: readonly number[]) => v.reduce((a, b) => a + b, 0) / v.length;
    return {
      numbers: { gradientAtTheStartOverThatAtTheEnd: ratios, depths: spreadDepths, accuracies },
      figures: {
        flow: panels(
          Object.entries(flows).map(
            ([name, found]) =>
              (own) =>
                gradientFlowPlot(
                  found.map((norms, k) => ({
                    norms: norms.map((v) => Math.max(v, 1e-40)),
                    label: `depth ${depths[k]}`,
                  })),
                  { ...own, title: name, ...(name === "ResNet" ? { y: { domain: [1e-3, 10] } } : {}) },
                ),
          ),
          {
            width: 1200,
            ...options,
            least: 360,
            title: "Gradient with respect to the features of each layer, at the start of training",
          },
        ),
        spread: curves(
          Object.entries(accuracies).map(([label, runs]) => ({
            label,
            x: spreadDepths,
            y: runs.map(mean),
            low: runs.map((r) => Math.min(...r)),
            high: runs.map((r) => Math.max(...r)),
            style: "both" as const,
          })),
          {
            ...options,
            title: `Test accuracy: mean and range of ${seeds.length} seeds`,
            x: { label: "layers", scale: "log" },
            y: { label: "accuracy", domain: [0.4, 1.02] },
          },
        ),
      },
    };
  },
};
