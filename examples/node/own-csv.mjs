// Learns from a table of one's own, and predicts from raw numbers.   node examples/node/own-csv.mjs [table.csv]
import { readFile } from "node:fs/promises";
import { adam, createModel, dense, euler, layerField, linear, modelFromBytes, network, ode, standardize } from "odenet";
import { readCsv, split } from "odenet/data";

const table = await readFile(process.argv[2] ?? new URL("fruit.csv", import.meta.url));
const data = readCsv(table); // the last column has the classes' names; see CsvOptions for everything else
const { training, validation } = split(data, { validation: 0.25, stratified: true });

// Standardisation is a layer, so the saved model takes grams and millimetres as they are.
const model = await createModel(
  network({
    input: data.shape,
    layers: [
      standardize.fit(training.features, data.shape),
      dense(8),
      ode(layerField(), euler, { steps: 4 }),
      linear(data.classes.length),
    ],
    classes: data.classes,
  }),
);
await model.fit(training, { optimizer: adam({ learningRate: 0.01 }), epochs: 60, batchSize: 8, validation });
console.log(`${data.columns.join(", ")} → ${data.classes.join(", ")}: accuracy ${model.evaluate(validation).accuracy}`);

const saved = await modelFromBytes(model.toBytes());
const { classes } = saved.predict([165, 76]);
console.log(`165 g and 76 mm: ${saved.network.classes[classes[0]]}`);
