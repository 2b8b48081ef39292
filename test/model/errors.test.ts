/** Everything a caller can get wrong while describing and using a model: one code, one sentence, and the model works on. */
import { describe, expect, it } from "vitest";
import {
  activation,
  adam,
  add,
  antisymmetric,
  createModel,
  dense,
  doubleHamiltonian,
  euler,
  layerField,
  leastSquares,
  linear,
  momentum,
  network,
  OdenetError,
  ode,
  pad,
  parabolic,
  residual,
  rk4,
  sgd,
  standardize,
  verlet,
} from "../../src/index.ts";

const any = (value: unknown) => value as never;
/** *where: expected X, got Y. The usual fix.* */
const SENTENCE = /^[^:]+: expected [^\n]+, got [^\n]*\.$/;

type Case = [what: string, code: string, sentence: RegExp, call: () => unknown];

const describing: Case[] = [
  [
    "no units",
    "option",
    /^linear: expected units to be a whole number of at least 1, got undefined/,
    () => linear(any(undefined)),
  ],
  ["half a unit", "option", /^dense: .*got 2\.5/, () => dense(2.5)],
  ["NaN units", "option", /^pad: .*got NaN/, () => pad(Number.NaN)],
  ["units as text", "option", /^pad: .*got "3"/, () => pad(any("3"))],
  [
    "an unknown activation",
    "name",
    /^dense: expected activation to be one of tanh, .*got "tan"/,
    () => dense(2, { activation: any("tan") }),
  ],
  ["an inherited name", "name", /^activation: .*got "toString"/, () => activation(any("toString"))],
  ["a function for a name", "name", /^activation: .*got the function tanh/, () => activation(any(Math.tanh))],
  ["bias 1", "option", /^linear: expected bias to be true or false, got 1/, () => linear(2, { bias: any(1) })],
  [
    "an infinite scale",
    "option",
    /^dense: expected scale to be a finite number, got Infinity/,
    () => dense(2, { scale: 1 / 0 }),
  ],
  [
    "an unknown initialization",
    "name",
    /^linear: expected initialization .*got "random"/,
    () => linear(2, { initialization: any("random") }),
  ],
  [
    "no steps",
    "option",
    /^ode: expected the number of time steps, got none\. Write/,
    () => ode(layerField(), euler, any({})),
  ],
  ["no options", "option", /^ode: expected the number of time steps/, () => ode(layerField(), euler, any(undefined))],
  ["steps of 0", "option", /^ode: expected steps .*got 0/, () => residual(0)],
  [
    "both times",
    "option",
    /^ode: expected finalTime or stepSize, got both \(1 and 0\.5\)/,
    () => ode(layerField(), euler, { steps: 2, finalTime: 1, stepSize: 0.5 }),
  ],
  [
    "an infinite time",
    "option",
    /^ode: expected finalTime .*got Infinity/,
    () => ode(layerField(), euler, { steps: 2, finalTime: 1 / 0 }),
  ],
  [
    "unknown weights",
    "name",
    /^ode: expected weights .*got "often"/,
    () => ode(layerField(), euler, { steps: 2, weights: any("often") }),
  ],
  [
    "a pair that does not fit",
    "pair",
    /^ode: expected an integrator for layerField \(.*euler.*\), got verlet/,
    () => ode(layerField(), any(verlet), { steps: 2 }),
  ],
  ["the other way round", "pair", /^ode: .*parabolic.*got verlet/, () => ode(parabolic(), any(verlet), { steps: 2 })],
  [
    "the factory itself",
    "pair",
    /^ode: .*got the function layerField\. Call the factory/,
    () => ode(any(layerField), any(euler), { steps: 2 }),
  ],
  ["no integrator", "pair", /^ode: .*got "rk4"/, () => ode(layerField(), any("rk4"), { steps: 2 })],
  [
    "reversible Euler",
    "option",
    /^ode: expected a reversible integrator/,
    () => ode(layerField(), euler, { steps: 2, reversible: true }),
  ],
  ["a bias of the dynamics", "option", /^layerField: .*"scalar"/, () => layerField({ bias: any("row") })],
  ["a gamma", "option", /^antisymmetric: .*gamma.*NaN/, () => antisymmetric({ gamma: Number.NaN })],
  ["hidden", "option", /^parabolic: .*hidden.*0/, () => parabolic({ hidden: 0 })],
  ["no means", "option", /^standardize: expected mean/, () => standardize(any({}))],
  [
    "a deviation of 0",
    "option",
    /^standardize: .*0 for feature 1/,
    () => standardize({ mean: [0, 0], deviation: [1, 0] }),
  ],
  ["fewer deviations", "length", /^standardize: .*got 1 and 2/, () => standardize({ mean: [0, 0], deviation: [1] })],
  ["a fit without n_f", "length", /^standardize\.fit: .*n_f = undefined/, () => standardize.fit([1, 2, 3])],
  ["no branch", "option", /^add: expected branch .*got undefined/, () => add(any(undefined))],
  ["a shortcut that is a layer", "option", /^add: expected shortcut .*got an object/, () => add([pad(2)], any(pad(2)))],
  ["no input", "shape", /^network: expected input .*got undefined/, () => network(any({ layers: [] }))],
  ["nothing", "option", /^network: expected \{ input, layers \}, got undefined/, () => network(any(undefined))],
  ["input of 0", "option", /^network: expected input .*got 0/, () => network({ input: 0, layers: [] })],
  [
    "two extents",
    "shape",
    /^network: expected input .*got \[1, 2\]/,
    () => network({ input: any([1, 2]), layers: [] }),
  ],
  ["no layers", "option", /^network: expected layers to be an array, got undefined/, () => network(any({ input: 2 }))],
  [
    "a layer factory",
    "name",
    /^layer 0: expected kind .*undefined/,
    () => network({ input: 2, layers: [any(linear)] }),
  ],
  ["a hole", "name", /^layer 1: expected kind/, () => network({ input: 2, layers: [pad(2), any(undefined)] })],
  [
    "class names",
    "length",
    /^network: expected 2 class names.*got 3/,
    () => network({ input: 2, layers: [linear(2)], classes: ["a", "b", "c"] }),
  ],
  [
    "classes as text",
    "option",
    /^network: expected classes .*got "ab"/,
    () => network({ input: 2, layers: [linear(2)], classes: any("ab") }),
  ],
  [
    "unequal branches",
    "shape",
    /^layer 1 \(add\): .*got 3 and 2.*pad\(3\)/,
    () => network({ input: 2, layers: [pad(2), add([dense(3)])] }),
  ],
  [
    "unequal inner branches",
    "shape",
    /^layer 0\.branch\.0 \(add\): /,
    () => network({ input: 2, layers: [add([add([dense(3)])])] }),
  ],
  [
    "odd features",
    "shape",
    /^layer 0 \(ode\): expected an even number of features.*got 3.*pad\(4\)/,
    () => network({ input: 3, layers: [ode(doubleHamiltonian(), verlet, { steps: 1 })] }),
  ],
  [
    "other means",
    "shape",
    /^layer 0 \(standardize\): expected 3 means.*got 2/,
    () => network({ input: 3, layers: [standardize({ mean: [0, 0], deviation: [1, 1] })] }),
  ],
  ["a learning rate", "option", /^adam: expected learningRate .*got -1/, () => adam({ learningRate: -1 })],
  ["a momentum of 1", "option", /^momentum: expected momentum .*got 1/, () => momentum({ momentum: 1 })],
  ["NaN decay", "option", /^sgd: expected weightDecay .*got NaN/, () => sgd({ weightDecay: Number.NaN })],
  ["a reduction", "name", /^leastSquares: .*"max"/, () => leastSquares({ reduction: any("max") })],
];

