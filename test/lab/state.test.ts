import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { visitRows } from "../../src/data/csvRows.ts";
import * as dynamics from "../../src/dynamics/index.ts";
import * as integrators from "../../src/integrators/index.ts";
import { describeNetwork } from "../../src/lab/compute/describe.ts";
import { asImage } from "../../src/lab/compute/digit.ts";
import { type Examples, makeExamples, partsOf } from "../../src/lab/compute/examples.ts";
import { insideOf } from "../../src/lab/compute/inside.ts";
import { principalPlane, project } from "../../src/lab/compute/projection.ts";
import { makeTable } from "../../src/lab/compute/table.ts";
import { view } from "../../src/lab/compute/view.ts";
import { csv, flattened } from "../../src/lab/download.ts";
import { engineProblem } from "../../src/lab/engineProblem.ts";
import { codePoint, pointsOf } from "../../src/lab/points.ts";
import { hashOf, routeOf } from "../../src/lab/route.ts";
import {
  beginning,
  changed,
  choicesOf,
  consequence,
  hasSteps,
  initialState,
  penaltiesIn,
  type SettingName,
  type State,
  settings,
  stateFrom,
  textOf,
} from "../../src/lab/state.ts";
import { losses } from "../../src/losses/index.ts";
import { activations } from "../../src/operations/activation.ts";
import { optimizers } from "../../src/optimizers/index.ts";
import { createModel } from "../../src/training/index.ts";
import { buffersOf } from "../../src/worker/messages.ts";

const anyState: fc.Arbitrary<State> = fc
  .record({
    data: fc.constantFrom(...(settings.data.choices ?? [])),
    dynamics: fc.constantFrom(...(settings.dynamics.choices ?? [])),
    integrator: fc.constantFrom(...(settings.integrator.choices ?? [])),
    activation: fc.constantFrom(...(settings.activation.choices ?? [])),
    steps: fc.integer({ min: 1, max: 256 }),
    finalTime: fc.double({ min: 0.01, max: 1000, noNaN: true }),
    learningRate: fc.double({ min: 0, max: 100, noNaN: true }),
    seed: fc.integer({ min: 0, max: 1e9 }),
    points: fc.array(fc.constantFrom("00000", "zzzz1", "i0i03"), { maxLength: 5 }).map((five) => five.join("")),
  })
  .map((some) => changed(initialState, some));

describe("the state in the address", () => {
  it("comes back as it was", () => {
    fc.assert(
      fc.property(anyState, (state) => {
        expect(stateFrom(textOf(state))).toEqual(state);
      }),
    );
    expect(textOf(initialState)).toBe("");
  });

  it("whatever the text is, a state comes of it", () => {
    fc.assert(
      fc.property(fc.string(), (text) => {
        const state = stateFrom(text);
        expect(stateFrom(textOf(state))).toEqual(state);
      }),
    );
    const wrong = "steps=0&width=1e9&dynamics=__proto__&seed=1.5&noise=NaN&points=abc&constructor=1";
    expect(stateFrom(wrong)).toEqual(initialState);
  });

  it("a route comes back as it was", () => {
    for (const hash of ["#/train?data=peaks", "#/experiments/lambda-plane?h=1", "#/lecture/step-size", "#/lecture"]) {
      expect(hashOf(routeOf(hash))).toBe(hash);
    }
    expect(routeOf("#nonsense").view).toBe("train");
  });

  it("drawn points come back to a three hundredth", () => {
    const reach = fc.double({ min: -2, max: 2, noNaN: true });
    fc.assert(
      fc.property(reach, reach, fc.integer({ min: 0, max: 3 }), (x, y, label) => {
        const [back] = pointsOf(codePoint({ x, y, label }));
        expect(back?.label).toBe(label);
        expect(Math.max(Math.abs((back?.x ?? 9) - x), Math.abs((back?.y ?? 9) - y))).toBeLessThan(1 / 599);
      }),
    );
  });
});

