/** A model that knows its table: the encoder is kept and saved, and a regression answers in the target's own units. */
import { expect, it } from "vitest";
import {
  createModel,
  leastSquares,
  linear,
  logistic,
  modelFromBytes,
  network,
  softmaxCrossEntropy,
} from "../../src/index.ts";
import { fitEncoder, readTable } from "../../src/tables/index.ts";

const rows = Array.from({ length: 40 }, (_, i) => `${i},${"abc"[i % 3]},${1e6 + 30 * i + 500 * (i % 3)}`);
const table = readTable(`rooms,place,price\n${rows.join("\n")}\n`);
const regression = fitEncoder(table);
const classes = fitEncoder(table, { label: "place" });

const lineOf = (inputs: number, outputs: number) => network({ input: inputs, layers: [linear(outputs)] });

it.each(["f32", "f64"] as const)(
  "a regression in %s says values and errors in the target's units",
  async (precision) => {
    const { inputs, outputs } = regression;
    const options = { encoder: regression, loss: leastSquares(), precision };
    const model = await createModel(lineOf(inputs, outputs), options);
    const { features, labels = [] } = regression.encode(table);
    const { scores, values = new Float64Array() } = model.predict(features);
    const target = regression.target;
    if (target?.task !== "regression") throw new Error("expected a regression");
    expect(values).toEqual(Float64Array.from(scores, (score) => target.centre + target.scale * score));
    let square = 0;
    for (let i = 0; i < 40; i++) square += (1e6 + 30 * i + 500 * (i % 3) - (values[i] ?? 0)) ** 2;
    const { rmse } = model.report({ features, labels }) as { rmse?: number };
    expect(Math.abs((rmse ?? 0) / Math.sqrt(square / 40) - 1)).toBeLessThan(1e-5);

    const again = await modelFromBytes(model.toBytes());
    expect(JSON.stringify(again.encoder)).toBe(JSON.stringify(regression));
    expect(again.predict(again.encoder?.encode(table, { labels: false }).features ?? []).values).toEqual(values);
    model.dispose();
    again.dispose();
  },
);

it("classes keep their names; there are no values", async () => {
  const model = await createModel(lineOf(classes.inputs, 3), { encoder: classes });
  expect(model.encoder?.classes).toEqual(["a", "b", "c"]);
  expect(model.predict(classes.encode(table).features)).not.toHaveProperty("values");
  const plain = await createModel(lineOf(classes.inputs, 3));
  expect(plain.encoder).toBeUndefined();
  expect((await modelFromBytes(plain.toBytes())).encoder).toBeUndefined();
});

it("a network that does not fit its encoder is refused", async () => {
  const { inputs } = regression;
  const loss = leastSquares();
  await expect(createModel(lineOf(inputs + 1, 1), { encoder: regression, loss })).rejects.toThrow(
    /expected a network of \d+ features as the encoder makes, got \d+\. Describe it with input: encoder\.inputs/,
  );
  await expect(createModel(lineOf(inputs, 2), { encoder: regression, loss })).rejects.toThrow(
    /1 scores for "price", got 2/,
  );
  await expect(createModel(lineOf(inputs, 2), { encoder: regression, loss: softmaxCrossEntropy() })).rejects.toThrow(
    /expected a loss for numbers/,
  );
  await expect(createModel(lineOf(classes.inputs, 1), { encoder: classes, loss: logistic() })).rejects.toThrow(
    /3 scores for "place", got 1/,
  );
});
