import { describe, expect, it } from "vitest";
import { describeNetwork } from "../../src/lab/compute/describe.ts";
import { makeExamples } from "../../src/lab/compute/examples.ts";
import { refine } from "../../src/lab/compute/refine.ts";
import { advance, leave } from "../../src/lab/compute/stepping.ts";
import { view } from "../../src/lab/compute/view.ts";
import { Past } from "../../src/lab/session/past.ts";
import { changed, initialState, type State } from "../../src/lab/state.ts";
import { dataFor } from "../../src/lab/targets.ts";
import { losses } from "../../src/losses/index.ts";
import { adam } from "../../src/optimizers/index.ts";
import { createModel, type TrainableModel } from "../../src/training/index.ts";

const small = (changes: Partial<State>): State =>
  changed(initialState, { examples: 50, width: 4, steps: 3, batchSize: 16, ...changes });

async function opened(state: State) {
  const parts = makeExamples(state);
  return { parts, model: await createModel(describeNetwork(state, parts.training), { seed: state.seed }) };
}

const sameBits = (a: TrainableModel, b: TrainableModel) => expect(a.get()).toEqual(b.get());

describe("a run a few steps at a time", () => {
  it("has the bits of a whole one, across a change of pace", async () => {
    const state = small({});
    const { parts, model } = await opened(state);
    const other = await opened(state);
    const options = { optimizer: adam({ learningRate: state.learningRate }), batchSize: 16, seed: state.seed };
    await other.model.fit(dataFor(parts.training, state.loss), { ...options, epochs: 4 }); // 40 examples: three steps an epoch

    for (const count of [1, 2, 2]) advance(model, parts.training, state, 1, count);
    const told = advance(model, parts.training, state, 1, 0);
    expect([told.epoch, told.iteration]).toEqual([1, 5]);
    const bytes = leave(1);
    expect(bytes).toBeInstanceOf(Uint8Array);
    const { values, epoch, epochEnded } = advance(model, parts.training, state, 2, 7, bytes);
    expect([values.length, epoch, epochEnded]).toEqual([7, 3, true]);
    leave(2);
    sameBits(model, other.model);
    expect(leave(3)).toBeUndefined();
  });

  it("says when it diverges, and leaves finite weights", async () => {
    const state = small({
      dynamics: "layerField",
      integrator: "euler",
      activation: "relu",
      finalTime: 1000,
      steps: 60,
    });
    const { parts, model } = await opened(state);
    const { over } = advance(model, parts.training, state, 4, 50);
    expect(over).toBe("diverged");
    expect(Array.from(model.get()).every(Number.isFinite)).toBe(true);
    expect(leave(4)).toBeUndefined();
  });
});

describe("the past", () => {
  it("keeps the first moment and the order, in bounded room, at intervals that are about equal", () => {
    const past = new Past();
    for (let step = 0; step < 5000; step++) past.add({ step, epoch: 0, theta: [step] });
    const steps = past.moments.map((moment) => moment.step);
    expect(steps[0]).toBe(0);
    expect(steps.length).toBeLessThanOrEqual(60);
    expect(steps.length).toBeGreaterThan(25);
    const gaps = steps.slice(1).map((step, k) => step - (steps[k] ?? 0));
    expect(Math.min(...gaps)).toBeGreaterThan(0);
    expect(Math.max(...gaps)).toBeLessThanOrEqual(2 * Math.min(...gaps));
  });
});

describe("a finer grid", () => {
  it.each(["perStep", "nodal", "halfSteps", "constant"] as const)("keeps θ(t): %s", async (weights) => {
    const state = small({ dynamics: "layerField", integrator: "heun", weights, steps: 4 });
    const { parts, model } = await opened(state);
    const scores = async (steps: number) => {
      let [coarse, n] = [model, 4];
      while (n < steps) {
        n *= 2;
        const finer = await createModel(describeNetwork({ ...state, steps: n }, parts.training));
        refine(coarse, finer);
        coarse = finer;
      }
      return coarse.scores(parts.training.features);
    };
    const [a, b, c] = [await scores(16), await scores(32), await scores(64)];
    const apart = (x: ArrayLike<number>, y: ArrayLike<number>) =>
      Math.max(...Array.from(x, (v, k) => Math.abs(v - (y[k] ?? Number.NaN))));
    // The scores converge: every halving of h brings them nearer.
    expect(apart(b, c)).toBeLessThan(0.6 * apart(a, b) + 1e-6);
  });
});

describe("what is seen of the features", () => {
  it("the line has an example on the side of the class that the model gives it", async () => {
    for (const loss of ["softmaxCrossEntropy", "logistic"] as const) {
      const state = small({ data: "circles", loss });
      const parts = makeExamples(state);
      const model = await createModel(describeNetwork(state, parts.training), { loss: losses[loss]() });
      const { features } = view(model, parts, loss);
      const [a, b, c] = features?.line ?? [0, 0, 0];
      const last = features?.points[features.points.length - 1] ?? [];
      const scores = model.scores(parts.training.features);
      features?.sides?.forEach((side, i) => {
        const s =
          scores.length === parts.training.labels.length
            ? (scores[i] ?? 0)
            : (scores[2 * i + 1] ?? 0) - (scores[2 * i] ?? 0);
        expect(side).toBe(s > 0 ? 1 : 0);
        const inPlane = a * (last[2 * i] ?? 0) + b * (last[2 * i + 1] ?? 0) + c;
        expect(Math.abs(inPlane - s)).toBeLessThan(1e-4 * (1 + Math.abs(s)));
      });
      expect(features?.sides?.length).toBe(40);
      model.dispose();
    }
  });
});
