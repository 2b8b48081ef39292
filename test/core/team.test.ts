import { describe, expect, it } from "vitest";
import { coreBuild } from "../../src/core/host/load.ts";
import { partsOf } from "../../src/core/plan/parts.ts";
import { Recorder } from "../../src/core/recording/recorder.ts";
import { divide, shardCount, shardRows } from "../../src/core/recording/shards.ts";
import type { Tensor } from "../../src/core/recording/tensor.ts";
import { createModel, resNet } from "../../src/index.ts";
import { engineOf } from "../../src/model/model.ts";
import { recordHessianVector } from "../../src/model/productRecordings.ts";
import { recipe } from "../../src/model/recipe.ts";
import { activate } from "../../src/operations/activation.ts";
import { addBias, columnSum } from "../../src/operations/bias.ts";
import { add } from "../../src/operations/combine.ts";
import { product, productTransposed, transposedProduct } from "../../src/operations/product.ts";

describe("the rows of a batch", () => {
  it.each([1, 2, 3, 4, 5, 8, 100])("are divided among %i threads by whole subtrees", (threads) => {
    const holds = (rows: number): boolean => {
      const { parts, shards } = divide(rows, threads);
      const n = parts.length;
      const last = parts.at(-1) as number;
      return (
        n <= threads &&
        n * shards.count === shardCount(rows) &&
        shards.rows === shardRows(rows) &&
        parts.slice(0, -1).every((part) => part === shards.count * shards.rows) &&
        last > 0 &&
        last + (n - 1) * shards.count * shards.rows === rows
      );
    };
    expect(Array.from({ length: 2048 }, (_, k) => k + 1).filter((rows) => !holds(rows))).toEqual([]);
  });
});

describe("a recording", () => {
  /** Rows x, weights w, and what `record` makes of them. */
  const parts = (body: (record: Recorder, x: Tensor, w: Tensor) => Tensor) => {
    const record = new Recorder("f32");
    const x = record.input("x", 32, 4);
    const w = record.shared("w", { rows: 4, columns: 4 }, 0);
    record.keep(body(record, x, w));
    return { record, parts: partsOf(record) };
  };

  it("of rows alone has no sums", () => {
    const { parts: found } = parts((record, x, w) => activate(record, product(record, x, w), "tanh"));
    expect([found?.sums.size, found?.first.size, found?.shared]).toEqual([0, 0, 2]);
  });

  it("leaves what follows from sums to thread 0", () => {
    const { record, parts: found } = parts((record, x, w) => add(record, transposedProduct(record, x, x), w));
    expect([...(found?.sums ?? [])]).toEqual([record.root.nodes[0]]);
    expect([...(found?.first ?? [])]).toEqual([record.root.nodes[1]]);
    expect(found?.shared).toBe(1);
  });

  it.each<[string, (record: Recorder, x: Tensor, w: Tensor) => Tensor]>([
    ["rows that depend on a sum over all", (record, x) => addBias(record, x, columnSum(record, x))],
    ["rows that depend on other rows", (record, x) => productTransposed(record, x, x)],
    [
      "a sum that nothing reads",
      (record, x, w) => {
        columnSum(record, x);
        return product(record, x, w);
      },
    ],
  ])("with %s has no parts", (_, body) => {
    expect(parts(body).parts).toBeUndefined();
  });

  it("of second derivatives is left to one thread", async () => {
    const model = await createModel(resNet({ input: 2, outputs: 2, width: 4, steps: 2 }), {
      threads: 2,
      sharedWork: 0,
    });
    const engine = engineOf(model);
    expect(engine.plans.of(recipe(recordHessianVector), 64).threads).toBe(1);
    model.dispose();
  });
});

it("the builds with threads import one shared memory, the others nothing", async () => {
  const memory = [{ module: "env", name: "memory", kind: "memory" }];
  for (const [build, imports] of [
    ["relaxed", []],
    ["threads", memory],
    ["threadsRelaxed", memory],
  ] as const) {
    const module = await coreBuild(build);
    // Node 20 knows no relaxed SIMD.
    if (module) expect(WebAssembly.Module.imports(module)).toEqual(imports);
    else expect(build).toMatch(/relaxed/i);
  }
});
