// Does training leak? A small network takes 1,000,000 steps; wasm memory and, after a collection, the JavaScript heap
// must stay flat. Ends with exit code 1 when they do not.
//   npm run bench -- steps [steps]

import { ellipses } from "../src/data/index.ts";
import { adam, cosine, createModel, resNet, train } from "../src/index.ts";

const STEPS = Number(process.argv[2] ?? 1_000_000);
const REPORTS = 10;
const BATCH = 8;
const EXAMPLES = 512;
/** What the heap may seem to grow over the whole run: compiled code and the engine's own books, not ours. */
const NOISE = 64 * 1024;
const SAMPLE = 2000; // steps between two looks at the heap with no collection in between

const collect = (globalThis as { gc?: () => void }).gc;
if (!collect) throw new Error("run it with npm run bench -- steps, which starts node with --expose-gc");

/** The memories of all instances made from here on. */
const memories: WebAssembly.Memory[] = [];
WebAssembly.Instance = class extends WebAssembly.Instance {
  constructor(module: WebAssembly.Module, imports?: WebAssembly.Imports) {
    super(module, imports);
    memories.push(this.exports.memory as WebAssembly.Memory);
  }
};

const wasmBytes = () => memories.reduce((sum, { buffer }) => sum + buffer.byteLength, 0);
const heapBytes = () => process.memoryUsage().heapUsed;
function settledHeap(): number {
  collect?.();
  collect?.();
  return heapBytes();
}

/** The median slope over all pairs (Theil and Sen), bytes a step: one look at a bad moment does not count. */
function slope(points: readonly { at: number; bytes: number }[]): number {
  const slopes = points.flatMap((p, i) => points.slice(i + 1).map((q) => (q.bytes - p.bytes) / (q.at - p.at)));
  return slopes.sort((a, b) => a - b)[Math.floor(slopes.length / 2)] as number;
}

const model = await createModel(resNet({ input: 2, outputs: 2, width: 4, steps: 3 }));
const data = ellipses({ examples: EXAMPLES });
const epochs = Math.ceil((STEPS * BATCH) / EXAMPLES);
const run = train(model, data, { optimizer: adam(), schedule: cosine(), epochs, batchSize: BATCH });

const heap: { at: number; bytes: number }[] = [];
const wasm = new Set<number>();
let sampled = 0;
const start = performance.now();
console.log("       steps   wasm memory      heap   steps/s");
for (const { iteration } of run) {
  if (iteration % (STEPS / REPORTS) === 0) {
    const bytes = settledHeap();
    heap.push({ at: iteration, bytes });
    wasm.add(wasmBytes());
    const rate = Math.round((1000 * iteration) / (performance.now() - start));
    const columns = [iteration.toLocaleString("en-US").padStart(12), `${wasmBytes() / 1024} KiB`.padStart(14)];
    console.log([...columns, `${(bytes / 1024).toFixed(0)} KiB`.padStart(10), String(rate).padStart(10)].join(""));
    if (heap.length === REPORTS - 1) sampled = -bytes;
  } else if (heap.length === REPORTS - 1 && sampled < 0 && iteration % (STEPS / REPORTS) === SAMPLE) {
    sampled = (heapBytes() + sampled) / SAMPLE;
  }
  if (iteration === STEPS) break;
}

const growth = slope(heap.slice(1)); // the first stretch compiles code
const flat = wasm.size === 1 && growth * STEPS < NOISE;
console.log(`wasm memory ${wasm.size === 1 ? "did not change" : `took ${wasm.size} sizes`}`);
console.log(`heap slope ${growth.toFixed(4)} bytes a step, ${((growth * STEPS) / 1024).toFixed(1)} KiB over the run`);
console.log(`short-lived objects: about ${sampled.toFixed(0)} bytes a step`);
console.log(flat ? "flat" : "NOT flat");
process.exitCode = flat ? 0 : 1;
