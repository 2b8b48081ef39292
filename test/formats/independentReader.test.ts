import { expect, it } from "vitest";
import { createModel, resNet } from "../../src/index.ts";

/** safetensors as its description says, and nothing of ours: a length, JSON, numbers. */
function readIndependently(file: Uint8Array) {
  const view = new DataView(file.buffer, file.byteOffset, file.byteLength);
  const length = view.getUint32(0, true) + 2 ** 32 * view.getUint32(4, true);
  const header = JSON.parse(Buffer.from(file.subarray(8, 8 + length)).toString("utf8"));
  const tensors = new Map<string, { shape: number[]; values: number[] }>();
  let used = 0;
  for (const [name, entry] of Object.entries<{ dtype: string; shape: number[]; data_offsets: [number, number] }>(
    header,
  )) {
    if (name === "__metadata__") continue;
    const [begin, end] = entry.data_offsets;
    const size = entry.dtype === "F32" ? 4 : 8;
    const values: number[] = [];
    for (let at = 8 + length + begin; at < 8 + length + end; at += size) {
      values.push(size === 4 ? view.getFloat32(at, true) : view.getFloat64(at, true));
    }
    expect(values).toHaveLength(entry.shape.reduce((a, b) => a * b, 1));
    used += end - begin;
    tensors.set(name, { shape: entry.shape, values });
  }
  expect(8 + length + used).toBe(file.length);
  return tensors;
}

it.each(["f32", "f64"] as const)("another reader finds the parameters of a saved model, %s", async (precision) => {
  const model = await createModel(resNet({ input: 2, outputs: 3, width: 5, steps: 3 }), { precision });
  const tensors = readIndependently(model.toBytes());
  expect([...tensors].map(([name, { shape }]) => ({ name, shape }))).toEqual(model.parameters);
  for (const { name } of model.parameters) expect(tensors.get(name)?.values).toEqual(Array.from(model.get(name)));
  model.dispose();
});
