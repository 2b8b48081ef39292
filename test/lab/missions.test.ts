import { describe, expect, it } from "vitest";
import { describeNetwork } from "../../src/lab/compute/describe.ts";
import { endurance } from "../../src/lab/compute/endurance.ts";
import { makeExamples } from "../../src/lab/compute/examples.ts";
import { insideOf } from "../../src/lab/compute/inside.ts";
import { view } from "../../src/lab/compute/view.ts";
import { type Mission, missionOf, missions, type Seen } from "../../src/lab/missions/missions.ts";
import { routeOf } from "../../src/lab/route.ts";
import { changed, type State, stateFrom } from "../../src/lab/state.ts";
import { dataFor } from "../../src/lab/targets.ts";
import { adam } from "../../src/optimizers/index.ts";
import { createModel } from "../../src/training/index.ts";

/** What the page sees of a network, after some epochs. */
async function seenOf(state: State, epochs = 0, depth = false): Promise<Seen> {
  const parts = makeExamples(state);
  const model = await createModel(describeNetwork(state, parts.training), { seed: state.seed });
  const { learningRate, batchSize, seed, loss } = state;
  const options = { optimizer: adam({ learningRate }), batchSize, seed, epochs };
  if (epochs > 0) await model.fit(dataFor(parts.training, loss), options);
  const seen = view(model, parts, loss);
  const inside = depth ? insideOf(model, parts.training, loss) : undefined;
  model.dispose();
  return { state, view: seen, inside };
}

/** With fewer examples than the page has, for the test's sake. */
const startOf = (mission: Mission): State => ({ ...stateFrom(routeOf(mission.start).text), examples: 200 });

describe("missions", () => {
  it("begin where the page can begin, and name themselves", () => {
    for (const { name, start, hints } of missions) {
      expect(new URLSearchParams(routeOf(start).text).get("mission")).toBe(name);
      expect(hints.length).toBeGreaterThan(1);
    }
    expect(missionOf("constructor")).toBeUndefined();
  });

  it.each([
    ["blow-up", [{ steps: 8 }, { steps: 64 }], 0],
    ["four-steps", [{ dynamics: "hamiltonian", integrator: "verlet", width: 8, finalTime: 4 }], 150],
    [
      "gradient",
      [
        { finalTime: 40, steps: 160 },
        { dynamics: "hamiltonian", integrator: "verlet" },
      ],
      0,
    ],
  ] as const)("%s is not solved at its start, and is by its hints", async (name, changes, epochs) => {
    const mission = missionOf(name);
    if (!mission) throw new Error("no such mission");
    let state = startOf(mission);
    let before = state;
    for (const [k, goal] of mission.goals.entries()) {
      expect({ k, reached: goal.reached(await seenOf(state, 0, name === "gradient"), before) }).toEqual({
        k,
        reached: false,
      });
      state = changed(state, changes[k] ?? {});
      const seen = await seenOf(state, epochs, name === "gradient");
      expect({ k, measured: goal.measured(seen), reached: goal.reached(seen, before) }).toMatchObject({
        reached: true,
      });
      before = state;
    }
  });

  it("the repair of the first must change the steps alone", async () => {
    const [, repair] = missionOf("blow-up")?.goals ?? [];
    const blown = changed(startOf(missions[0] as Mission), { steps: 8 });
    const other = await seenOf(changed(blown, { steps: 64, activation: "tanh" }));
    expect(repair?.reached(other, blown)).toBe(false);
  });

  it("only a method that keeps the norm keeps it for 10⁵ steps", () => {
    const left = (name: Parameters<typeof endurance>[0], h: number) => endurance(name, h, 100_000) ** 2;
    expect(Math.abs(left("implicitMidpoint", 0.5) - 1)).toBeLessThan(1e-9);
    expect(left("euler", 0.5)).toBe(Number.POSITIVE_INFINITY);
    expect(left("rk4", 0.5)).toBeLessThan(1e-3);
    expect(left("heun", 0.5)).toBeGreaterThan(10);
  });
});
