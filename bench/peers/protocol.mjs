// A peer is a process of its own: a line of JSON asks for a measurement, a line of JSON answers. Run by bench/peers.ts.
import { createInterface } from "node:readline";

/** Milliseconds by the clock that bench/harness.ts uses. */
const now =
  process.env.BENCH_CLOCK === "cpu"
    ? () => {
        const { user, system } = process.cpuUsage();
        return (user + system) / 1000;
      }
    : () => performance.now();

/** Calls per second: the fastest of about sixty short samples, some of which nothing interrupts. */
async function rate(run, seconds) {
  let fastest = Number.POSITIVE_INFINITY;
  let calls = 1;
  for (const start = now(); now() - start < seconds * 1000; ) {
    const before = now();
    for (let i = 0; i < calls; i++) {
      const result = run();
      if (result instanceof Promise) await result;
    }
    const elapsed = now() - before;
    if (elapsed < (seconds * 1000) / 60) calls *= 2;
    else fastest = Math.min(fastest, elapsed / calls);
  }
  return 1000 / fastest;
}

/** Milliseconds after which a peer counts as warm. */
const WARM = 5000;

/** Serves `tasks`: name to a function that takes the request and returns what is to be timed. */
export async function serve(tasks) {
  const prepared = new Map();
  for await (const line of createInterface({ input: process.stdin })) {
    const { seconds, ...request } = JSON.parse(line);
    try {
      const key = JSON.stringify(request);
      if (!prepared.has(key)) {
        const run = await tasks[request.task](request);
        let check = await run();
        // Warm: four calls, fewer only where one takes seconds.
        for (let i = 1, start = now(); i < 4 && now() - start < WARM; i++) check = await run();
        prepared.set(key, { run, check });
      }
      const { run, check } = prepared.get(key);
      console.log(JSON.stringify({ rate: await rate(run, seconds), check }));
    } catch (error) {
      console.log(JSON.stringify({ error: String(error?.message ?? error) }));
    }
  }
}

/** The same numbers in every peer: uniform in [−scale, scale). */
export function uniform(length, scale, seed = 1) {
  let s = seed;
  return Float32Array.from({ length }, () => {
    s = (Math.imul(s, 1664525) + 1013904223) >>> 0;
    return scale * ((2 * s) / 2 ** 32 - 1);
  });
}

/** Glorot's draw for in × out weights. */
export const weights = (rows, columns, seed) => uniform(rows * columns, Math.sqrt(6 / (rows + columns)), seed);
