import { describe, expect, it } from "vitest";
import { parametersOf } from "../reference/network.ts";
import { inner } from "../support/adjoint.ts";
import { expectAgreement, tolerances } from "../support/agreement.ts";
import { along } from "../support/draws.ts";
import { surface } from "../support/families.ts";
import { type Arrays, activationSamples, type DenseCase, denseCases, denseFiles } from "../support/fixtures.ts";
import { lossFrom, modelFrom, networkFrom, type Precision, type TestedModel } from "../support/surface.ts";

/** Files whose methods the package does not have yet: taking a name away is all it needs to join. */
const pending = new Set<string>([]);

const precisions = ["f64", "f32"] as const;
const DEEP = 8; // steps; beyond them float32 gradients have the looser bound

function tolerancesOf({ arch, depth }: DenseCase, precision: Precision) {
  const { values, derivatives, deep, implicit } = tolerances[precision];
  if (arch === "implicit_midpoint") return { values: implicit, derivatives: implicit };
  return { values, derivatives: depth > DEEP ? deep : derivatives };
}

/** The arrays of a vector laid out like theta, in the order the model states. */
function arraysOf(model: TestedModel, vector: ArrayLike<number>): Arrays {
  const flat = Array.from(vector);
  let from = 0;
  return new Map(
    model.parameters.map(({ name, shape }) => {
      const size = shape.reduce((product, extent) => product * extent, 1);
      from += size;
      return [name, flat.slice(from - size, from)];
    }),
  );
}

/** Arrays by name as one vector laid out like theta. */
const vectorOf = (model: TestedModel, arrays: Arrays) => model.parameters.flatMap(({ name }) => arrays.get(name) ?? []);

function expectArrays(what: string, actual: Arrays, expected: Arrays, tolerance: number): void {
  for (const [name, values] of expected) {
    expectAgreement(`${what} ${name}`, actual.get(name) ?? [], values, tolerance);
  }
}

async function load(of: DenseCase, part: "network" | "propagation", loss: DenseCase["loss"], precision: Precision) {
  const model = await modelFrom(surface, networkFrom(surface, of[part]), lossFrom(surface, loss), precision);
  for (const { name } of model.parameters) model.set(name, of.parameters.get(name) ?? []);
  return model;
}

describe.each(precisions)("fixtures in %s", (precision) => {
  describe.each(denseFiles)("dense_%s", (file) => {
    const cases = denseCases(file);

    it.skipIf(pending.has(file)).each(cases)("$name: scores, loss, gradients", async (given) => {
      const { network, loss, features, labels, expected } = given;
      const { values, derivatives } = tolerancesOf(given, precision);
      const model = await load(given, "network", loss, precision);
      const shapes = model.parameters.map(({ name, shape }) => ({ name, shape: [...shape] }));
      expect(shapes).toEqual(parametersOf(network));
      expectAgreement("scores", model.scores(features), expected.scores, values);
      const { value, gradient } = model.gradient({ features, labels });
      expectAgreement("loss", [value, model.value({ features, labels })], [expected.loss, expected.loss], values);
      expectArrays("gradient", arraysOf(model, gradient), expected.gradient, derivatives);
      expectAgreement("input gradient", model.inputGradient({ features, labels }), expected.inputGradient, derivatives);
      model.dispose();
    });

    it.skipIf(pending.has(file)).each(cases)("$name: Jacobian and adjoint products", async (given) => {
      const { features, direction, featureDirection, expected } = given;
      const { values, derivatives } = tolerancesOf(given, precision);
      const model = await load(given, "propagation", { kind: "leastSquares", reduction: "sum" }, precision);
      const Y = model.scores(features);
      expectAgreement("Y_N", Y, expected.features, values);
      const Jv = model.jacobianVector(features, vectorOf(model, direction));
      expectAgreement("dY_N (dK, db)", Jv, expected.jvp, derivatives);
      const u = along(expected.jvp, 1, expected.featureJvp);
      expectArrays("adjoint", arraysOf(model, model.vectorJacobian(features, u)), expected.adjoint, derivatives);

      // ½ ‖Y − (Y − u)‖² has the gradient u with respect to Y, so its input gradient is Jᵀ u.
      const pulledBack = (seed: readonly number[]) => model.inputGradient({ features, labels: along(Y, -1, seed) });
      expectAgreement("adjoint Y_0", pulledBack(u), expected.featureAdjoint, derivatives);
      const { featureJvp } = expected;
      const square = [inner(featureJvp, featureJvp)];
      expectAgreement("dY_N dY_0", [inner(featureDirection, pulledBack(featureJvp))], square, derivatives);
      model.dispose();
    });

    it.skipIf(pending.has(file)).for(cases)("$name: Gauss-Newton product", async (given, context) => {
      const { loss, features, labels, direction, expected } = given;
      const model = await load(given, "network", loss, precision);
      const product = model.gaussNewton?.({ features, labels }, vectorOf(model, direction));
      const arrays = product && arraysOf(model, product);
      model.dispose();
      if (!arrays) return context.skip("gaussNewton comes with the second-order methods");
      expectArrays("Gauss-Newton", arrays, expected.gaussNewton, tolerancesOf(given, precision).derivatives);
    });
  });

  it.each(activationSamples())("activation $name: σ and σ' at the sampled points", async ({ name, x, y, dy }) => {
    const network = { input: 1, layers: [{ kind: "dense", units: 1, activation: name }] } as const;
    const loss = lossFrom(surface, { kind: "leastSquares" });
    const model = await modelFrom(surface, networkFrom(surface, network), loss, precision);
    model.set("0.K", [1]);
    model.set("0.b", [0]);
    expectAgreement("σ", model.scores(x), y, tolerances[precision].values);
    expectAgreement("σ'", model.jacobianVector(x, [0, 1]), dy, tolerances[precision].derivatives); // along the bias
    model.dispose();
  });
});
