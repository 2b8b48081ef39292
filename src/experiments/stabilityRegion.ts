/** |R(hλ)| ≤ 1: the regions of all integrators, and where the eigenvalues of a trained network's Jacobian lie in them. */
import { imaginaryLimit, isStable, jacobianSpectrum, stabilityRegion as regionOf } from "../analysis/index.ts";
import * as integrators from "../integrators/index.ts";
import type { Integrator } from "../integrators/integrator.ts";
import { integratorsByName } from "../integrators/registry.ts";
import { panels, stabilityPlot } from "../plots/index.ts";
import type { Experiment } from "./experiment.ts";
import { examplesOf, trainedNet } from "./trainedNet.ts";

/** Methods whose amplification does not depend on options. */
const methods = Object.values(integratorsByName);

const EXAMPLES = 4;

/** JSON has no infinity. */
function reach(method: Integrator): number | "all of it" {
  const limit = imaginaryLimit(method);
  return Number.isFinite(limit) ? limit : "all of it";
}

export const stabilityRegion: Experiment = {
  name: "stability-region",
  title: "Where a time-stepping method is stable",
  see: "Euler's region is a disc that touches the imaginary axis only at 0, while rk3 and rk4 hold a piece of the axis, the implicit midpoint rule all of the left half plane, and the leapfrog methods a segment of the axis only. The trained network's eigenvalues hλ cluster around 0, and those right of the axis are features that it lets grow on purpose.",
  async run({ seed = 0, quick = false, ...options } = {}) {
    const window = (from: number, to: number, im: number) => ({
      re: { from, to, points: 161 },
      im: { from: -im, to: im, points: 161 },
    });
    const { model, training, accuracy } = await trainedNet({ seed, epochs: quick ? 40 : 400 });
    const examples = examplesOf(training, EXAMPLES);
    const scaled = examples.flatMap((x) => jacobianSpectrum(model, x).flatMap((s) => s.scaled));
    const stability = isStable(model, examples);
    const radius = 1.1 * Math.max(...scaled.map((z) => Math.max(Math.abs(z.re), Math.abs(z.im))), 0.5);
    model.dispose();
    return {
      numbers: {
        imaginaryLimit: Object.fromEntries(methods.map((m) => [m.name, reach(m)])),
        trainedAccuracy: accuracy,
        largestAmplification: stability.amplification,
        largestRate: stability.rate,
        eigenvaluesRightOfTheAxis: scaled.filter((z) => z.re > 1e-6).length / scaled.length,
        eigenvaluesOutsideEulersDisc:
          scaled.filter((z) => integrators.euler.amplification(z) > 1 + 1e-6).length / scaled.length,
      },
      figures: {
        regions: panels(
          methods.map(
            (method) => (own) =>
              stabilityPlot([regionOf(method, window(-4, 2, 3))], [], { ...own, title: method.name }),
          ),
          { width: 1200, ...options, columns: 5, title: "Stable hλ of every method" },
        ),
        trained: panels(
          [
            (own) =>
              stabilityPlot(
                [
                  { ...regionOf(integrators.euler, window(-3.2, 1.4, 2.3)), label: "euler" },
                  { ...regionOf(integrators.rk4, window(-3.2, 1.4, 3)), label: "rk4" },
                ],
                [{ values: scaled, label: `hλ of ${EXAMPLES} examples` }],
                { ...own, title: "Against the regions" },
              ),
            (own) =>
              stabilityPlot(
                [{ ...regionOf(integrators.euler, window(-radius, radius, radius)), label: "euler" }],
                [{ values: scaled, label: `hλ of ${EXAMPLES} examples`, color: 2 }],
                { ...own, title: "Near 0" },
              ),
          ],
          {
            width: 1200,
            ...options,
            least: 360,
            title: "A ResNet trained on the Swiss roll: hλ of diag(σ′) K at every step",
          },
        ),
      },
    };
  },
};
