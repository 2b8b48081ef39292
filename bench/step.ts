/** Training steps through the public API: steps per second and GFLOP/s of their products. `npm run bench -- step` */
import { adam, momentum } from "../src/index.ts";
import { type Contender, compare, digits, machine, printTable, save, timed } from "./harness.ts";
import { LEARNING_RATE, MOMENTUM, SIZES, sizeName, stepOperations, trainingStep } from "./workload.ts";

const context = machine();
const rows: Record<string, string | number>[] = [];
const results: unknown[] = [];
for (const precision of ["f32", "f64"] as const) {
  for (const size of SIZES) {
    const work = stepOperations(size);
    const optimizers = { momentum: momentum({ learningRate: LEARNING_RATE, momentum: MOMENTUM }), adam: adam() };
    const contenders: Contender[] = [];
    for (const [name, optimizer] of Object.entries(optimizers)) {
      contenders.push(timed(name, await trainingStep(size, optimizer, precision), work));
    }
    for (const result of await compare(contenders, { rounds: 5, seconds: 0.5 })) {
      results.push({ size, precision, ...result });
      rows.push({
        "width / layers / batch": sizeName(size),
        precision,
        optimizer: result.name,
        "steps/s": digits(result.callsPerSecond.median),
        least: digits(result.callsPerSecond.least),
        most: digits(result.callsPerSecond.most),
        "GFLOP/s": digits(result.gflops?.median ?? 0),
      });
    }
  }
}
printTable(rows);
save("step", { machine: context, results });
