/** What is trained in a page's worker, and here. */
import { adam, resNet } from "../../src/index.ts";

export const small = resNet({ input: 2, outputs: 5, width: 6, steps: 4 });
export const options = { seed: 2 };
export const training = { optimizer: adam({ learningRate: 0.01 }), epochs: 6, seed: 3 };
