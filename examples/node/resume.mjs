// Stops a run in the middle of an epoch, saves it, and goes on in another model.   node examples/node/resume.mjs
import { adam, cosine, createModel, resNet, train } from "odenet";
import { circles } from "odenet/data";

const data = circles({ examples: 400, noise: 0.05 });
const network = resNet({ input: 2, outputs: 2, width: 8, steps: 4 });
const options = { optimizer: adam({ learningRate: 0.01 }), schedule: cosine(), epochs: 40, batchSize: 32 };

// Tonight: a checkpoint after 77 steps. Write it to a file, best beside the old one and renamed when it is complete.
let checkpoint;
for (const step of train(await createModel(network), data, options)) {
  if (step.iteration === 77) {
    checkpoint = step.checkpoint();
    break;
  }
}

// Tomorrow, in another process: the same network, data and options, and the rest of the run.
const resumed = await createModel(network);
await resumed.fit(data, { ...options, resume: checkpoint });

// It ends with the same bits as a run that was never stopped.
const undisturbed = await createModel(network);
await undisturbed.fit(data, options);
console.log(`the same bits: ${Buffer.compare(resumed.toBytes(), undisturbed.toBytes()) === 0}`);
console.log(`accuracy ${resumed.evaluate(data).accuracy}`);
