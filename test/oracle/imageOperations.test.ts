/** Every operation on images against conv_ops.json: values and the gradients of all inputs. */
import { describe, expect, it } from "vitest";
import {
  adaptiveAveragePool2d,
  averagePool2d,
  conv2d,
  convTranspose2d,
  createModel,
  globalAveragePool2d,
  instanceNorm,
  type Layer,
  leastSquares,
  localResponseNorm,
  maxPool2d,
  network,
} from "../../src/index.ts";
import { expectAgreement } from "../support/agreement.ts";
import { imageOperation, operationNames } from "../support/convFixtures.ts";

interface Case {
  readonly layer: Layer;
  /** Which parameter each input of the file is. */
  readonly letters: Readonly<Record<string, string>>;
}

const affine = { w: "K", b: "b" };
const parameterless = {};

const cases: Readonly<Record<string, Case>> = {
  conv3x3_p1: { layer: conv2d(3), letters: affine },
  conv3x3_s2_p1: { layer: conv2d(3, { stride: 2, padding: 1 }), letters: affine },
  conv5x5_p0: { layer: conv2d(2, { size: 5, padding: "valid" }), letters: affine },
  conv5x5_s4_p2: { layer: conv2d(2, { size: 5, stride: 4 }), letters: affine },
  conv1x1_s2: { layer: conv2d(4, { size: 1, stride: 2 }), letters: affine },
  conv3x3_groups2: { layer: conv2d(4, { groups: 2 }), letters: affine },
  conv_transpose3x3_s2_p1_op1: {
    layer: convTranspose2d(3, { stride: 2, padding: 1, outputPadding: 1 }),
    letters: affine,
  },
  maxpool2_s2: { layer: maxPool2d(), letters: parameterless },
  maxpool3_s2: { layer: maxPool2d({ size: 3, stride: 2 }), letters: parameterless },
  maxpool3_s2_odd: { layer: maxPool2d({ size: 3, stride: 2 }), letters: parameterless },
  avgpool2_s2: { layer: averagePool2d(), letters: parameterless },
  avgpool3_s2_p1: { layer: averagePool2d({ size: 3, stride: 2, padding: 1 }), letters: parameterless },
  globalavgpool: { layer: globalAveragePool2d(), letters: parameterless },
  instancenorm: { layer: instanceNorm(), letters: { g: "scale", b: "shift" } },
  lrn_paper: { layer: localResponseNorm({ alpha: 0.5 }), letters: parameterless },
  lrn_torch: { layer: localResponseNorm({ alpha: 0.5, divide: true }), letters: parameterless },
  adaptive_avgpool_7to3: { layer: adaptiveAveragePool2d(3), letters: parameterless },
};

/** Operations that the package does not have yet. */
const pending = ["batchnorm_train", "batchnorm_eval"];

it("every operation of the file has a case, or is pending", () => {
  expect([...Object.keys(cases), ...pending].sort()).toEqual([...operationNames].sort());
});

describe.each(Object.entries(cases))("%s", (name, { layer, letters }) => {
  const operation = imageOperation(name, letters);

  it.each([
    ["f64", 1e-11],
    ["f32", 1e-4],
  ] as const)("%s within %d", async (precision, tolerance) => {
    const net = network({ input: operation.input, layers: [layer] });
    const model = await createModel(net, { precision, loss: leastSquares({ reduction: "sum" }) });
    for (const { name, values } of operation.parameters) model.set(name, values);
    const { features, cotangent } = operation;
    const scores = model.scores(features);
    expectAgreement("scores", scores, operation.scores, tolerance);
    // ½‖S − C‖² with C = S − u has the gradient u in S.
    const labels = Array.from(scores, (s, i) => s - (cotangent[i] as number));
    expectAgreement("input gradient", model.inputGradient({ features, labels }), operation.inputGradient, tolerance);
    const { gradient } = model.gradient({ features, labels });
    const adjoint = model.vectorJacobian(features, cotangent);
    let at = 0;
    for (const { name, values, gradient: expected } of operation.parameters) {
      expectAgreement(name, gradient.slice(at, at + values.length), expected, tolerance);
      expectAgreement(`${name}, adjoint`, adjoint.slice(at, at + values.length), expected, tolerance);
      at += values.length;
    }
    expect(at).toBe(gradient.length);
    model.dispose();
  });
});
