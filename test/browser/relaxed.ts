/** The same short training in the standard and in the relaxed build, in both precisions. */
import { peaks } from "../../src/data/index.ts";
import { createModel, momentum, type Precision, resNet } from "../../src/index.ts";

export interface Trained {
  readonly precision: Precision;
  readonly standard: number[];
  readonly relaxed: number[];
}

const data = peaks({ examples: 500, seed: 1 });

async function theta(precision: Precision, relaxed: boolean): Promise<number[]> {
  const network = resNet({ input: 2, outputs: 5, width: 12, steps: 6, finalTime: 2 });
  const model = await createModel(network, { precision, relaxed, seed: 2 });
  await model.fit(data, { optimizer: momentum(), epochs: 4 });
  const values = Array.from(model.get());
  model.dispose();
  return values;
}

export async function relaxedAndStandard(): Promise<Trained[]> {
  const results: Trained[] = [];
  for (const precision of ["f32", "f64"] as const) {
    results.push({ precision, standard: await theta(precision, false), relaxed: await theta(precision, true) });
  }
  return results;
}
