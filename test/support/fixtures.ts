import { readdirSync, readFileSync } from "node:fs";
import type { DynamicsDescription } from "../reference/dynamics.ts";
import type { LayerDescription } from "../reference/layers.ts";
import type { LossDescription } from "../reference/losses.ts";
import type { NetworkDescription } from "../reference/network.ts";

const folder = new URL("../fixtures/", import.meta.url);

type Rows = readonly (readonly number[])[];

/** One weight per set, letter by letter, as the files stack them. */
interface Stacks {
  readonly K: readonly Rows[];
  readonly b: Rows;
  readonly K2?: readonly Rows[];
  readonly b2?: Rows;
  readonly W?: Rows;
}

/** A case as it stands in the file: features × examples. */
interface RawCase {
  readonly arch: string;
  readonly activation: string;
  readonly loss: "softmax" | "leastsquares" | "logistic";
  readonly h: number;
  readonly depth: number;
  readonly width: number;
  readonly gamma?: number;
  readonly c?: number;
  readonly inputs: Stacks & { readonly W: Rows; readonly Y0: Rows; readonly C: Rows };
  readonly directions: { readonly [letter in "dK" | "dK2"]?: readonly Rows[] } & {
    readonly [letter in "db" | "db2" | "dY0" | "dW"]?: Rows;
  };
  readonly out: {
    readonly YN: Rows;
    readonly S: Rows;
    readonly loss: number;
    readonly grad: Stacks & { readonly Y0: Rows };
    readonly jvp_params: Rows;
    readonly jvp_Y0: Rows;
    readonly vjp_of_jvp_sum: Stacks & { readonly Y0: Rows };
    readonly gn_full: Stacks;
    readonly gn_blockdiag: Stacks;
  };
}

export type Arrays = ReadonlyMap<string, readonly number[]>;

/** A case in the contract's terms: parameters by name in API order, everything else example by example. */
export interface DenseCase {
  readonly name: string;
  readonly arch: string;
  readonly depth: number;
  readonly loss: LossDescription;
  readonly network: NetworkDescription;
  /** The network without its classifier: its scores are Y_N. */
  readonly propagation: NetworkDescription;
  readonly parameters: Arrays;
  readonly features: number[];
  readonly labels: number[];
  /** (dK, db, dW) by parameter name, and dY₀. */
  readonly direction: Arrays;
  readonly featureDirection: number[];
  readonly expected: {
    readonly scores: number[];
    readonly loss: number;
    readonly gradient: Arrays;
    readonly inputGradient: number[];
    /** Of the propagation: Y_N, dY_N for (dK, db), dY_N for dY₀, and Jᵀ of the sum of the two. */
    readonly features: number[];
    readonly jvp: number[];
    readonly featureJvp: number[];
    readonly adjoint: Arrays;
    readonly featureAdjoint: number[];
    /** Jᵀ E'' J (dK, db, dW), and the course's form without the coupling of classifier and propagation. */
    readonly gaussNewton: Arrays;
    readonly blockGaussNewton: Arrays;
  };
}

/** How a file's architecture becomes layers, and its stacks parameters. */
interface Mapping {
  layers(raw: RawCase): LayerDescription[];
  arrays(stacks: Stacks): [name: string, values: number[]][];
}

const flat = (values: unknown): number[] => (values as unknown[]).flat(Number.POSITIVE_INFINITY) as number[];
const transposed = (rows: Rows): number[] => (rows[0] ?? []).flatMap((_, j) => rows.map((row) => row[j] as number));

/** `ode(dynamics, integrator)` alone: the stacks are its parameters. */
function odeLayer(
  integrator: string,
  dynamics: (raw: RawCase) => DynamicsDescription,
  more: Partial<Extract<LayerDescription, { kind: "ode" }>> = {},
): Mapping {
  return {
    layers: (raw) => [
      {
        kind: "ode",
        dynamics: { ...dynamics(raw), activation: activationName(raw) },
        integrator,
        steps: raw.depth,
        stepSize: raw.h,
        ...more,
      },
    ],
    arrays: ({ K, b, K2, b2 }) =>
      K2 && b2
        ? [
            ["0.K1", flat(K)],
            ["0.b1", flat(b)],
            ["0.K2", flat(K2)],
            ["0.b2", flat(b2)],
          ]
        : [
            ["0.K", flat(K)],
            ["0.b", flat(b)],
          ],
  };
}

const activationName = ({ activation }: RawCase) => (activation === "smoothrelu" ? "smoothRelu" : activation);
const kind = (name: string) => () => ({ kind: name });
const skew = ({ gamma = 0, c = 1 }: RawCase) => ({ kind: "antisymmetric", gamma, scale: c });
const rowsOfK = ({ inputs }: RawCase) => (inputs.K[0] as Rows).length;

/** dense(width) again and again: one layer for each of the stacks. */
const plain: Mapping = {
  layers: (raw) => raw.inputs.K.map((K) => ({ kind: "dense", units: K.length, activation: activationName(raw) })),
  arrays: ({ K, b }) =>
    K.flatMap((_, j): [string, number[]][] => [
      [`${j}.K`, flat(K[j])],
      [`${j}.b`, flat(b[j])],
    ]),
};

/** h σ(K_0 Y + b_0), then Euler steps. */
const opening: Mapping = {
  layers: (raw) => [
    { kind: "dense", units: rowsOfK(raw), activation: activationName(raw), scale: raw.h },
    {
      kind: "ode",
      dynamics: { kind: "layerField", activation: activationName(raw) },
      integrator: "euler",
      steps: raw.depth - 1,
      stepSize: raw.h,
    },
  ],
  arrays: ({ K, b }) => [
    ["0.K", flat(K[0])],
    ["0.b", flat(b[0])],
    ["1.K", flat(K.slice(1))],
    ["1.b", flat(b.slice(1))],
  ],
};

