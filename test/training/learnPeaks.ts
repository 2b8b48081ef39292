/** The course's example "peaks": 5,000 points, width 8, 16 steps, T = 4, tanh, Adam with a cosine schedule, 60 epochs. */
import { peaks } from "../../src/data/index.ts";
import { adam, cosine, createModel, resNet, train } from "../../src/index.ts";

/** What every seed reaches on points it has not seen. */
export const LEAST = 0.97;

const FRESH = 1000; // added to the seed: other points of the same classes

/** Accuracy on fresh points. */
export async function learnPeaks(seed: number, learningRate = 0.01, batchSize = 32): Promise<number> {
  const network = resNet({ input: 2, outputs: 5, width: 8, steps: 16, finalTime: 4 });
  const model = await createModel(network, { seed });
  const optimizer = adam({ learningRate });
  for (const _ of train(model, peaks({ seed }), { optimizer, schedule: cosine(), epochs: 60, batchSize, seed }));
  const { accuracy } = model.evaluate(peaks({ seed: seed + FRESH }));
  model.dispose();
  return accuracy as number;
}
