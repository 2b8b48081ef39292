import { describe, expect, it } from "vitest";
import { activations, sigmoid } from "../reference/activations.ts";
import { evaluate } from "../reference/arithmetic.ts";
import {
  gaussNewton,
  gradient,
  hessianVector,
  jacobianVector,
  lossHessianVector,
  scores,
  value,
  vectorJacobian,
} from "../reference/derivatives.ts";
import { dynamics } from "../reference/dynamics.ts";
import { firstOrder, partitioned, secondOrder } from "../reference/integrators.ts";
import type { OdeDescription } from "../reference/layers.ts";
import type { LossDescription } from "../reference/losses.ts";
import { joined, type NetworkDescription, named, thetaSize } from "../reference/network.ts";
import { matrix } from "../reference/vectors.ts";
import { expectAgreement, tolerances } from "../support/agreement.ts";
import { along, integers, symmetric } from "../support/draws.ts";
import { activationSamples, denseCases, denseFiles } from "../support/fixtures.ts";
import { expectTaylor } from "../support/taylor.ts";

describe.each(denseFiles)("the reference reproduces dense_%s", (file) => {
  it.each(denseCases(file))("$name", ({ arch, network, propagation, loss, expected, ...given }) => {
    const tolerance = arch === "implicit_midpoint" ? tolerances.f64.implicit : tolerances.f64.values;
    const agrees = (name: string, actual: readonly number[], wanted: readonly number[]) =>
      expectAgreement(name, actual, wanted, tolerance);
    const allAgree = (
      what: string,
      of: NetworkDescription,
      theta: readonly number[],
      wanted: typeof given.parameters,
    ) => {
      const arrays = named(of, theta);
      for (const [name, values] of wanted) agrees(`${what} ${name}`, arrays.get(name) ?? [], values);
    };
    const { features, labels, featureDirection } = given;
    const data = { features, labels };
    const theta = joined(network, given.parameters);
    const direction = joined(network, given.direction);
    const weights = joined(propagation, given.parameters);
    const weightDirection = joined(propagation, given.direction);

    agrees("scores", scores(network, theta, features), expected.scores);
    agrees("Y_N", scores(propagation, weights, features), expected.features);
    const derivatives = gradient(network, loss, theta, data);
    agrees("loss", [derivatives.value], [expected.loss]);
    allAgree("gradient", network, derivatives.gradient, expected.gradient);
    agrees("input gradient", derivatives.inputGradient, expected.inputGradient);

    const jvp = jacobianVector(propagation, weights, features, weightDirection);
    const featureJvp = jacobianVector(propagation, weights, features, undefined, featureDirection);
    agrees("dY_N (dK, db)", jvp, expected.jvp);
    agrees("dY_N dY_0", featureJvp, expected.featureJvp);
    const adjoint = vectorJacobian(propagation, weights, features, along(jvp, 1, featureJvp));
    allAgree("adjoint", propagation, adjoint.theta, expected.adjoint);
    agrees("adjoint Y_0", adjoint.features, expected.featureAdjoint);

    allAgree("Gauss-Newton", network, gaussNewton(network, loss, theta, data, direction), expected.gaussNewton);
    const inner = direction.map((entry, i) => (i < weights.length ? entry : 0));
    const outer = direction.map((entry, i) => (i < weights.length ? 0 : entry));
    const blocks = [inner, outer].map((block) => gaussNewton(network, loss, theta, data, block));
    const joint = theta.map((_, i) => blocks[i < weights.length ? 0 : 1]?.[i] as number);
    allAgree("block Gauss-Newton", network, joint, expected.blockGaussNewton);
  });
});

describe("activations", () => {
  it.each(activationSamples())("$name agrees with its samples", ({ name, x, y, dy }) => {
    const { sigma } = activations[name] as (typeof activations)[string];
    expectAgreement(
      "σ",
      x.map((point) => evaluate(sigma, point)),
      y,
      1e-15,
    );
    expectAgreement(
      "σ'",
      x.map((point) => evaluate(sigma.slice(1), point)),
      dy,
      1e-15,
    );
  });

  it.each(Object.entries(activations))("%s: each derivative belongs to the one before", (name, { sigma, kinks }) => {
    for (const x of [-3.1, -0.7, -0.05, 0.03, 0.6, 2.9]) {
      for (const order of [0, 1]) {
        const slope = [evaluate(sigma.slice(order + 1), x)];
        const at = (h: number) => [x + h, evaluate(sigma.slice(order), x + h)];
        expectTaylor(
          `${name} at ${x}`,
          { at, derivative: [1, ...slope], kinks: (h) => kinks.map((k) => x + h - k) },
          {
            largest: 1 / 64,
          },
        );
      }
    }
  });
});

