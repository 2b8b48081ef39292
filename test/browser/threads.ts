/** Parameters trained by one and by two threads, with how many took part, and the objective around them. */
import { peaks } from "../../src/data/index.ts";
import { createModel, filterNormalizedDirections, lossSurface, momentum, resNet } from "../../src/index.ts";
import { engineOf } from "../../src/model/model.ts";
import { recipe } from "../../src/model/recipe.ts";
import { recordGradient } from "../../src/model/recordings.ts";

export interface Trained {
  readonly shared: number;
  readonly theta: number[];
  readonly surface: number[];
}

const ROWS = 128;

async function trained(threads: number): Promise<Trained> {
  const model = await createModel(resNet({ input: 2, outputs: 5, width: 32, steps: 6 }), { threads, seed: 3 });
  const data = peaks({ examples: 500, seed: 1 });
  await model.fit(data, { optimizer: momentum(), batchSize: ROWS, epochs: 3 });
  const engine = engineOf(model);
  const { threads: shared } = engine.plans.of(recipe(recordGradient), ROWS);
  const theta = Array.from(model.get());
  const axis = { from: -1, to: 1, points: 5 };
  const { values } = await lossSurface(model, data, {
    directions: filterNormalizedDirections(model),
    a: axis,
    b: axis,
  });
  model.dispose();
  return { shared, theta, surface: Array.from(values) };
}

export async function oneAndTwo(): Promise<{ one: Trained; two: Trained }> {
  return { one: await trained(1), two: await trained(2) };
}
