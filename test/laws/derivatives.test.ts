import { describe, expect, it } from "vitest";
import { namesOf } from "../../src/core/registry.ts";
import type { Model } from "../../src/index.ts";
import { lossEntry, losses } from "../../src/losses/index.ts";
import { linearizationOf } from "../../src/model/linearization.ts";
import { engineOf } from "../../src/model/model.ts";
import { checkData } from "../../src/model/selection.ts";
import { activations } from "../reference/activations.ts";
import { numbers } from "../reference/arithmetic.ts";
import { kinkDistances } from "../reference/derivatives.ts";
import type { LayerDescription } from "../reference/layers.ts";
import { lossKinks } from "../reference/losses.ts";
import { forward, type NetworkDescription } from "../reference/network.ts";
import { expectAdjoint, inner } from "../support/adjoint.ts";
import { expectAgreement } from "../support/agreement.ts";
import { along, integers, symmetric } from "../support/draws.ts";
import { families, joiningPairs, kernelExample, surface } from "../support/families.ts";
import { imageExamples, networkOfExample } from "../support/imageExamples.ts";
import { modelFrom, networkFrom, type TestedModel } from "../support/surface.ts";
import { clearOfKinks, expectLinear, expectTaylor, LARGEST } from "../support/taylor.ts";

type LossName = keyof typeof losses;

const WIDTH = 4; // even, for the partitioned dynamics
const EXAMPLES = 5;
const OUTPUTS = 3;
const LABELS = 77;
const KINKED = 1 / 512; // the largest step where kinks must be avoided

/** A network under test, and, where it may have kinks, what the reference finds them with. */
interface Subject {
  readonly name: string;
  readonly network: unknown;
  readonly loss?: LossName;
  readonly outputs?: number;
  readonly kinked?: NetworkDescription;
  /** Numbers of one example, default WIDTH. */
  readonly features?: number;
  /** Distances of the features from kinks that theta does not move. */
  readonly featureKinks?: (features: readonly number[]) => number[];
  /** Distances of the scores from kinks of the loss. */
  readonly scoreKinks?: (theta: readonly number[], features: readonly number[]) => number[];
}

const softmax = "softmaxCrossEntropy";
const classifier: LayerDescription = { kind: "linear", units: OUTPUTS };

function described(name: string, layers: readonly LayerDescription[], kinked = false): Subject {
  const description = { input: WIDTH, layers };
  return { name, network: networkFrom(surface, description), ...(kinked && { kinked: description }) };
}

/** Examples of every layer kind, by the name of its factory. */
const layerExamples: Readonly<Record<string, readonly (readonly LayerDescription[])[]>> = {
  linear: [[classifier], [{ ...classifier, bias: false }]],
  dense: [
    [{ kind: "dense", units: 6 }, classifier],
    [{ kind: "dense", units: 7, scale: 0.3, bias: false }, classifier],
  ],
  ode: (["perStep", "constant"] as const).map((weights) => [
    { kind: "ode", dynamics: { kind: "layerField" }, integrator: "euler", steps: 3, finalTime: 1.5, weights },
    classifier,
  ]),
  residual: [[{ kind: "residual", steps: 3 }, classifier]],
  pad: [
    [{ kind: "pad", units: 6 }, classifier],
    [{ kind: "pad", units: 2 }, classifier],
  ],
  add: [
    [
      {
        kind: "add",
        branch: [{ kind: "dense", units: 6, scale: 0.5 }],
        shortcut: [{ kind: "pad", units: 6 }],
      },
      classifier,
    ],
    [{ kind: "add", branch: [{ kind: "dense", units: WIDTH }] }, classifier],
    [
      {
        kind: "add",
        branch: [
          { kind: "dense", units: 6 },
          { kind: "linear", units: 5 },
        ],
        shortcut: [{ kind: "dense", units: 5, activation: "sigmoid" }],
      },
      classifier,
    ],
  ],
  standardize: [
    [
      { kind: "standardize", mean: [0.5, -1, 0, 2], deviation: [2, 0.5, 1, 3] },
      { kind: "dense", units: 5 },
      classifier,
    ],
  ],
  activation: [[{ kind: "linear", units: 5 }, { kind: "activation", name: "tanh" }, classifier]],
};

/** Networks whose scores are exactly linear in theta. */
const linearExamples: readonly Subject[] = [
  described("linear", [classifier]),
  described("pad", [{ kind: "pad", units: 6 }, classifier]),
  described("standardize", [{ kind: "standardize", mean: [0.5, -1, 0, 2], deviation: [2, 0.5, 1, 3] }, classifier]),
];

const layerSubjects = families.layers.flatMap((kind) =>
  (layerExamples[kind] ?? []).map((layers, i) => described(`layer ${kind}, example ${i + 1}`, layers)),
);