/** One entry for each dense_*.json. */
const mappings: Readonly<Record<string, Mapping>> = {
  plain,
  resnet_euler: odeLayer("euler", kind("layerField")),
  numdl_resnet_opening: opening,
  rk4_const: odeLayer("rk4", kind("layerField")),
  rk4_nodal_linear: odeLayer("rk4", kind("layerField"), { weights: "nodal" }),
  rk4_meganet_nodes_midpoints: odeLayer("rk4", kind("layerField"), { weights: "halfSteps" }),
  antisym_euler: odeLayer("euler", skew),
  verlet: odeLayer("verlet", kind("hamiltonian")),
  verlet_scalar_bias: odeLayer("verlet", () => ({ kind: "hamiltonian", bias: "scalar" })),
  double_hamiltonian: odeLayer("verlet", (raw) => ({ kind: "doubleHamiltonian", hidden: rowsOfK(raw) })),
  leapfrog: odeLayer("leapfrog", (raw) => ({ kind: "secondOrder", hidden: rowsOfK(raw) })),
  parabolic: odeLayer("euler", (raw) => ({ kind: "parabolic", hidden: rowsOfK(raw) })),
  midpoint_2step: odeLayer("leapfrogMidpoint", skew),
  implicit_midpoint: odeLayer("implicitMidpoint", skew),
};

const losses: Readonly<Record<RawCase["loss"], LossDescription>> = {
  softmax: { kind: "softmaxCrossEntropy" },
  logistic: { kind: "logistic" },
  leastsquares: { kind: "leastSquares" },
};

/** W = [W b]: the last column is the bias. */
function classifier(W: Rows | undefined, index: number): [name: string, values: number[]][] {
  if (!W) return [];
  return [
    [`${index}.W`, flat(W.map((row) => row.slice(0, -1)))],
    [`${index}.b`, W.map((row) => row.at(-1) as number)],
  ];
}

function translate(raw: RawCase, mapping: Mapping): DenseCase {
  const { inputs, directions, out } = raw;
  const layers = mapping.layers(raw);
  const propagation = { input: inputs.Y0.length, layers };
  const named = (stacks: Stacks): Arrays =>
    new Map([...mapping.arrays(stacks), ...classifier(stacks.W, layers.length)]);
  const { dK, db, dK2, db2, dW } = directions;
  const direction = Object.fromEntries(
    Object.entries({ K: dK, b: db, K2: dK2, b2: db2, W: dW }).filter(([, stack]) => stack),
  ) as unknown as Stacks;
  const columns = transposed(inputs.C);
  const classes = inputs.C.length;
  const oneHot = (i: number) => columns.slice(i * classes, (i + 1) * classes).indexOf(1);
  return {
    name: `${raw.arch}, ${raw.activation}, ${raw.loss}`,
    arch: raw.arch,
    depth: raw.depth,
    loss: losses[raw.loss],
    network: { ...propagation, layers: [...layers, { kind: "linear", units: inputs.W.length }] },
    propagation,
    parameters: named(inputs),
    features: transposed(inputs.Y0),
    labels: raw.loss === "softmax" ? (inputs.C[0] as readonly number[]).map((_, i) => oneHot(i)) : columns,
    direction: named(direction),
    featureDirection: transposed(directions.dY0 as Rows),
    expected: {
      scores: transposed(out.S),
      loss: out.loss,
      gradient: named(out.grad),
      inputGradient: transposed(out.grad.Y0),
      features: transposed(out.YN),
      jvp: transposed(out.jvp_params),
      featureJvp: transposed(out.jvp_Y0),
      adjoint: named(out.vjp_of_jvp_sum),
      featureAdjoint: transposed(out.vjp_of_jvp_sum.Y0),
      gaussNewton: named(out.gn_full),
      blockGaussNewton: named(out.gn_blockdiag),
    },
  };
}

function parse(file: string): unknown {
  return JSON.parse(readFileSync(new URL(file, folder), "utf8"));
}

/** Every dense file there is, by the name between `dense_` and `.json`. */
export const denseFiles: readonly string[] = readdirSync(folder)
  .flatMap((file) => /^dense_(.*)\.json$/.exec(file)?.[1] ?? [])
  .toSorted();

/** The cases of dense_<name>.json in the contract's terms. */
export function denseCases(name: string): DenseCase[] {
  const { cases } = parse(`dense_${name}.json`) as { cases: RawCase[] };
  return cases.map((raw) => {
    const mapping = mappings[raw.arch];
    if (!mapping) throw new Error(`dense_${name}.json: no mapping for "${raw.arch}". Add one to mappings.`);
    return translate(raw, mapping);
  });
}

interface Sample {
  readonly y: number[];
  readonly dy: number[];
}

/** The sampled activations of regularizers.json: σ and σ' at x, by the contract's names. */
export function activationSamples(): (Sample & { name: string; x: number[] })[] {
  const { activations } = parse("regularizers.json") as {
    activations: Record<"tanh" | "relu" | "identity" | "smoothrelu" | "sin", Sample> & { x: number[] };
  };
  const { x, tanh, relu, identity, sin, smoothrelu: smoothRelu } = activations;
  return Object.entries({ tanh, relu, identity, sin, smoothRelu }).map(([name, sample]) => ({ name, x, ...sample }));
}