describe("what can be chosen is what there is", () => {
  it("every member of every family", () => {
    expect(settings.dynamics.choices).toEqual(Object.keys(dynamics.dynamics));
    expect(settings.integrator.choices).toEqual(Object.keys(integrators));
    expect(settings.activation.choices).toEqual(Object.keys(activations));
    expect(settings.loss.choices).toEqual(Object.keys(losses));
    expect(settings.optimizer.choices).toEqual(Object.keys(optimizers));
  });

  it.each(settings.dynamics.choices ?? [])("%s becomes a model, and is shown in all parts", async (name) => {
    for (const loss of settings.loss.choices ?? []) {
      const state = changed(initialState, { dynamics: name, loss, width: 4, steps: 3, examples: 40 });
      const parts = makeExamples(state);
      const model = await createModel(describeNetwork(state, parts.training), { loss: losses[loss]() });
      const shown = view(model, parts, loss, { depth: true });
      expect(shown.training.accuracy).toBeGreaterThanOrEqual(0);
      expect(shown.regions?.classes.every((c) => c < 2)).toBe(true);
      expect(shown.features?.points.length).toBe(4);
      const inside = insideOf(model, parts.training, loss);
      expect(inside.flow.length).toBe(5);
      expect(inside.eigenvalues?.length).toBeGreaterThan(0);
      expect(inside.stability?.count).toBe(inside.eigenvalues?.length);
      expect(shown.depth?.weights?.times.length).toBe(3);
      for (const buffer of buffersOf(parts)) expect(buffersOf(shown).has(buffer)).toBe(false); // it is moved to the page
      model.dispose();
    }
  });

  it.each(settings.weights.choices ?? [])("weights %s are shown over time", async (weights) => {
    const state = changed(initialState, { weights, width: 3, steps: 4, examples: 20 });
    const parts = makeExamples(state);
    const model = await createModel(describeNetwork(state, parts.training));
    const { times, values } = view(model, parts, "softmaxCrossEntropy", { depth: true }).depth?.weights ?? {};
    expect(values?.length).toBe(9 * (times?.length ?? 0));
    expect(values?.slice(0, 9)).toEqual(Float64Array.from(model.get("1.K").slice(0, 9)));
    model.dispose();
  });

  const images = (n: number): Examples => ({
    features: Uint8Array.from({ length: n * 784 }, (_, k) => (k * k) % 251),
    labels: Int32Array.from({ length: n }, (_, k) => k % 10),
    classes: Array.from({ length: 10 }, (_, k) => String(k)),
    width: 784,
    shape: [1, 28, 28],
  });

  it.each(settings.architecture.choices ?? [])("%s becomes a model of images, and is shown", async (architecture) => {
    const sizes = beginning(initialState, { data: "mnist", architecture });
    const state = changed(initialState, { ...sizes, width: 4, steps: 2 });
    const parts = partsOf(images(30), 1);
    const model = await createModel(describeNetwork(state, parts.training));
    const shown = view(model, parts, "softmaxCrossEntropy", { depth: true });
    expect(shown.regions).toBeUndefined();
    expect(shown.confusion?.flat().reduce((a, b) => a + b)).toBe(6);
    expect(shown.features?.points.length).toBe(hasSteps(state) ? 3 : undefined);
    expect(shown.depth?.weights?.times.length).toBe(hasSteps(state) ? 2 : undefined);
    expect(insideOf(model, parts.training, "softmaxCrossEntropy").flow.length).toBeGreaterThan(2);
    model.dispose();
  });

  it("sizes come with images, and go with them; within a kind they stay", () => {
    const there = changed(initialState, beginning(initialState, { data: "mnist" }));
    expect([there.width, there.examples]).toEqual([32, 3000]);
    expect(changed(there, beginning(there, { data: initialState.data }))).toEqual(initialState);
    expect(beginning(there, { data: "fashion-mnist" })).toEqual({ data: "fashion-mnist" });
    expect(beginning(initialState, { data: "peaks" })).toEqual({ data: "peaks" });
  });

  it("a regularizer acts where it has something to act on", () => {
    const all = { l1: 1, tikhonov: 1, timeSmoothness: 1, stabilityPenalty: 1 };
    const acting = (changes: Partial<State>) => [...penaltiesIn(changed(initialState, { ...all, ...changes }))].sort();
    expect(acting({ dynamics: "layerField" })).toEqual(["l1", "stabilityPenalty", "tikhonov", "timeSmoothness"]);
    expect(acting({})).toEqual(["l1", "tikhonov", "timeSmoothness"]); // stable by its form
    expect(acting({ data: "mnist", architecture: "leNet", dynamics: "layerField" })).toEqual(["l1", "tikhonov"]);
    expect(penaltiesIn(initialState)).toEqual([]);
  });

  it("a change asks for no more than it needs", () => {
    const asks = (changes: Partial<State>) => consequence(initialState, changed(initialState, changes));
    expect(asks({})).toBe("nothing");
    expect(asks({ learningRate: 1 })).toBe("run");
    expect(asks({ l1: 1e-3 })).toBe("objective");
    expect(asks({ loss: "leastSquares" })).toBe("objective");
    expect(asks({ loss: "logistic" })).toBe("model");
    expect(asks({ steps: 3 })).toBe("model");
    expect(asks({ noise: 0.5 })).toBe("data");
    const names = Object.keys(settings) as SettingName[];
    const other = (name: SettingName) =>
      typeof initialState[name] === "number"
        ? initialState[name] + 1
        : (choicesOf(name).find((choice) => choice !== initialState[name]) ?? "00000");
    for (const name of names) {
      expect({ name, asks: consequence(initialState, { ...initialState, [name]: other(name) }) }).not.toEqual({
        name,
        asks: "nothing",
      });
    }
  });
});

