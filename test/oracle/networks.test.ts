import { describe, expect, it } from "vitest";
import { activations } from "../reference/activations.ts";
import * as reference from "../reference/derivatives.ts";
import { type LayerDescription, widthAfter } from "../reference/layers.ts";
import type { LossDescription } from "../reference/losses.ts";
import { type NetworkDescription, parametersOf, thetaSize } from "../reference/network.ts";
import { expectAgreement, tolerances } from "../support/agreement.ts";
import { integers, symmetric } from "../support/draws.ts";
import { families, surface } from "../support/families.ts";
import { lossFrom, modelFrom, networkFrom, type Precision } from "../support/surface.ts";

const names = families.activations.filter((name) => activations[name]);

/** Layers to draw from, each at some width and with some activation. */
const kinds: ((units: number, activation: string, n: number) => LayerDescription)[] = [
  (units) => ({ kind: "linear", units }),
  (units, activation) => ({ kind: "dense", units, activation, scale: 0.7 }),
  (units, activation) => ({ kind: "dense", units, activation, bias: false }),
  (units) => ({ kind: "pad", units }),
  (units, _, n) => (n > 1 ? { kind: "layerNorm", affine: units % 2 === 0, epsilon: 0.1 } : { kind: "linear", units }),
  (units) => ({ kind: "batchNorm", affine: units % 2 === 0, epsilon: 0.1 }),
  (units, activation) => ({
    kind: "add",
    branch: [{ kind: "dense", units, activation, scale: 0.5 }],
    shortcut: [{ kind: "pad", units }],
  }),
  (_, activation, n) => ({ kind: "add", branch: [{ kind: "dense", units: n, activation }] }),
  (_, __, n) => ({ kind: "standardize", mean: symmetric(n, n), deviation: symmetric(n + 1, n, 0.4).map((x) => 1 + x) }),
  (units, activation) => ({ kind: "residual", steps: 1 + (units % 3), activation }),
  ...(["perStep", "constant"] as const).flatMap((weights) =>
    [true, false].map((bias) => (units: number, activation: string): LayerDescription => {
      const dynamics = { kind: "layerField", activation, bias };
      return { kind: "ode", dynamics, integrator: "euler", steps: units, finalTime: 1.2, weights };
    }),
  ),
];

const pick = <T>(members: readonly T[], index: number | undefined) => members[(index as number) % members.length] as T;

/** Three drawn layers at widths 1 … 9, and a classifier. A batch of one has no statistics. */
function drawNetwork(seed: number, outputs: number, examples: number): NetworkDescription {
  const input = 1 + (integers(seed, 1, 9)[0] as number);
  let width = input;
  const [choices, units, functions] = [1, 2, 3].map((part) => integers(1000 * part + seed, 3, 5040)) as number[][];
  const drawn = [0, 1, 2].map((i) => {
    const drawn = pick(kinds, choices?.[i])(1 + ((units?.[i] as number) % 9), pick(names, functions?.[i]), width);
    const layer: LayerDescription = drawn.kind === "batchNorm" && examples === 1 ? { kind: "linear", units: 3 } : drawn;
    width = widthAfter(layer, width);
    return layer;
  });
  return { input, layers: [...drawn, { kind: "linear", units: outputs }] };
}

const losses: readonly (LossDescription & { readonly outputs: number })[] = [
  { kind: "softmaxCrossEntropy", outputs: 4 },
  { kind: "logistic", outputs: 1 },
  { kind: "leastSquares", outputs: 3 },
  { kind: "leastSquares", reduction: "sum", outputs: 2 },
];

function labelsFor({ kind, outputs }: (typeof losses)[number], seed: number, examples: number): number[] {
  if (kind === "leastSquares") return symmetric(seed, examples * outputs);
  return integers(seed, examples, Math.max(outputs, 2));
}

const cases = Array.from({ length: 17 }, (_, i) => i + 1).flatMap((examples) =>
  losses.map(({ outputs, ...loss }, k) => ({
    examples,
    loss,
    labels: labelsFor({ outputs, ...loss }, 40 + examples, examples),
    network: drawNetwork(100 * examples + k, outputs, examples),
    title: `${examples} examples, ${loss.kind}${loss.reduction ? `, ${loss.reduction}` : ""}`,
  })),
);

describe.each(["f64", "f32"] as const)("drawn networks agree with the reference in %s", (precision: Precision) => {
  // A drawn network is not a fixture: its condition is unknown, so float32 has the looser bound throughout.
  const tolerance = precision === "f64" ? tolerances.f64.derivatives : tolerances.f32.deep;

  it.each(cases)("$title", async ({ examples, loss, labels, network }) => {
    const shown = JSON.stringify(network);
    const theta = symmetric(7, thetaSize(network));
    const features = symmetric(8, examples * network.input);
    const v = symmetric(9, theta.length);
    const wanted = reference.gradient(network, loss, theta, { features, labels });
    const model = await modelFrom(surface, networkFrom(surface, network), lossFrom(surface, loss), precision);
    expect(model.parameters.map(({ name, shape }) => ({ name, shape: [...shape] }))).toEqual(parametersOf(network));
    model.set(theta);
    const agrees = (name: string, actual: ArrayLike<number>, expected: ArrayLike<number>) =>
      expectAgreement(`${name} of ${shown}`, actual, expected, tolerance);

    const S = reference.scores(network, theta, features);
    agrees("scores", model.scores(features), S);
    const { value, gradient } = model.gradient({ features, labels });
    agrees("value", [value], [wanted.value]);
    agrees("gradient", gradient, wanted.gradient);
    agrees("input gradient", model.inputGradient({ features, labels }), wanted.inputGradient);
    agrees(
      "Jacobian product",
      model.jacobianVector(features, v),
      reference.jacobianVector(network, theta, features, v),
    );
    const u = symmetric(10, S.length);
    agrees("adjoint", model.vectorJacobian(features, u), reference.vectorJacobian(network, theta, features, u).theta);
    const data = { features, labels };
    const gaussNewton = model.gaussNewton?.(data, v);
    if (gaussNewton) agrees("Gauss-Newton", gaussNewton, reference.gaussNewton(network, loss, theta, data, v));
    const hessian = model.hessianVector?.(data, v);
    if (hessian) agrees("Hessian", hessian, reference.hessianVector(network, loss, theta, data, v));
    model.dispose();
  });
});
