import { beforeAll, describe, expect, it } from "vitest";
import { toOnnx } from "../../src/formats.ts";
import { createModel, leastSquares, type Network } from "../../src/index.ts";
import { deviation } from "../support/agreement.ts";
import { symmetric } from "../support/draws.ts";
import { adaptiveSubject, exportSubjects, setStatistics } from "../support/exportSubjects.ts";
import { peer } from "./peer.ts";

/** The part of onnxruntime-web that is used here. */
interface Runtime {
  readonly env: { readonly wasm: { numThreads: number }; logLevel: string };
  readonly InferenceSession: { create(bytes: Uint8Array, options?: object): Promise<Session> };
  readonly Tensor: new (type: string, values: Float32Array | Float64Array, shape: readonly number[]) => unknown;
}
interface Session {
  run(inputs: object): Promise<Record<string, { readonly data: Float32Array; readonly dims: readonly number[] }>>;
  release(): Promise<void>;
}

let runtime: Runtime;
beforeAll(async () => {
  runtime = (await peer("onnxruntime-web")) as Runtime;
  runtime.env.wasm.numThreads = 1;
});

const shapeOf = ({ input }: Network): readonly number[] => (typeof input === "number" ? [input] : input);

/** Largest relative deviation of onnxruntime's scores from the model's, with a fixed and another batch. */
async function deviationOf(net: Network, precision: "f32" | "f64", options = {}): Promise<number> {
  const model = await createModel(net, { precision, seed: 5, loss: leastSquares });
  model.set(symmetric(2, model.get().length, 0.7));
  setStatistics(model);
  const shape = shapeOf(net);
  const given = (rows: number) => symmetric(3, rows * shape.reduce((a, b) => a * b, 1));
  const session = await runtime.InferenceSession.create(toOnnx(model, { ...options, features: given(4) }), {
    logSeverityLevel: 3,
  });
  let worst = 0;
  for (const rows of [1, 4]) {
    const features = given(rows);
    const input = new runtime.Tensor("float32", Float32Array.from(features), [rows, ...shape]);
    const { scores } = await session.run({ features: input });
    expect(scores?.dims).toEqual([rows, model.scores(features).length / rows]);
    // With dopri5 the file has the steps of the batch of four.
    if (rows === 4 || net !== adaptiveSubject.network) {
      worst = Math.max(worst, deviation(scores?.data as Float32Array, model.scores(features)));
    }
  }
  await session.release();
  model.dispose();
  return worst;
}

describe("onnxruntime-web computes the model's scores to 1e-5", () => {
  it.each([...exportSubjects, adaptiveSubject])("$name", async ({ network }) => {
    expect(await deviationOf(network, "f32")).toBeLessThan(1e-5);
  });
});
