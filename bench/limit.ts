/**
 * The machine's limit: how many multiplications and additions of 128-bit vectors one core finishes in a second, through
 * the same engine and without memory. A product cannot be faster.
 *
 * One loop is measured for many shapes and the fastest counts, since a single shape can fall short of the limit: too few
 * independent chains wait for their own results, too many spill registers. Four mixes, each with as many multiplications
 * as additions:
 *
 *   chained   x_i <- x_i m + a                  a multiplication, then an addition of its result
 *   split     x_i <- x_i m,  y_i <- y_i + a     chains of their own
 *   braided   x_i <- x_i + x_{i+1} m            additions in chains, multiplications beside them
 *   loaded    x_i <- x_i + m_i a_i              the same with factors from the first-level cache, one for two chains
 */
import { setFlagsFromString } from "node:v8";
import binaryen from "binaryen";
import { isMain } from "./harness.ts";

type Lanes = "f32x4" | "f64x2";
type Mix = "chained" | "split" | "braided" | "loaded";

const MIXES: readonly Mix[] = ["chained", "split", "braided", "loaded"];
const CHAINS = [2, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14] as const;
const TURNS = 20_000;

export interface Shape {
  readonly mix: Mix;
  readonly chains: number;
  readonly unroll: number;
}

/** A loop in WebAssembly text that updates `chains` registers; the sum of all is stored so that nothing is dropped. */
function loopText(lanes: Lanes, { mix, chains, unroll }: Shape): string {
  const names = Array.from({ length: chains }, (_, i) => `$x${i}`);
  const multiply = (x: string) => `(${lanes}.mul ${x} (local.get $m))`;
  const add = (x: string) => `(${lanes}.add ${x} (local.get $a))`;
  const step = (name: string, i: number): string => {
    const value = `(local.get ${name})`;
    if (mix === "chained") return `(local.set ${name} ${add(multiply(value))})`;
    if (mix === "braided") {
      const other = `(local.get ${names[(i + 1) % chains]})`;
      return `(local.set ${name} (${lanes}.add ${value} ${multiply(other)}))`;
    }
    if (mix === "loaded") {
      const factor = `(v128.load offset=${64 + 16 * (i >> 1)} (i32.const 0))`;
      return `(local.set ${name} (${lanes}.add ${value} (${lanes}.mul (local.get ${i % 2 ? "$a" : "$m"}) ${factor})))`;
    }
    return `(local.set ${name} ${i % 2 === 0 ? multiply(value) : add(value)})`;
  };
  const body = Array.from({ length: unroll }, () => names.map(step).join("\n")).join("\n");
  const total = names.slice(1).reduce((sum, name) => `(${lanes}.add ${sum} (local.get ${name}))`, "(local.get $x0)");
  const number = lanes === "f32x4" ? "f32" : "f64";
  return `(module (memory (export "memory") 1) (func (export "run") (param $n i32)
    ${names.map((name) => `(local ${name} v128)`).join(" ")} (local $m v128) (local $a v128)
    ${names.map((name, i) => `(local.set ${name} (${lanes}.splat (${number}.const ${i + 1})))`).join("\n")}
    (local.set $m (v128.load (i32.const 0))) (local.set $a (v128.load (i32.const 16)))
    (loop $again ${body} (br_if $again (local.tee $n (i32.sub (local.get $n) (i32.const 1)))))
    (v128.store (i32.const 32) ${total})))`;
}

/** Floating-point operations in one turn of the loop. */
export function operations(lanes: Lanes, { mix, chains, unroll }: Shape): number {
  return unroll * chains * (mix === "split" ? 1 : 2) * (lanes === "f32x4" ? 4 : 2);
}

function compileLoop(lanes: Lanes, shape: Shape): (turns: number) => void {
  const module = binaryen.parseText(loopText(lanes, shape));
  module.setFeatures(binaryen.Features.SIMD128);
  const bytes = module.emitBinary() as Uint8Array<ArrayBuffer>;
  module.dispose();
  // Straight to the optimizing compiler: on a busy machine it may otherwise not be ready before the timing starts.
  setFlagsFromString("--no-liftoff");
  const { exports } = new WebAssembly.Instance(new WebAssembly.Module(bytes));
  setFlagsFromString("--liftoff");
  const memory = exports.memory as WebAssembly.Memory;
  // m = 1 where it multiplies a chain's own value, else 0: numbers stay ordinary, however long the loop runs.
  if (shape.mix === "chained" || shape.mix === "split") {
    if (lanes === "f32x4") new Float32Array(memory.buffer).fill(1, 0, 4);
    else new Float64Array(memory.buffer).fill(1, 0, 2);
  }
  return exports.run as (turns: number) => void;
}

/** Every shape that has as many multiplications as additions. */
export function shapes(): Shape[] {
  return MIXES.flatMap((mix) =>
    CHAINS.filter((chains) => mix !== "split" || chains % 2 === 0).flatMap((chains) =>
      [1, 2, 4].map((unroll) => ({ mix, chains, unroll })),
    ),
  );
}

/** GFLOP/s of one shape: the fastest of `rounds` runs. */
function measure(lanes: Lanes, shape: Shape, rounds: number): number {
  const run = compileLoop(lanes, shape);
  const work = operations(lanes, shape) * TURNS;
  run(TURNS);
  let best = 0;
  for (let r = 0; r < rounds; r++) {
    const start = performance.now();
    run(TURNS);
    best = Math.max(best, work / (performance.now() - start) / 1e6);
  }
  return best;
}

export interface Limit {
  readonly gflops: number;
  readonly shape: Shape;
}

/** The greatest over all shapes, in GFLOP/s; the best few are measured again, longer. */
export function limit(lanes: Lanes): Limit {
  const first = shapes().map((shape) => ({ shape, gflops: measure(lanes, shape, 8) }));
  const best = first.sort((a, b) => b.gflops - a.gflops).slice(0, 4);
  const again = best.map(({ shape, gflops }) => ({ shape, gflops: Math.max(gflops, measure(lanes, shape, 40)) }));
  return again.reduce((a, b) => (b.gflops > a.gflops ? b : a));
}

/** The best shape's loop, to be timed next to the products: work in floating-point operations a call. */
export function limitCase(lanes: Lanes, { shape }: Limit): { run: () => void; work: number } {
  const loop = compileLoop(lanes, shape);
  return { run: () => loop(TURNS), work: operations(lanes, shape) * TURNS };
}

if (isMain("limit")) {
  for (const lanes of ["f32x4", "f64x2"] as const) {
    const { gflops, shape } = limit(lanes);
    const table = shapes().map((s) => ({ ...s, gflops: Number(measure(lanes, s, 8).toFixed(1)) }));
    if (process.argv.includes("--all")) console.table(table);
    console.log(
      `${lanes}: ${gflops.toFixed(1)} GFLOP/s (${shape.mix}, ${shape.chains} chains, unrolled ${shape.unroll})`,
    );
  }
}
