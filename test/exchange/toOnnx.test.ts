import { describe, expect, it } from "vitest";
import { readOnnx } from "../../src/formats/onnx.ts";
import { toOnnx } from "../../src/formats.ts";
import {
  antisymmetric,
  createModel,
  implicitMidpoint,
  leastSquares,
  linear,
  type Network,
  network,
  ode,
  resNet,
} from "../../src/index.ts";
import { deviation } from "../support/agreement.ts";
import { symmetric } from "../support/draws.ts";
import { adaptiveSubject, exportSubjects, setStatistics } from "../support/exportSubjects.ts";
import { evaluateOnnx } from "../support/onnxEvaluator.ts";

const featuresOf = ({ input }: Network, rows: number) =>
  symmetric(3, rows * (typeof input === "number" ? input : input.reduce((a, b) => a * b, 1)));

async function modelOf(net: Network) {
  const model = await createModel(net, { precision: "f64", loss: leastSquares });
  model.set(symmetric(2, model.get().length, 0.7));
  setStatistics(model);
  return model;
}

describe("the graph computes the scores of", () => {
  it.each([...exportSubjects, adaptiveSubject])("$name", async ({ name, network: net }) => {
    // ε is an attribute, which ONNX has in single precision only.
    const tolerance = /norm/i.test(name) ? 1e-8 : 1e-12;
    const rows = Array.isArray(net.input) ? 1 : 3;
    const model = await modelOf(net);
    const features = featuresOf(net, rows);
    const file = readOnnx(toOnnx(model, { precision: "f64", features }));
    expect(deviation(evaluateOnnx(file, features, rows), model.scores(features))).toBeLessThan(tolerance);
    model.dispose();
  });
});

describe("the file", () => {
  it("has opset 17, ports with a free number of examples, and parameters by their names", async () => {
    const model = await modelOf(resNet({ input: 2, outputs: 3, width: 4, steps: 2 }));
    const file = readOnnx(toOnnx(model));
    expect(file.opset).toBe(17);
    expect(file.inputs).toEqual([{ name: "features", shape: ["batch", 2], type: "f32" }]);
    expect(file.outputs).toEqual([{ name: "scores", shape: ["batch", 3], type: "f32" }]);
    const K = file.initializers.find(({ name }) => name === "1.K.1");
    expect(K).toEqual({ name: "1.K.1", shape: [4, 4], values: Float32Array.from(model.get("1.K").slice(16)) });
    // One node a layer and activation: the products add their biases.
    const operations = file.nodes.map(({ operation }) => operation);
    expect(operations.filter((name) => name === "Gemm")).toHaveLength(4);
    expect(operations.filter((name) => name === "Tanh")).toHaveLength(3);
    expect(JSON.parse(file.metadata.get("network") as string)).toEqual(JSON.parse(JSON.stringify(model.network)));
    model.dispose();
  });

  it("lists every node after those that it reads", async () => {
    for (const { network: net } of exportSubjects.slice(0, 60)) {
      const model = await modelOf(net);
      const { nodes, initializers, inputs } = readOnnx(toOnnx(model));
      const known = new Set([...initializers, ...inputs].map(({ name }) => name));
      for (const node of nodes) {
        expect(node.inputs.filter((name) => !known.has(name))).toEqual([]);
        for (const name of node.outputs) {
          expect(known.has(name)).toBe(false);
          known.add(name);
        }
      }
      model.dispose();
    }
  });
});

describe("what a file cannot say is refused", () => {
  it("steps that solve equations", async () => {
    const model = await modelOf(
      network({ input: 4, layers: [ode(antisymmetric(), implicitMidpoint, { steps: 2 }), linear(2)] }),
    );
    expect(() => toOnnx(model)).toThrow(/^toOnnx: expected operations that ONNX can express, got implicitMidpoint/);
    expect(model.scores([1, 2, 3, 4])).toHaveLength(2);
    model.dispose();
  });

  it("steps that depend on the examples, without examples", async () => {
    const model = await modelOf(adaptiveSubject.network);
    expect(() => toOnnx(model)).toThrow(/^toOnnx: expected features to choose the steps of layer 0 \(ode\) by/);
    expect(() => toOnnx(model, { features: [1, 2, 3] })).toThrow(/^toOnnx: expected/);
    model.dispose();
    expect(() => toOnnx(model)).toThrow(/after dispose/);
  });

  it("another precision", async () => {
    const model = await modelOf(network({ input: 2, layers: [linear(1)] }));
    expect(() => toOnnx(model, { precision: "f16" as "f32" })).toThrow(
      /^toOnnx: expected precision to be one of f32, f64/,
    );
    model.dispose();
  });
});