describe("losses", () => {
  const n = 7;
  const direction = symmetric(3, 3 * n);
  const S = symmetric(4, 3 * n, 2);
  const network: NetworkDescription = { input: 3, layers: [] };
  const hessian = (loss: LossDescription, labels: number[], width: number, s: number[], d: number[]) =>
    lossHessianVector(loss, matrix(s, width), labels, matrix(d, width));

  it("softmax cross-entropy: gradient (p − c)/n, Hessian product p ∘ (d − pᵀd)/n, invariant to large shifts", () => {
    const labels = integers(5, n, 3);
    const loss: LossDescription = { kind: "softmaxCrossEntropy" };
    const rows = S.map((_, i) => S.slice(i - (i % 3), i - (i % 3) + 3));
    const p = S.map((s, i) => Math.exp(s) / (rows[i] as number[]).reduce((sum, entry) => sum + Math.exp(entry), 0));
    const { inputGradient, value: base } = gradient(network, loss, [], { features: S, labels });
    const c = S.map((_, i) => (labels[Math.floor(i / 3)] === i % 3 ? 1 : 0));
    expectAgreement(
      "gradient",
      inputGradient,
      p.map((entry, i) => (entry - (c[i] as number)) / n),
      1e-14,
    );
    const products = direction.map((d, i) => {
      const row = [0, 1, 2].map((k) => i - (i % 3) + k);
      const mean = row.reduce((sum, k) => sum + (p[k] as number) * (direction[k] as number), 0);
      return ((p[i] as number) * (d - mean)) / n;
    });
    expectAgreement("Hessian product", hessian(loss, labels, 3, S, direction), products, 1e-14);
    const shifted = value(network, loss, [], { features: S.map((s) => s + 1e4), labels });
    expect(Math.abs(shifted - base)).toBeLessThan(1e-11);
    expect(value(network, loss, [], { features: S, labels: c })).toBe(base);
  });

  it("logistic: gradient (p − c)/n, Hessian product p (1 − p) d/n, no overflow", () => {
    const s = S.slice(0, n);
    const labels = integers(6, n, 2);
    const single: NetworkDescription = { input: 1, layers: [] };
    const { inputGradient } = gradient(single, { kind: "logistic" }, [], { features: s, labels });
    expectAgreement(
      "gradient",
      inputGradient,
      s.map((entry, i) => (sigmoid(entry) - (labels[i] as number)) / n),
      1e-14,
    );
    const products = s.map((entry, i) => (sigmoid(entry) * sigmoid(-entry) * (direction[i] as number)) / n);
    expectAgreement("product", hessian({ kind: "logistic" }, labels, 1, s, direction.slice(0, n)), products, 1e-14);
    expect(value(single, { kind: "logistic" }, [], { features: [800, -800], labels: [0, 1] })).toBe(800);
  });

  it("least squares: mean is the sum over n", () => {
    const labels = symmetric(7, 3 * n);
    const mean = value(network, { kind: "leastSquares" }, [], { features: S, labels });
    const sum = value(network, { kind: "leastSquares", reduction: "sum" }, [], { features: S, labels });
    const half = S.reduce((total, s, i) => total + (s - (labels[i] as number)) ** 2 / 2, 0);
    expectAgreement("sum", [sum, n * mean], [half, half], 1e-14);
  });
});

const integrators = { first: firstOrder, partitioned, second: secondOrder };
const pairs = Object.entries(dynamics).flatMap(([kind, { order }]) =>
  Object.keys(integrators[order]).flatMap((integrator) =>
    (["perStep", "constant", "nodal", "halfSteps"] as const).flatMap((weights) =>
      (["full", "half"] as const)
        .filter((start) => start === "full" || order !== "first")
        .map((start) => ({ kind, integrator, weights, start })),
    ),
  ),
);

describe("Hessian products of the reference are derivatives of its gradients", () => {
  it.each(pairs)("$kind, $integrator, $weights, $start", ({ kind, integrator, weights, start }) => {
    const ode: OdeDescription = {
      kind: "ode",
      dynamics: { kind },
      integrator,
      steps: 3,
      finalTime: 1.2,
      weights,
      start,
    };
    const network: NetworkDescription = { input: 4, layers: [ode, { kind: "linear", units: 3 }] };
    const theta = symmetric(11, thetaSize(network));
    const data = { features: symmetric(12, 12), labels: [0, 2, 1] };
    const loss: LossDescription = { kind: "softmaxCrossEntropy" };
    const v = symmetric(13, theta.length, 0.5);
    expectTaylor("gradient", {
      at: (h) => gradient(network, loss, along(theta, h, v), data).gradient,
      derivative: hessianVector(network, loss, theta, data, v),
    });
  });
});

/** ẏ = tanh(K y + b) and its kin at T = 1.3: the error against 2⁴ times as many steps, halved step by step. */
describe("methods of the reference reach their order with constant weights", () => {
  const orders: Record<string, number> = {
    euler: 1,
    midpoint: 2,
    heun: 2,
    ralston: 2,
    rk3: 3,
    rk4: 4,
    leapfrogMidpoint: 2,
    implicitMidpoint: 2,
  };
  const expectedOrder = (integrator: string, start: string) => orders[integrator] ?? (start === "half" ? 2 : 1);

  it.each(pairs.filter(({ weights }) => weights === "constant"))("$kind, $integrator, $start", (pair) => {
    const { kind, integrator, start } = pair;
    const solve = (steps: number) => {
      const ode: OdeDescription = { ...pair, kind: "ode", dynamics: { kind }, integrator, steps, finalTime: 1.3 };
      const network: NetworkDescription = { input: 4, layers: [ode] };
      return scores(network, symmetric(21, thetaSize(network)), symmetric(22, 4));
    };
    const fine = solve(256);
    const errors = [16, 32].map((steps) => Math.hypot(...along(solve(steps), -1, fine)));
    const observed = Math.log2((errors[0] as number) / (errors[1] as number));
    expect(observed, `errors ${errors}`).toBeGreaterThan(expectedOrder(integrator, start) - 0.25);
    expect(observed, `errors ${errors}`).toBeLessThan(expectedOrder(integrator, start) + 0.4);
  });
});
