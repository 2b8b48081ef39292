/** Dynamics with kernels, and norms in them, against the reference, where K is a matrix between all features and Kᵀ its transpose. */
import { describe, expect, it } from "vitest";
import * as reference from "../reference/derivatives.ts";
import type { DynamicsDescription } from "../reference/dynamics.ts";
import { firstOrder, partitioned, secondOrder } from "../reference/integrators.ts";
import { type NetworkDescription, parametersOf, thetaSize } from "../reference/network.ts";
import { expectAgreement, tolerances } from "../support/agreement.ts";
import { integers, symmetric } from "../support/draws.ts";
import { kernelPairs as allPairs, kernelExample, type Pair, surface } from "../support/families.ts";
import { modelFrom, networkFrom } from "../support/surface.ts";

/** What the reference has a statement of its own for; the laws of test/conformance hold for the others too. */
const kernelPairs = allPairs.filter(
  ({ integrator }) => integrator in { ...firstOrder, ...partitioned, ...secondOrder },
);

const WIDTH = 4;
const EXAMPLES = 3;

type More = Omit<DynamicsDescription, "kind" | "kernel" | "image">;

function description(pair: Pair, more: More, weights: "nodal" | "perStep"): NetworkDescription {
  const { dynamics, input, shape } = kernelExample(pair, WIDTH);
  const ode = {
    kind: "ode",
    dynamics: { kind: pair.kind, ...dynamics, ...more },
    integrator: pair.integrator,
    steps: 2,
    finalTime: 0.8,
    weights,
  } as const;
  return { input, ...(shape && { shape }), layers: [ode, { kind: "flatten" }, { kind: "linear", units: 3 }] };
}

async function expectTheReferences(network: NetworkDescription): Promise<void> {
  const loss = { kind: "softmaxCrossEntropy" } as const;
  const theta = symmetric(7, thetaSize(network), 0.7);
  const data = { features: symmetric(8, EXAMPLES * network.input), labels: integers(9, EXAMPLES, 3) };
  const v = symmetric(10, theta.length);
  const model = await modelFrom(
    surface,
    networkFrom(surface, network),
    (surface.softmaxCrossEntropy as () => unknown)(),
  );
  expect(model.parameters.map(({ name, shape }) => ({ name, shape: [...shape] }))).toEqual(parametersOf(network));
  model.set(theta);
  const wanted = reference.gradient(network, loss, theta, data);
  const agrees = (name: string, actual: ArrayLike<number> | undefined, expected: ArrayLike<number>) =>
    expectAgreement(name, actual ?? [], expected, tolerances.f64.convolution);
  agrees("scores", model.scores(data.features), reference.scores(network, theta, data.features));
  agrees(
    "states",
    model.states(data.features)[0]?.values.at(-1),
    reference.states(network, theta, data.features)[0]?.at(-1) ?? [],
  );
  agrees("gradient", model.gradient(data).gradient, wanted.gradient);
  agrees("input gradient", model.inputGradient(data), wanted.inputGradient);
  agrees("Gauss-Newton", model.gaussNewton?.(data, v), reference.gaussNewton(network, loss, theta, data, v));
  agrees("Hessian", model.hessianVector?.(data, v), reference.hessianVector(network, loss, theta, data, v));
  model.dispose();
}

const withKernels = kernelPairs.filter(({ kernel }) => kernel !== "dense");

describe.each(withKernels)("$kind, $kernel, with $integrator", (pair) => {
  it("is the reference's", () => expectTheReferences(description(pair, {}, "nodal")));
});

const images = withKernels.filter(
  ({ kernel, integrator }) => kernel === "conv2dKernel" && integrator !== "implicitMidpoint",
);

describe.each(images)("$kind with $integrator and norms", (pair) => {
  it.each(["instance", "layer", "batch"] as const)("%s", (norm) =>
    expectTheReferences(description(pair, { norm }, "perStep")),
  );
});

const first = [...new Map(images.map((pair) => [pair.kind, pair])).values()];

describe.each(first)("$kind with convolutions", (pair) => {
  it.each([
    { bias: "scalar" as const },
    { bias: false, activation: "sigmoid" },
    ...(["parabolic", "secondOrder", "doubleHamiltonian"].includes(pair.kind) ? [{ hidden: 3 }] : []),
    ...(pair.kind === "antisymmetric" ? [{ gamma: 0.2, scale: 0.7 }] : []),
  ])("of %o", (more) => expectTheReferences(description(pair, more, "perStep")));
});

describe("a window of even size", () => {
  it.each(["antisymmetric", "hamiltonian", "parabolic"])("has its adjoint in %s", (kind) => {
    const integrator = kind === "hamiltonian" ? "verlet" : "euler";
    const dynamics = { kind, kernel: { kind: "conv2d", size: 2 }, image: [3, 2] } as const;
    const ode = { kind: "ode", dynamics, integrator, steps: 2 } as const;
    const layers = [ode, { kind: "flatten" }, { kind: "linear", units: 3 }] as const;
    return expectTheReferences({ input: 12, shape: [2, 3, 2], layers });
  });
});
