/** Networks that together use every member of the families: what is written in other tools' formats. */
import {
  activation,
  add,
  basisKernel,
  conv2d,
  conv2dKernel,
  dense,
  dopri5,
  dynamics,
  flatten,
  imagePresets,
  integrators,
  type Layer,
  leNet,
  linear,
  type Model,
  type Network,
  network,
  ode,
  pad,
  residual,
  standardize,
} from "../../src/index.ts";
import { symmetric } from "./draws.ts";
import { families, pairs } from "./families.ts";
import { imageExamples } from "./imageExamples.ts";

export interface ExportSubject {
  readonly name: string;
  readonly network: Network;
}

const WIDTH = 4;
const flat = (name: string, ...layers: readonly Layer[]): ExportSubject => ({
  name,
  network: network({ input: WIDTH, layers }),
});

const activationSubjects = families.activations.map((name) =>
  flat(`activation ${name}`, dense(5, { activation: name as "tanh" }), activation(name as "tanh"), linear(3)),
);

const step = ({ kind, integrator }: (typeof pairs)[number], options: object): Layer =>
  ode(
    (dynamics as unknown as Record<string, () => never>)[kind]?.() as never,
    (integrators as Record<string, unknown>)[integrator] as never,
    { steps: 3, ...options } as never,
  );

/** Steps that solve equations have no form in other tools. */
const explicit = pairs.filter(({ integrator }) => integrator !== "implicitMidpoint");

const pairSubjects = explicit.flatMap((pair) => [
  ...(["perStep", "constant", "nodal", "halfSteps"] as const).map((weights) =>
    flat(`${pair.kind} with ${pair.integrator}, ${weights}`, step(pair, { weights, finalTime: 1.5 }), linear(2)),
  ),
  flat(`${pair.kind} with ${pair.integrator}, half start`, step(pair, { start: "half" }), linear(2)),
]);

/** Every dynamics with other kernels than a dense matrix, by the first integrator that fits. */
const kernelSubjects = Object.values(dynamics).flatMap((make, k) => {
  const kind = families.dynamics[k] as string;
  const { integrator = "" } = explicit.find((pair) => pair.kind === kind) ?? {};
  const steps = (options: object): Layer =>
    ode((make as (o: object) => never)(options), (integrators as Record<string, unknown>)[integrator] as never, {
      steps: 2,
    });
  const images = (options: object): Network =>
    network({
      input: [2, 4, 3],
      layers: [conv2d(4), steps({ kernel: conv2dKernel(3), ...options }), flatten(), linear(2)],
    });
  const n = kind === "doubleHamiltonian" ? 2 : WIDTH;
  const matrices = [1, 2, 3].map((seed) => symmetric(seed, n * n));
  return [
    { name: `${kind} of convolutions`, network: images({}) },
    { name: `${kind} of convolutions, instance norm`, network: images({ norm: "instance", bias: "scalar" }) },
    { name: `${kind} of convolutions, layer norm`, network: images({ norm: "layer", bias: false }) },
    { name: `${kind} of convolutions, batch norm`, network: images({ norm: "batch" }) },
    flat(`${kind} of a basis`, steps({ kernel: basisKernel(matrices) }), linear(2)),
    flat(
      `${kind} of a basis with offset`,
      steps({ kernel: basisKernel(matrices, { offset: symmetric(4, n * n) }) }),
      linear(2),
    ),
  ];
});

const presetSubjects = Object.entries(families.presets).map(([name, preset]) => ({
  name: `preset ${name}`,
  network: preset({ input: WIDTH, outputs: 3, width: 6, steps: 3, bias: "scalar" }) as Network,
}));

const imageSubjects = Object.entries(imageExamples).flatMap(([kind, examples]) =>
  examples.map(({ input, layers }, i) => ({
    name: `layer ${kind}, example ${i + 1}`,
    network: network({ input, layers }),
  })),
);

export const exportSubjects: readonly ExportSubject[] = [
  flat("linear", linear(3)),
  flat("linear without bias", linear(3, { bias: false })),
  flat("dense with scale", dense(6, { scale: 0.3, bias: false }), linear(3)),
  flat("no linear at the end", residual(2)),
  flat("no layers at all"),
  flat("wider and narrower", pad(6), residual(2), pad(3), dense(3)),
  flat("a block", add<Layer>([dense(6, { scale: 0.5 })], [pad(6)]), add<Layer>([dense(6)]), linear(3)),
  flat("standardised", standardize({ mean: [0.5, -1, 0, 2], deviation: [2, 0.5, 1, 3] }), dense(5), linear(2)),
  flat("a grid of times", ode(dynamics.layerField(), integrators.rk4, { times: [0, 0.1, 0.5, 2] }), linear(2)),
  flat("checkpoints", step({ kind: "layerField", integrator: "euler" }, { steps: 7, checkpoint: "sqrt" }), linear(2)),
  {
    name: "an image of one pixel",
    network: network({ input: [4, 1, 1], layers: [conv2d(3, { size: 1 }), flatten(), linear(2)] }),
  },
  ...activationSubjects,
  ...pairSubjects,
  ...kernelSubjects,
  ...presetSubjects,
  ...imageSubjects,
  ...Object.keys(imagePresets).flatMap((name) =>
    name === "leNet" ? [{ name: "preset leNet", network: leNet({ pooling: "average" }) }] : [],
  ),
];

/** Running statistics as after training: every number another one. */
export function setStatistics(model: Model): void {
  for (const [k, { name, shape }] of model.statistics.entries()) {
    const size = shape.reduce((a, b) => a * b, 1);
    model.set(
      name,
      symmetric(5 + k, size).map((x) => 1.5 + x),
    );
  }
}

/** A layer that chooses its steps by the examples. */
export const adaptiveSubject = flat(
  "dopri5",
  ode(dynamics.layerField(), dopri5({ rtol: 1e-4 }), { finalTime: 2 }),
  linear(2),
);
