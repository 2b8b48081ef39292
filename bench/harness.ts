/**
 * Measures contenders in interleaved rounds A B C A B C … in one process, so that a busy machine or a changing clock
 * meets all of them alike. A round's figure is its fastest sample; what is quoted is the median over the rounds, and for
 * ratios the median of the ratios within each round, with the least and the most.
 */
import { mkdirSync, writeFileSync } from "node:fs";
import { cpus, loadavg } from "node:os";
import { basename } from "node:path";
import Benchmark from "benchmark";

/** Something that can be timed: `sample` runs it for about so many seconds and returns calls per second. */
export interface Contender {
  readonly name: string;
  /** Operations in one call, to be shown as GFLOP/s. */
  readonly work?: number;
  sample(seconds: number): Promise<number>;
  close?(): void;
}

/** A function of this process, timed by benchmark.js. */
export function timed(name: string, run: () => void, work?: number): Contender {
  return {
    name,
    ...(work === undefined ? {} : { work }),
    sample: (seconds) => (CPU_CLOCK ? cpuSample(run, seconds) : sample(name, { fn: run }, seconds)),
  };
}

/** The same for a function that returns a promise. */
export function timedAsync(name: string, run: () => Promise<unknown>, work?: number): Contender {
  const fn = (deferred: { resolve(): void }) => {
    run().then(() => deferred.resolve());
  };
  return {
    name,
    ...(work === undefined ? {} : { work }),
    sample: (seconds) =>
      CPU_CLOCK ? cpuSample(run, seconds) : sample(name, { fn: fn as unknown as () => void, defer: true }, seconds),
  };
}

/**
 * BENCH_CLOCK=cpu counts the processor time of the process instead of the time on the wall, for machines that never rest:
 * what other processes take away between two readings does not count. Every peer follows it.
 */
const CPU_CLOCK = process.env.BENCH_CLOCK === "cpu";

/** Milliseconds of processor time. */
function cpuTime(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
}

/** Milliseconds by the clock that is measured by. */
export const clock = (): number => (CPU_CLOCK ? cpuTime() : performance.now());

/** Calls per second of processor time, the fastest of many samples. */
async function cpuSample(run: () => unknown, seconds: number): Promise<number> {
  let fastest = Number.POSITIVE_INFINITY;
  let calls = 1;
  for (const start = cpuTime(); cpuTime() - start < seconds * 1000; ) {
    const before = cpuTime();
    for (let i = 0; i < calls; i++) {
      const result = run();
      if (result instanceof Promise) await result;
    }
    const elapsed = cpuTime() - before;
    if (elapsed < (seconds * 1000) / SAMPLES) calls *= 2;
    else fastest = Math.min(fastest, elapsed / calls);
  }
  return 1000 / fastest;
}

/** Samples in one round, at least: short ones, so that on a busy machine some are not interrupted. */
const SAMPLES = 60;

async function sample(name: string, options: Benchmark.Options, seconds: number): Promise<number> {
  const benchmark = new Benchmark({ minSamples: 3, minTime: seconds / SAMPLES, maxTime: seconds, ...options });
  await new Promise<void>((resolve) => {
    benchmark.on("complete", () => resolve());
    benchmark.run({ async: options.defer === true });
  });
  // benchmark.js swallows what a function throws.
  if (benchmark.error) throw new Error(`${name}: ${benchmark.error}`, { cause: benchmark.error });
  const fastest = Math.min(...(benchmark.stats?.sample ?? []));
  if (!(fastest > 0) || !Number.isFinite(fastest)) throw new Error(`${name}: no sample was taken`);
  return 1 / fastest;
}

export interface Spread {
  readonly least: number;
  readonly median: number;
  readonly most: number;
}

export interface Result {
  readonly name: string;
  readonly callsPerSecond: Spread;
  readonly gflops?: Spread;
  /** How many times faster the first contender is. */
  readonly ratio: Spread;
}

