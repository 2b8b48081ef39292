/** Tables of Apache Arrow, made by the apache-arrow package, as data. */
import {
  type RecordBatch,
  RecordBatchReader,
  Table,
  tableFromArrays,
  tableFromIPC,
  tableToIPC,
  Utf8,
  vectorFromArray,
} from "apache-arrow";
import { describe, expect, it } from "vitest";
import { type ArrowOptions, fromArrow, rebatch } from "../../src/data/index.ts";
import { createModel, resNet, train } from "../../src/index.ts";
import { errorOf } from "./errors.ts";

const columns = {
  x: Float32Array.of(1, 2, 3, 4),
  y: Float32Array.of(5, 6, 7, 8),
  species: ["rose", "fern", "rose", "moss"],
};
const table = tableFromArrays(columns);
const features = Float32Array.of(1, 5, 2, 6, 3, 7, 4, 8);

describe("fromArrow", () => {
  it.each([
    ["a table", table],
    ["a table from bytes", tableFromIPC(tableToIPC(table, "file"))],
    ["a table of several chunks", table.slice(0, 1).concat(table.slice(1))],
    ["a record batch", table.batches[0] as RecordBatch],
    [
      "plain text in place of a dictionary",
      new Table({ ...vectors(), species: vectorFromArray(columns.species, new Utf8()) }),
    ],
  ])("reads %s", (_, given) => {
    expect(fromArrow(given)).toEqual({
      features,
      labels: Int32Array.of(2, 0, 2, 1),
      classes: ["fern", "moss", "rose"],
      shape: 2,
      columns: ["x", "y"],
    });
  });

  function vectors() {
    return { x: vectorFromArray(columns.x), y: vectorFromArray(columns.y) };
  }

  it("takes chosen columns, in the given order, and the given classes", () => {
    const data = fromArrow(table, { label: "species", features: ["y", "x"], classes: ["rose", "moss", "fern"] });
    expect(data).toMatchObject({ columns: ["y", "x"], labels: Int32Array.of(0, 2, 0, 1) });
    expect(data.features).toEqual(Float32Array.of(5, 1, 6, 2, 7, 3, 8, 4));
    expect(fromArrow(table, { label: null, features: ["x"] })).toMatchObject({
      features: columns.x,
      labels: new Int32Array(0),
    });
  });

  it.each([
    ["integers as class indices", Int32Array.of(0, 2, 1, 0), Int32Array.of(0, 2, 1, 0)],
    ["64 bits too", BigInt64Array.of(0n, 2n, 1n, 0n), Int32Array.of(0, 2, 1, 0)],
    ["booleans as 0 and 1", [true, false, true, true], Int32Array.of(1, 0, 1, 1)],
    ["floating numbers as targets", Float64Array.of(1, 2.5, 3, 4), Float64Array.of(1, 2.5, 3, 4)],
  ])("reads labels: %s", (_, label, labels) => {
    expect(fromArrow(tableFromArrays({ x: columns.x, label: label as Int32Array })).labels).toEqual(labels);
  });

  it("reads features of every type of number, in float64 unless all are float32", () => {
    const mixed = {
      a: BigInt64Array.of(1n, 2n),
      b: Uint8Array.of(3, 4),
      c: [true, false],
      d: Float64Array.of(0.1, 0.2),
    };
    const { features: read } = fromArrow(tableFromArrays(mixed), { label: null });
    expect(read).toEqual(Float64Array.of(1, 3, 1, 0.1, 2, 4, 0, 0.2));
  });

  it.each<[string, string, unknown, ArrowOptions]>([
    ["something else", "value", { rows: [] }, {}],
    ["null", "value", null, {}],
    ["a missing number", "value", tableFromArrays({ x: [1, null, 3], label: [0, 1, 2] }), {}],
    ["text among the features", "value", table, { label: "x" }],
    ["no finite number", "value", tableFromArrays({ x: [1, Number.POSITIVE_INFINITY], label: [0, 1] }), {}],
    ["an unknown label", "name", table, { label: "colour" }],
    ["an unknown feature", "name", table, { features: ["z"] }],
    ["a class that is not listed", "label", table, { classes: ["rose", "fern"] }],
    ["an index below 0", "label", tableFromArrays({ x: [1, 2], label: Int32Array.of(0, -1) }), {}],
    ["the label among the features", "option", table, { features: ["x", "species"] }],
    ["no features", "option", table.select(["species"]), {}],
  ])("refuses %s", (_, code, given, options) => {
    const error = errorOf(() => fromArrow(given as typeof table, options));
    expect(error).toMatchObject({ code });
    expect(error.message).toMatch(/^fromArrow: expected .+, got .+\. .+\.$/);
  });

  it("feeds a training with a stream of record batches, to the bits of the whole table", async () => {
    const n = 40;
    const whole = tableFromArrays({
      x: Float32Array.from({ length: n }, (_, i) => (i % 7) / 7),
      y: Float32Array.from({ length: n }, (_, i) => (i % 5) / 5),
      label: Array.from({ length: n }, (_, i) => (i % 3 === 0 ? "up" : "down")),
    });
    const parts = [whole.slice(0, 7), whole.slice(7, 9), whole.slice(9)].flatMap((part) => part.batches);
    const bytes = tableToIPC(new Table(parts), "stream");
    async function* batches() {
      for await (const batch of await RecordBatchReader.from(bytes))
        yield fromArrow(batch, { classes: ["up", "down"] });
    }
    const sizes: number[] = [];
    for await (const { labels } of rebatch(batches(), { batchSize: 16 })) sizes.push(labels.length);
    expect(sizes).toEqual([16, 16, 8]);

    const network = resNet({ input: 2, outputs: 2, width: 4, steps: 2 });
    const options = { batchSize: 16, epochs: 2 };
    const [a, b] = await Promise.all([createModel(network), createModel(network)]);
    for await (const _ of train(a, batches, options));
    for await (const _ of train(b, [fromArrow(whole, { classes: ["up", "down"] })], options));
    expect(a.get()).toEqual(b.get());
  });
});