const imageSubjects = Object.entries(imageExamples).flatMap(([kind, examples]) =>
  examples.map(
    (example, i): Subject => ({
      name: `layer ${kind}, example ${i + 1}`,
      network: networkOfExample(example),
      features: example.input.reduce((a, b) => a * b),
      ...(example.kinks && { featureKinks: example.kinks }),
    }),
  ),
);

/** The reference says where an activation has kinks; one it does not know is taken to be smooth. */
const activationSubjects = families.activations.flatMap((activation) => {
  const kinked = (activations[activation]?.kinks.length ?? 0) > 0;
  const dense = { kind: "dense", units: WIDTH, activation } as const;
  const ode = { kind: "ode", dynamics: { kind: "layerField", activation }, integrator: "euler", steps: 3 } as const;
  return [
    described(`activation ${activation}`, [dense, classifier], kinked),
    described(`activation ${activation} in steps`, [ode, classifier], kinked),
  ];
});

const lossSubjects = namesOf(losses).map((loss) => {
  const outputs = OUTPUTS;
  const description: NetworkDescription = {
    input: WIDTH,
    layers: [
      { kind: "dense", units: WIDTH },
      { kind: "linear", units: outputs },
    ],
  };
  const subject: Subject = { name: `loss ${loss}`, network: networkFrom(surface, description), loss, outputs };
  const kinks = lossKinks(loss);
  if (kinks.length === 0) return subject;
  const labels = labelsFor(loss, LABELS, EXAMPLES, outputs);
  /** Distances of the residuals from where the loss is not smooth. */
  const scoreKinks = (theta: readonly number[], features: readonly number[]) =>
    forward(numbers, description, theta, features)
      .flat()
      .flatMap((s, i) => kinks.map((k) => s - (labels[i] as number) - k));
  return { ...subject, scoreKinks };
});

const presetSubjects = Object.entries(families.presets).map(
  ([name, preset]): Subject => ({
    name: `preset ${name}`,
    network: preset({ input: WIDTH, outputs: OUTPUTS, width: 6, steps: 3 }),
  }),
);

const cnnSubjects = Object.entries(families.cnns).map(
  ([name, preset]): Subject => ({
    name: `preset ${name}`,
    network: preset({ input: [1, 4, 6], outputs: OUTPUTS, channels: [2, 4], steps: 2, activation: "tanh" }),
    features: 24,
  }),
);

const pairSubjects = joiningPairs.flatMap((pair) =>
  (["perStep", "constant"] as const).map((weights): Subject => {
    const { kind, integrator, kernel } = pair;
    const { dynamics, ...input } = kernelExample(pair, WIDTH);
    const ode = { kind: "ode", dynamics: { kind, ...dynamics }, integrator, steps: 3, weights } as const;
    const description = { ...input, layers: [ode, { kind: "flatten" }, classifier] as const };
    const network = networkFrom(surface, description);
    return { name: `${kind}, ${kernel}, with ${integrator}, ${weights}`, network, features: input.input };
  }),
);

const subjects = [
  ...layerSubjects,
  ...imageSubjects,
  ...activationSubjects,
  ...lossSubjects,
  ...presetSubjects,
  ...cnnSubjects,
  ...pairSubjects,
];

/** Class indices, zeros and ones, or rows: what the loss reads. */
function labelsFor(loss: LossName, seed: number, examples: number, outputs: number): number[] {
  const { labels } = lossEntry(loss);
  if (labels === "rows") return symmetric(seed, examples * outputs);
  return integers(seed, labels === "binary" ? examples * outputs : examples, labels === "binary" ? 2 : outputs);
}

/** A point and a direction; where there are kinks, the first draw that keeps clear of them. */
function draw({ name, kinked, featureKinks, scoreKinks, features: width = WIDTH }: Subject, size: number) {
  const largest = kinked || featureKinks || scoreKinks ? KINKED : LARGEST;
  for (let seed = 1; seed <= 500; seed++) {
    const [theta, features] = [symmetric(seed, size), symmetric(seed + 1000, EXAMPLES * width)];
    const [v, w] = [symmetric(seed + 2000, size), symmetric(seed + 3000, features.length)];
    const distances = (dv: number, dw: number) => [
      ...(kinked ? kinkDistances(kinked, along(theta, dv, v), along(features, dw, w)) : []),
      ...(featureKinks?.(along(features, dw, w)) ?? []),
      ...(scoreKinks?.(along(theta, dv, v), along(features, dw, w)) ?? []),
    ];
    const kinks = { theta: (h: number) => distances(h, 0), features: (h: number) => distances(0, h) };
    if (clearOfKinks(kinks.theta, largest) && clearOfKinks(kinks.features, largest)) {
      return { theta, features, v, w, kinks, steps: { largest } };
    }
  }
  throw new Error(`${name}: no draw keeps clear of the kinks`);
}