/** BENCH_ROUNDS, where a busy machine would take too long. */
const MOST_ROUNDS = Number(process.env.BENCH_ROUNDS ?? Number.POSITIVE_INFINITY);

export interface Options {
  /** Default 5. */
  readonly rounds?: number;
  /** For each contender in each round, default 0.25. */
  readonly seconds?: number;
  /** false where every contender is warm already, default true. */
  readonly warm?: boolean;
}

/** The first contender against each of the others; the first is measured again with each round. */
export async function compare(contenders: readonly Contender[], options: Options = {}): Promise<Result[]> {
  const { seconds = 0.25, warm = true } = options;
  const rounds = Math.min(options.rounds ?? 5, MOST_ROUNDS);
  const rates = contenders.map((): number[] => []);
  if (warm) for (const contender of contenders) await contender.sample(seconds / 5); // compiled and warm
  for (let round = 0; round < rounds; round++) {
    for (const [i, contender] of contenders.entries()) rates[i]?.push(await contender.sample(seconds));
  }
  return contenders.map(({ name, work }, i) => {
    const own = rates[i] as number[];
    const first = rates[0] as number[];
    return {
      name,
      callsPerSecond: spread(own),
      ...(work === undefined ? {} : { gflops: spread(own.map((rate) => (rate * work) / 1e9)) }),
      ratio: spread(own.map((rate, round) => (first[round] as number) / rate)),
    };
  });
}

export function spread(values: readonly number[]): Spread {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length / 2;
  const median = ((sorted[Math.ceil(middle) - 1] as number) + (sorted[Math.floor(middle)] as number)) / 2;
  return { least: sorted[0] as number, median, most: sorted[sorted.length - 1] as number };
}

/** What a number was measured on. Made before the first measurement, for the load. */
export function machine() {
  const { node, v8 } = process.versions;
  return {
    cpu: cpus()[0]?.model ?? "unknown",
    cores: cpus().length,
    node,
    v8,
    clock: CPU_CLOCK ? "processor time" : "wall",
    loadAverage: Number((loadavg()[0] ?? 0).toFixed(2)),
  };
}

/** Prints rows as a table with aligned columns; numbers as given by `digits`. */
export function printTable(rows: readonly Record<string, string | number>[]): void {
  const columns = [...new Set(rows.flatMap((row) => Object.keys(row)))];
  const cells = [columns, ...rows.map((row) => columns.map((column) => `${row[column] ?? ""}`))];
  const widths = columns.map((_, c) => Math.max(...cells.map((line) => (line[c] as string).length)));
  const numeric = columns.map((column) => rows.every((row) => !/[a-z]{3}/.test(`${row[column] ?? ""}`)));
  for (const [l, line] of cells.entries()) {
    console.log(
      line.map((t, c) => (numeric[c] ? t.padStart(widths[c] as number) : t.padEnd(widths[c] as number))).join("  "),
    );
    if (l === 0) console.log(widths.map((w) => "-".repeat(w)).join("  "));
  }
}

/** Three significant digits. */
export function digits(value: number): string {
  if (!Number.isFinite(value)) return `${value}`;
  return Math.abs(value) >= 100 ? Math.round(value).toLocaleString("en") : value.toPrecision(3);
}

/** `×median (least–most)`. */
export function ratioText({ least, median, most }: Spread): string {
  return `×${digits(median)} (${digits(least)}–${digits(most)})`;
}

/** Writes build/bench/<name>.json. */
export function save(name: string, data: unknown): void {
  mkdirSync("build/bench", { recursive: true });
  writeFileSync(`build/bench/${name}.json`, `${JSON.stringify(data, undefined, 2)}\n`);
}

/** Whether bench/<name>.ts is what was started, rather than a part of another bundle. */
export const isMain = (name: string): boolean => basename(process.argv[1] ?? "") === `${name}.js`;