function expectClear(error: unknown, code: string, sentence: RegExp): void {
  expect(error).toBeInstanceOf(OdenetError);
  const { message } = error as OdenetError;
  expect(message).toMatch(sentence);
  expect(message).toMatch(SENTENCE);
  expect((error as OdenetError).code).toBe(code);
}

function thrown(call: () => unknown): unknown {
  try {
    call();
  } catch (error) {
    return error;
  }
  return undefined;
}

describe("describing", () => {
  it.each(describing)("%s: %s", (_, code, sentence, call) => {
    expectClear(thrown(call), code, sentence);
  });
});

const net = network({ input: 2, layers: [dense(3), ode(layerField(), rk4, { steps: 2 }), linear(3)] });

describe("createModel", () => {
  it.each<[string, string, RegExp, unknown, unknown]>([
    ["no network", "option", /^createModel: expected a network, got undefined/, undefined, {}],
    ["a precision", "name", /^createModel: expected precision .*got "f16"/, net, { precision: "f16" }],
    ["a loss", "name", /^createModel: expected loss .*got "mse"/, net, { loss: { kind: "mse" } }],
    ["a loss as text", "name", /^createModel: expected loss/, net, { loss: "softmax" }],
    ["a seed", "option", /seed.*got 0\.5/, net, { seed: 0.5 }],
    ["a network by hand", "name", /^layer 0: expected kind/, { input: 2, layers: [{}] }, {}],
  ])("%s: %s", async (_, code, sentence, description, options) => {
    const error = await createModel(any(description), any(options)).catch((e: unknown) => e);
    expectClear(error, code, sentence);
  });
});