describe("data", () => {
  it("of a table are standardised; a table that is none is refused in a sentence", async () => {
    const table = `a,b,c,kind\n${Array.from({ length: 30 }, (_, i) => `${i},${100 * i},${i % 7},${i % 2 ? "x" : "y"}`).join("\n")}`;
    const state = changed(initialState, { data: "table" });
    const { training, validation } = makeTable(state, table);
    expect([training.width, training.classes, training.labels.length, validation.labels.length]).toEqual([
      3,
      ["x", "y"],
      24,
      6,
    ]);
    expect(describeNetwork(state, training).layers[0]?.kind).toBe("standardize");
    expect(() => makeTable(state, "a,b\n1,2,3\n")).toThrow(/^table: .*cells/);
    expect(() => makeTable(state, "a,b\n1,0.5\n2,1.5\n")).toThrow(/expected a last column of classes/);
    expect(() => makeExamples(changed(initialState, { data: "drawn" }))).toThrow(/at least 4 points/);
  });

  it("of many features lie in the plane of largest variance", () => {
    // Points along (1, 2, 2)/3 with a little of (2, 1, −2)/3, which is orthogonal to it.
    const at = (i: number) => [(i - 50) / 10, ((i * 37) % 100) / 100 - 0.5] as const;
    const values = Float64Array.from({ length: 300 }, (_, k) => {
      const [s, t] = at(Math.floor(k / 3));
      return (s * ([1, 2, 2][k % 3] as number) + t * ([2, 1, -2][k % 3] as number)) / 3;
    });
    const plane = principalPlane([values], 3);
    const [first] = plane.axes;
    expect(Math.abs(first.reduce((sum, x, k) => sum + (x * ([1, 2, 2][k] as number)) / 3, 0))).toBeGreaterThan(0.999);
    const points = project(values, plane);
    const spread = (k: number) => points.reduce((sum, v, i) => sum + (i % 2 === k ? v * v : 0), 0);
    expect(spread(0)).toBeGreaterThan(20 * spread(1));
    expect(principalPlane([values], 3, plane).axes[0]).toEqual(expect.anything());
  });
});

describe("a drawing becomes an image of the set", () => {
  /** A bar of ink from (x, y), on paper of another grey. */
  const bar = (x: number, y: number, w: number, h: number, ink = 0, paper = 255) => {
    const data = new Uint8Array(4 * 100 * 100);
    for (let k = 0; k < 100 * 100; k++) {
      const inside = k % 100 >= x && k % 100 < x + w && k >= 100 * y && k < 100 * (y + h);
      data.set([...Array(3).fill(inside ? ink : paper), 255], 4 * k);
    }
    return { width: 100, height: 100, data };
  };
  const moments = (image: Uint8Array) => {
    const mass = image.reduce((sum, v) => sum + v, 0);
    const mean = (of: (k: number) => number) => image.reduce((sum, v, k) => sum + v * (of(k) + 0.5), 0) / mass;
    return { x: mean((k) => k % 28), y: mean((k) => Math.floor(k / 28)), mass };
  };

  it.each(["mnist", "fashion-mnist"] as const)("of %s: in its middle, wherever and however large it was", (set) => {
    const image = asImage(bar(10, 20, 12, 40), set);
    const { x, y } = moments(image);
    expect([Math.abs(x - 14), Math.abs(y - 14)].every((d) => d <= 0.5)).toBe(true);
    expect(asImage(bar(70, 50, 12, 40), set)).toEqual(image);
    expect(asImage(bar(5, 3, 24, 80), set)).toEqual(image);
    expect(asImage(bar(10, 20, 12, 40, 255, 0), set)).toEqual(image);
    expect(image.filter((v) => v === 255).length).toBe(set === "mnist" ? 6 * 20 : 8 * 28);
    expect(asImage(bar(0, 0, 0, 0), set)).toEqual(new Uint8Array(784));
  });

  it("of MNIST: by its centre of mass, not by its box", () => {
    const heavyFoot = bar(20, 20, 10, 40);
    for (let k = 0; k < 30 * 10; k++)
      heavyFoot.data.set([0, 0, 0], 4 * (100 * (50 + Math.floor(k / 30)) + 20 + (k % 30)));
    const { x, y } = moments(asImage(heavyFoot, "mnist"));
    expect(Math.max(Math.abs(x - 14), Math.abs(y - 14))).toBeLessThanOrEqual(0.5);
  });
});

describe("numbers to keep", () => {
  it("nested ones become two columns, and come back from the CSV", () => {
    const numbers = { order: 2, losses: [0.5, 0.25], at: { "a,b": new Float64Array([1]), 'say "x"': null } };
    const columns = flattened(numbers);
    expect(columns).toEqual({
      name: ["order", "losses.0", "losses.1", "at.a,b.0", 'at.say "x"'],
      value: ["2", "0.5", "0.25", "1", "null"],
    });
    const rows: string[][] = [];
    visitRows(csv(columns), ",", (cells) => rows.push(cells));
    expect(rows).toEqual([["name", "value"], ...columns.name.map((name, k) => [name, columns.value[k]])]);
  });
});

describe("an engine that cannot", () => {
  it("is told apart: without wasm, forbidden, without SIMD", () => {
    expect(engineProblem()).toBeUndefined();
    expect(engineProblem(null as never)).toMatch(/no WebAssembly/);
    const forbidden = class {
      constructor() {
        throw new Error("Content Security Policy");
      }
    };
    expect(engineProblem({ Module: forbidden } as never)).toMatch(/policy forbids.*wasm-unsafe-eval/);
    expect(engineProblem({ Module: WebAssembly.Module, validate: () => false } as never)).toMatch(/no SIMD/);
  });
});
