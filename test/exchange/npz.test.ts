import { zipSync } from "fflate";
import { describe, expect, it } from "vitest";
import { readNpy } from "../../src/data/index.ts";
import { fromNpz, readNpz, toNpz, writeNpy } from "../../src/formats.ts";
import { createModel, hamiltonianNet, leastSquares, linear, network, OdenetError, resNet } from "../../src/index.ts";
import { symmetric } from "../support/draws.ts";
import { exportSubjects } from "../support/exportSubjects.ts";

describe("npy", () => {
  it.each([[[]], [[3]], [[2, 3]], [[2, 1, 4]], [[0, 5]]])("an array of shape %j comes back", (shape) => {
    const numbers = symmetric(
      1,
      shape.reduce((a, b) => a * b, 1),
    );
    for (const values of [Float32Array.from(numbers), Float64Array.from(numbers)]) {
      const bytes = writeNpy(shape, values);
      expect(readNpy(bytes)).toEqual({ shape, values });
      expect(bytes.indexOf(0x0a) + 1).toBe(bytes.length - values.byteLength);
      expect((bytes.indexOf(0x0a) + 1) % 64).toBe(0);
    }
  });
});

describe("npz", () => {
  it.each(exportSubjects.filter((_, i) => i % 7 === 0))(
    "$name comes back as the same model",
    async ({ network: net }) => {
      const model = await createModel(net, { precision: "f64", seed: 3, loss: leastSquares });
      const loaded = await fromNpz(toNpz(model));
      expect(loaded.network).toEqual(model.network);
      expect(loaded.precision).toBe("f64");
      expect(loaded.get()).toEqual(model.get());
      for (const m of [model, loaded]) m.dispose();
    },
  );

  it("has the parameters as arrays by their names, and always the same bytes", async () => {
    const model = await createModel(resNet({ input: 2, outputs: 3, width: 4, steps: 2 }));
    const arrays = readNpz(toNpz(model));
    expect([...arrays].map(([name, { shape }]) => ({ name, shape }))).toEqual(model.parameters);
    expect(arrays.get("1.K")?.values).toEqual(model.get("1.K"));
    expect(toNpz(model)).toEqual(toNpz(model));
    model.dispose();
  });

  it("arrays without a description are parameters of a given network", async () => {
    const net = network({ input: 2, layers: [linear(2)] });
    const bytes = zipSync({
      "0.W.npy": writeNpy([2, 2], Float32Array.of(1, 2, 3, 4)),
      "0.b.npy": writeNpy([2], Float32Array.of(5, 6)),
    });
    const model = await fromNpz(bytes, { network: net });
    expect(Array.from(model.scores([1, 1]))).toEqual([8, 13]);
    await expect(fromNpz(bytes)).rejects.toThrow(
      /^fromNpz: expected odenet\.json beside the arrays, got none: pass the network/,
    );
    await expect(
      fromNpz(bytes, { network: hamiltonianNet({ input: 2, outputs: 2, width: 2, steps: 1 }) }),
    ).rejects.toThrow(/^fromNpz: expected the tensor "0\.K"/);
    model.dispose();
  });

  it.each([
    ["no zip", new Uint8Array(100), "file"],
    ["a zip that is cut short", zipSync({ "a.npy": writeNpy([2], Float32Array.of(1, 2)) }).slice(0, 60), "file"],
    ["an array that is none", zipSync({ "a.npy": new Uint8Array(10) }), "file"],
    ["a zip that grows a thousand times", zipSync({ "a.npy": new Uint8Array(100_000_000) }, { level: 9 }), "file"],
  ])("%s is refused", (_, bytes, code) => {
    const read = () => readNpz(bytes);
    expect(read).toThrow(OdenetError);
    expect(read).toThrow(/^readNpz: /);
    expect(read).toThrow(expect.objectContaining({ code }));
  });
});
