/**
 * Training steps by two threads against one, through the public API: shared where the library would, and shared always.
 * `npm run bench -- threads [threads]`
 */
import { momentum } from "../src/index.ts";
import { type Contender, compare, digits, machine, printTable, ratioText, save, timed } from "./harness.ts";
import { LEARNING_RATE, MOMENTUM, SIZES, sizeName, stepOperations, trainingStep } from "./workload.ts";

const threads = Number(process.argv[2] ?? 2);
const context = machine();
const optimizer = momentum({ learningRate: LEARNING_RATE, momentum: MOMENTUM });
const rows: Record<string, string | number>[] = [];
const results: unknown[] = [];
for (const size of SIZES) {
  const ways = {
    "one thread": {},
    [`${threads} threads`]: { threads },
    [`${threads} threads, whatever the size`]: { threads, sharedWork: 0 },
  };
  const contenders: Contender[] = [];
  for (const [name, held] of Object.entries(ways)) {
    contenders.push(timed(name, await trainingStep(size, optimizer, "f32", held), stepOperations(size)));
  }
  for (const result of await compare(contenders, { rounds: 9, seconds: 0.4 })) {
    results.push({ size, ...result });
    const { least, median, most } = result.ratio;
    rows.push({
      "width / layers / batch": sizeName(size),
      way: result.name,
      "steps/s": digits(result.callsPerSecond.median),
      "GFLOP/s": digits(result.gflops?.median ?? 0),
      "against one": ratioText({ least: 1 / most, median: 1 / median, most: 1 / least }),
    });
  }
}
console.log(`${context.cpu}, ${context.cores} cores, load ${context.loadAverage}, Node ${context.node}`);
printTable(rows);
save("threads", { machine: context, threads, results });
