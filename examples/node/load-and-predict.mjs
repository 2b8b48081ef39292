// Loads a saved model and applies it.   node examples/node/load-and-predict.mjs [file]
import { readFile } from "node:fs/promises";
import { modelFromBytes } from "odenet";

const model = await modelFromBytes(await readFile(process.argv[2] ?? "peaks.safetensors"));
const { classes, probabilities } = model.predict([0, 1.5, -1, 0]); // two points: (0, 1.5) and (−1, 0)
console.log(
  Array.from(classes, (c) => model.network.classes[c]),
  probabilities,
);
