/** The energies of the dynamics and their laws, on the library's own trajectories. Σ = log cosh, Σ' = tanh. */
import { describe, expect, it } from "vitest";
import { numbers } from "../reference/arithmetic.ts";
import { matrix, product, transpose } from "../reference/vectors.ts";
import type { WeightsInTime } from "../reference/weights.ts";
import { norm } from "../support/agreement.ts";
import { symmetric } from "../support/draws.ts";
import { pairs } from "../support/families.ts";
import { odeModel, type Pair, steppers, using } from "../support/odeModels.ts";

type Row = readonly number[];

const WIDTH = 4;
const y0 = [0.8, -0.5, 0.3, 0.9];

const logCosh = (x: number) => Math.abs(x) + Math.log1p(Math.exp(-2 * Math.abs(x))) - Math.LN2;
const sum = (values: Row) => values.reduce((total, value) => total + value, 0);
const add = (x: Row, c: number, y: Row): number[] => x.map((value, i) => value + c * (y[i] as number));
const apply = (K: readonly Row[], y: Row, b?: Row): number[] =>
  product(numbers, K, y).map((value, i) => value + (b?.[i] ?? 0));
/** 1ᵀΣ(K y + b). */
const potential = (K: readonly Row[], y: Row, b: Row) => sum(apply(K, y, b).map(logCosh));

interface Path {
  readonly y: readonly Row[];
  readonly h: number;
  get(letter: string): number[];
}

/** y_0 … y_N with constant weights. */
function path(pair: Pair, steps: number, h: number, dynamics: object = {}, scale = 0.5): Promise<Path> {
  const options = { steps, stepSize: h, weights: "constant" };
  return using(odeModel(pair, { width: WIDTH, dynamics, options }), (model) => {
    model.set(symmetric(12, model.get().length, scale));
    const get = new Map(model.parameters.map(({ name }) => [name.split(".")[1], Array.from(model.get(name))]));
    const y = (model.states(y0)[0]?.values ?? []).map((values) => Array.from(values));
    return { y, h, get: (letter) => get.get(letter) ?? [] };
  });
}

/** E along a path, second variables as the method has them: z at half a step early, the velocity as a difference. */
const energies: Readonly<Record<string, { integrator: string; along(path: Path): number[] }>> = {
  hamiltonian: {
    integrator: "verlet",
    along({ y, h, get }) {
      const [K, b] = [matrix(get("K"), WIDTH), get("b")];
      let z: Row = y0.map(() => 0);
      return y.map((now) => {
        const E = potential(K, z, b) + potential(transpose(K), now, b);
        z = add(z, -h, apply(transpose(K), now, b).map(Math.tanh));
        return E;
      });
    },
  },
  doubleHamiltonian: {
    integrator: "verlet",
    along({ y, get }) {
      const [K1, K2] = [matrix(get("K1"), WIDTH / 2), matrix(get("K2"), WIDTH / 2)];
      return y.map(
        (now) => potential(K1, now.slice(WIDTH / 2), get("b1")) + potential(K2, now.slice(0, WIDTH / 2), get("b2")),
      );
    },
  },
  secondOrder: {
    integrator: "leapfrog",
    along({ y, h, get }) {
      const [K, b] = [matrix(get("K"), WIDTH), get("b")];
      return y.map((now, j) => {
        const velocity = add(now, -1, y[j - 1] ?? now).map((d) => d / h);
        return 0.5 * norm(velocity) ** 2 + potential(K, now, b);
      });
    },
  },
};

describe.each(Object.entries(energies))("%s keeps its energy nearly, for ever", (kind, { integrator, along }) => {
  const pair = { kind, integrator };

  it("max |E − E₀| / E₀ falls in proportion to h", async () => {
    const worst = async (h: number) => {
      const E = along(await path(pair, Math.round(40 / h), h));
      return Math.max(...E.map((e) => Math.abs(e / (E[0] as number) - 1)));
    };
    const errors = [await worst(0.1), await worst(0.05), await worst(0.025)];
    for (const [k, error] of errors.slice(1).entries()) {
      const ratio = (errors[k] as number) / error;
      expect(ratio, `errors ${errors}`).toBeGreaterThan(1.8);
      expect(ratio, `errors ${errors}`).toBeLessThan(2.25);
    }
  });

  it("the last 1,000 of 10,000 steps have the mean of the first 1,000 to 1 %", async () => {
    const E = along(await path(pair, 10_000, 0.5)); // h ‖K‖ < 1
    const mean = (values: Row) => sum(values) / values.length;
    expect(Math.abs(mean(E.slice(-1000)) / mean(E.slice(0, 1000)) - 1)).toBeLessThan(0.01);
  });
});

describe("antisymmetric", () => {
  const matrixA = (K: Row): Row[] => {
    const rows = matrix(K, WIDTH);
    return rows.map((row, i) => row.map((value, j) => value - ((rows[j] as Row)[i] as number)));
  };

  it.each([0.01, 0.3, 1, 10])("with Euler E never decreases, h = %d", async (h) => {
    const { y, get } = await path({ kind: "antisymmetric", integrator: "euler" }, 200, h, {}, 1);
    const E = y.map((now) => potential(matrixA(get("K")), now, get("b")));
    E.slice(1).forEach((e, j) => {
      expect(e).toBeGreaterThanOrEqual((E[j] as number) * (1 - 1e-13));
    });
    expect(E.at(-1)).toBeGreaterThan(E[0] as number);
  });

  const implicit = { kind: "antisymmetric", integrator: "implicitMidpoint" };

  it.each(["perStep", "constant", "nodal", "halfSteps"] as const)(
    "keeps ‖y‖ with the implicit midpoint rule, identity, no bias, %s weights",
    async (weights: WeightsInTime) => {
      for (const finalTime of [5, 100, 1000]) {
        const options = { steps: 50, finalTime, weights };
        const dynamics = { activation: "identity", bias: false };
        await using(odeModel(implicit, { width: WIDTH, dynamics, options }), (model) => {
          model.set(symmetric(13, model.get().length));
          for (const y of model.states(y0)[0]?.values ?? []) {
            expect(Math.abs(norm(y) / norm(y0) - 1), `T = ${finalTime}`).toBeLessThan(1e-12);
          }
        });
      }
    },
  );

  it.each([0.1, 2, 20])("keeps ‖A y + b‖ with the implicit midpoint rule, identity, h = %d", async (h) => {
    const { y, get } = await path(implicit, 100, h, { activation: "identity" }, 1);
    const A = matrixA(get("K"));
    const size = y.map((now) => norm(apply(A, now, get("b"))));
    for (const s of size) expect(Math.abs(s / (size[0] as number) - 1)).toBeLessThan(1e-12);
  });
});

/** For small h a step follows the flow downhill; methods of several steps have oscillations of their own. */
const oneStep = pairs.filter(({ kind, integrator }) => kind === "parabolic" && steppers[integrator]?.stabilityFunction);

describe.each(oneStep)("parabolic with $integrator", (pair) => {
  it.each([0.01, 0.1])("never gains energy, h = %d", async (h) => {
    const { y, get } = await path(pair, 300, h, {}, 1);
    const E = y.map((now) => potential(matrix(get("K"), WIDTH), now, get("b")));
    E.slice(1).forEach((e, j) => {
      expect(e).toBeLessThanOrEqual((E[j] as number) * (1 + 1e-14));
    });
    expect(E.at(-1)).toBeLessThan(E[0] as number);
  });
});