describe.each(["f32", "f64"] as const)("a model in %s", (precision) => {
  it("says what is wrong and works as before", async () => {
    const model = await createModel(net, { precision });
    const x = [0.5, -1, 2, 0.25];
    const data = { features: x, labels: [0, 2] };
    const n = model.get().length;
    const state = () => [model.get(), model.scores(x), model.gradient(data), model.evaluate(data), model.states(x)];
    const before = state();
    const wrong: Case[] = [
      ["three features", "length", /^scores: expected features of n · 2 numbers, got 3/, () => model.scores([1, 2, 3])],
      [
        "NaN",
        "value",
        /^scores: expected finite features, got NaN in example 1, number 0/,
        () => model.scores([1, 2, Number.NaN, 0]),
      ],
      ["a hole", "value", /^scores: .*got undefined in example 0, number 1/, () => model.scores(any([1, undefined]))],
      ["text in rows", "value", /^scores: .*got 1 in example 0/, () => model.scores(any([["1", "2"]]))],
      [
        "a row missing",
        "shape",
        /^predict: expected 2 numbers .* in example 1/,
        () => model.predict(any([[1, 2], undefined])),
      ],
      ["a long row", "shape", /^states: expected 2 numbers .*got 3 in example 0/, () => model.states([[1, 2, 3]])],
      ["nothing", "length", /^scores: expected at least one example/, () => model.scores([])],
      ["a number", "shape", /^scores: expected features as an array of numbers, got 7/, () => model.scores(any(7))],
      [
        "big integers",
        "value",
        /^scores: expected finite features, got 1/,
        () => model.scores(any(new BigInt64Array([1n, 2n]))),
      ],
      ["no data", "option", /^value: expected data as/, () => model.value(any(undefined))],
      ["no labels", "option", /^gradient: expected data as/, () => model.gradient(any({ features: x }))],
      [
        "label 3",
        "label",
        /^evaluate: expected labels from 0 to 2, got 3 in example 1/,
        () => model.evaluate({ features: x, labels: [0, 3] }),
      ],
      ["label −1", "label", /got -1 in example 0/, () => model.value({ features: x, labels: [-1, 0] })],
      ["label ½", "label", /got 0\.5 in example 0/, () => model.value({ features: x, labels: [0.5, 0] })],
      ["one label", "length", /^value: expected 2 class indices/, () => model.value({ features: x, labels: [0] })],
      [
        "short rows",
        "shape",
        /^value: expected 3 numbers in every example's labels, got 2/,
        () =>
          model.value({
            features: x,
            labels: [
              [0, 1],
              [1, 0],
            ],
          }),
      ],
      [
        "a scale",
        "option",
        /^value: expected scale to be a finite number, got NaN/,
        () => model.value({ ...data, scale: Number.NaN }),
      ],
      ["a short θ", "length", /^set: expected \d+ numbers, got 1/, () => model.set([1])],
      ["no θ", "length", /^set: expected \d+ numbers, got undefined/, () => model.set(any(undefined))],
      [
        "NaN in θ",
        "value",
        /^set: expected finite f\d\d numbers, got NaN at index 3/,
        () => model.set(Array.from({ length: n }, (_, i) => (i === 3 ? Number.NaN : 0))),
      ],
      ["a name", "name", /^parameter: expected one of 0\.K, .*got "3\.K"/, () => model.get("3.K")],
      ["another name", "name", /^parameter: .*got "K"/, () => model.set("K", [])],
      ["a short K", "length", /^set 0\.K: expected 6 numbers, got 5/, () => model.set("0.K", [1, 2, 3, 4, 5])],
      [
        "infinity in K",
        "value",
        /^set 0\.K: .*got Infinity at index 1/,
        () => model.set("0.K", [1, 1 / 0, 0, 0, 0, 0]),
      ],
      ["a short v", "length", /^jacobianVector: expected \d+ numbers, got 2/, () => model.jacobianVector(x, [1, 2])],
      [
        "one row of u",
        "length",
        /^vectorJacobian: expected u as 2 rows of 3 numbers, got 1 row/,
        () => model.vectorJacobian(x, [1, 2, 3]),
      ],
      [
        "NaN in u",
        "value",
        /^vectorJacobian: expected finite u, got NaN/,
        () => model.vectorJacobian(x, [1, 2, 3, 4, 5, Number.NaN]),
      ],
      ["a short direction", "length", /^hessianVector: expected/, () => model.hessianVector(data, [])],
      ["another short one", "length", /^gaussNewton: expected/, () => model.gaussNewton(data, [])],
      ["listing of no rows", "option", /^describe: expected rows .*got 0/, () => model.describe(0)],
    ];
    if (precision === "f32") {
      wrong.push([
        "too large for f32",
        "value",
        /^set: expected finite f\d\d numbers.*1e\+300/,
        () => model.set(new Array(n).fill(1e300)),
      ]);
    }
    for (const [what, code, sentence, call] of wrong) {
      const error = thrown(call);
      expect(error, what).toBeDefined();
      expectClear(error, code, sentence);
      expect(state(), what).toEqual(before);
    }
    model.dispose();
  });
});
