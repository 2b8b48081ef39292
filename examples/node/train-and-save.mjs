// Trains a residual network on five classes of points and saves it.   node examples/node/train-and-save.mjs [file]
import { writeFile } from "node:fs/promises";
import { adam, createModel, resNet } from "odenet";
import { peaks, split } from "odenet/data";

const file = process.argv[2] ?? "peaks.safetensors";
const data = peaks({ examples: 2000, seed: 1 });
const { training, validation } = split(data, { validation: 0.2, seed: 1 });

const network = resNet({ input: 2, outputs: 5, width: 16, steps: 8, classes: data.classes });
const model = await createModel(network, { seed: 1 });
const { status, best } = await model.fit(training, {
  optimizer: adam({ learningRate: 5e-3 }),
  epochs: 60,
  patience: 10, // ends when the validation loss has not fallen for ten epochs, and keeps the best parameters
  validation,
  onEpoch: ({ epoch, loss, validation }) => {
    if (epoch % 10 === 0)
      console.log(`epoch ${epoch}: loss ${loss.toFixed(3)}, validation ${validation.loss.toFixed(3)}`);
  },
});
await writeFile(file, model.toBytes());
console.log(`${status}, best in epoch ${best.epoch}: accuracy ${best.validation.accuracy}. Saved as ${file}`);
