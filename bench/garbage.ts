// Does a training step leave garbage? 100,000 steps of `train` in one process, as many turns of an empty loop that yields the
// same object in another, both with --trace-gc: training must cause no more scavenges. Ends with exit code 1 when it does.
//   npm run bench -- garbage [steps]
import { spawnSync } from "node:child_process";
import { writeSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { ellipses } from "../src/data/index.ts";
import {
  adam,
  adamW,
  constant,
  cosine,
  createModel,
  momentum,
  type Optimizer,
  resNet,
  type Schedule,
  type Step,
  sgd,
  train,
} from "../src/index.ts";
import { TrainedStep } from "../src/training/step.ts";
import { machine, printTable, save } from "./harness.ts";

/** Steps before the count begins: V8 compiles what is hot, and its first tiers box every number. */
const WARM_UP = 30_000;
const BATCH = 4;
const TRIES = 3;
const MARK = "counted from here";

const optimizers: Record<string, () => Optimizer> = { adam, adamW, momentum, sgd };
const schedules: Record<string, () => Schedule> = { constant, cosine };

async function training(optimizer: string, schedule: string): Promise<Generator<Step, void, undefined>> {
  const model = await createModel(resNet({ input: 2, outputs: 2, width: 4, steps: 3 }));
  const make = { optimizer: optimizers[optimizer]?.() as Optimizer, schedule: schedules[schedule]?.() as Schedule };
  // All in one epoch: what an epoch's end allocates, its order and its place in the history, is not a step's.
  const data = ellipses({ examples: BATCH * (WARM_UP + steps) });
  return train(model, data, { ...make, batchSize: BATCH });
}

const run = {
  checkpoint: () => new Uint8Array(),
  receipt: (): never => {
    throw new Error("asked of no run");
  },
};

/** Yields what training yields, and does nothing else. */
function* nothing(): Generator<Step, void, undefined> {
  for (let iteration = 1; ; iteration++) {
    const x = iteration + 0.5;
    yield new TrainedStep(run, 0, iteration, 1 / x, 2 / x, 3 / x);
  }
}

function consume(loop: Iterator<Step>, steps: number): number {
  let sum = 0;
  for (let i = 0; i < steps; i++) sum += (loop.next().value as Step).value;
  return sum;
}

/** Scavenges while a child process takes `steps` steps, the least of some: when V8 compiles is a matter of chance. */
function scavenges(...what: readonly string[]): number {
  return Math.min(...Array.from({ length: TRIES }, () => count(what)));
}

function count(what: readonly string[]): number {
  const { stdout, status } = spawnSync(
    process.execPath,
    ["--trace-gc", fileURLToPath(import.meta.url), String(steps), ...what],
    { encoding: "utf8" },
  );
  if (status !== 0) throw new Error(`${what.join(" ")}: exit code ${status}`);
  const [, counted = ""] = stdout.split(MARK);
  return counted.match(/Scavenge/g)?.length ?? 0;
}

const steps = Number(process.argv[2] ?? 100_000);
const [optimizer, schedule] = process.argv.slice(3);
if (optimizer !== undefined) {
  const loop = optimizer === "nothing" ? nothing() : await training(optimizer, schedule as string);
  consume(loop, WARM_UP);
  writeSync(1, `${MARK}\n`);
  consume(loop, steps);
} else {
  const context = machine();
  const empty = scavenges("nothing");
  const rows = Object.keys(optimizers).flatMap((optimizer) =>
    Object.keys(schedules).map((schedule) => ({ optimizer, schedule, scavenges: scavenges(optimizer, schedule) })),
  );
  printTable([{ optimizer: "none", schedule: "empty loop", scavenges: empty }, ...rows]);
  save("garbage", { machine: context, steps, empty, rows });
  process.exitCode = rows.every(({ scavenges }) => scavenges <= empty) ? 0 : 1;
}