/** Runs a law on a model in float64 and gives its memory back. */
async function onModel<R>(subject: Subject, law: (model: TestedModel) => R): Promise<R> {
  const loss = (surface[subject.loss ?? softmax] as () => unknown)();
  const model = await modelFrom(surface, subject.network, loss);
  try {
    return law(model);
  } finally {
    model.dispose();
  }
}

it("every layer kind has an example", () => {
  const missing = families.layers.filter((kind) => !(layerExamples[kind] ?? imageExamples[kind]));
  expect(missing, "add an example of it to layerExamples, or to imageExamples").toEqual([]);
});

describe.each(subjects)("$name", (subject) => {
  const { loss = softmax, outputs = OUTPUTS } = subject;
  const labels = labelsFor(loss, LABELS, EXAMPLES, outputs);

  it("gradient and input gradient pass the Taylor test", () =>
    onModel(subject, (model) => {
      const { theta, features, v, w, kinks, steps } = draw(subject, model.get().length);
      model.set(theta);
      const { value, gradient } = model.gradient({ features, labels });
      expectAgreement("value", [value], [model.value({ features, labels })], 1e-14);
      const slope = inner(gradient, v);
      const inputSlope = inner(model.inputGradient({ features, labels }), w);
      const inTheta = (h: number) => {
        model.set(along(theta, h, v));
        return [model.value({ features, labels })];
      };
      expectTaylor("gradient", { at: inTheta, derivative: [slope], kinks: kinks.theta }, steps);
      model.set(theta);
      const inFeatures = (h: number) => [model.value({ features: along(features, h, w), labels })];
      expectTaylor("input gradient", { at: inFeatures, derivative: [inputSlope], kinks: kinks.features }, steps);
    }));

  it("the Jacobian product passes the Taylor test", () =>
    onModel(subject, (model) => {
      const { theta, features, v, kinks, steps } = draw(subject, model.get().length);
      model.set(theta);
      const derivative = model.jacobianVector(features, v);
      const at = (h: number) => {
        model.set(along(theta, h, v));
        return model.scores(features);
      };
      expectTaylor("scores", { at, derivative, kinks: kinks.theta }, steps);
    }));

  it("⟨Jv, u⟩ = ⟨v, Jᵀu⟩", () =>
    onModel(subject, (model) => {
      const { theta, features, v } = draw(subject, model.get().length);
      model.set(theta);
      const u = symmetric(78, EXAMPLES * outputs);
      const [Jv, Jtu] = [model.jacobianVector(features, v), model.vectorJacobian(features, u)];
      expectAdjoint(subject.name, { v, u, Jv, Jtu });
    }));

  it("the Hessian product passes the Taylor test of the gradient", (context) =>
    onModel(subject, (model) => {
      const { theta, features, v, kinks, steps } = draw(subject, model.get().length);
      model.set(theta);
      const derivative = model.hessianVector?.({ features, labels }, v);
      if (!derivative) return context.skip("hessianVector comes with the second-order methods");
      const at = (h: number) => {
        model.set(along(theta, h, v));
        return model.gradient({ features, labels }).gradient;
      };
      expectTaylor("gradient", { at, derivative, kinks: kinks.theta }, steps);
    }));

  it("linearized once, gives the same bits again and again", () =>
    onModel(subject, (tested) => {
      const model = tested as unknown as Model;
      const { theta, features, v } = draw(subject, model.get().length);
      model.set(theta);
      const engine = engineOf(model);
      const { rows, targets } = checkData(engine, { features, labels }, "test");
      const examples = { rows, targets, first: 0, count: EXAMPLES };
      const linearization = linearizationOf(engine);
      // A grid of times that the data choose is not laid out beforehand.
      expect(linearization === undefined).toBe(subject.name.includes("dopri5"));
      if (!linearization) return;
      const { value, gradient } = model.gradient({ features, labels });
      const product = model.gaussNewton({ features, labels }, v);
      for (const point of [theta, along(theta, 1, v), theta]) {
        model.set(point);
        engine.vectors.write(engine.vectors.direction, v);
        const products = [0, 1].map(() => engine.vectors.read(linearization.product(examples, "all")));
        const again = linearization.gradient(examples);
        const ours = engine.vectors.read(again.gradient);
        if (point !== theta) continue;
        expect(again.value).toBe(value);
        expect(linearization.value(examples)).toBe(value);
        expect(ours).toEqual(gradient);
        expect(products).toEqual([product, product]);
      }
    }));
});

describe.each(linearExamples)("$name is linear in theta", (subject) => {
  it("has no remainder", () =>
    onModel(subject, (model) => {
      const { theta, features, v } = draw(subject, model.get().length);
      model.set(theta);
      const derivative = model.jacobianVector(features, v);
      const at = (h: number) => {
        model.set(along(theta, h, v));
        return model.scores(features);
      };
      expectLinear(subject.name, { at, derivative });
    }));
});
