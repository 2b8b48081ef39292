/**
 * Products in GFLOP/s and as a share of the machine's limit, measured in the same rounds. `npm run bench -- products`
 * All three kinds at the shapes of one layer: nn rows × width × width, nt the same, tn the weight gradient with its shards.
 */
import { instantiateCore } from "../src/core/host/load.ts";
import { shardCount, shardRows } from "../src/core/recording/shards.ts";
import { type Contender, compare, digits, isMain, machine, printTable, save, timed } from "./harness.ts";
import { limit, limitCase } from "./limit.ts";

export type Kind = "nn" | "nt" | "tn";
export type Precision = "f32" | "f64";
export const KINDS: readonly Kind[] = ["nn", "nt", "tn"];

/** Rows, input width, output width of a layer. */
export const SHAPES: readonly (readonly [number, number, number])[] = [
  [256, 2, 2],
  [256, 3, 3],
  [40, 8, 8],
  [256, 8, 8],
  [256, 32, 32],
  [256, 64, 64],
  [256, 128, 128],
  [256, 256, 256],
  [40, 512, 512],
  [1, 128, 128],
];

/** A product on operands of its own, repeated where it is small: the call and its number of operations. */
export function ourProduct(
  kind: Kind,
  [rows, inputs, outputs]: readonly [number, number, number],
  precision: Precision,
) {
  const core = instantiateCore();
  const allocate = core.arena_alloc as (bytes: number) => number;
  const bytes = precision === "f32" ? 4 : 8;
  const padded = (n: number) => Math.ceil((n * bytes) / 16) * 16;
  const matrix = (r: number, c: number, value: number) => {
    const address = allocate(r * padded(c));
    const values = new (precision === "f32" ? Float32Array : Float64Array)(
      core.memory.buffer,
      address,
      (r * padded(c)) / bytes,
    );
    for (let i = 0; i < values.length; i++) values[i] = i % (padded(c) / bytes) < c ? value : 0;
    return address;
  };
  const left = matrix(rows, inputs, 0.5);
  const right = kind === "tn" ? matrix(rows, outputs, 0.25) : matrix(inputs, outputs, 0.25);
  const result = kind === "tn" ? matrix(inputs, outputs, 0) : matrix(rows, outputs, 0);
  const scratch = allocate(64 * Math.max(rows, inputs) + 100 * inputs + 512 * bytes * rows);
  const multiply = core[`${precision === "f32" ? "s" : "d"}gemm_${kind}`] as (...operands: number[]) => void;
  const shards = shardCount(rows);
  const run =
    kind === "tn"
      ? () => multiply(result, left, right, scratch, inputs, outputs, rows, 0, shards, shardRows(rows, shards))
      : () => multiply(result, left, right, scratch, rows, outputs, inputs, 0);
  return repeated(run, 2 * rows * inputs * outputs);
}

/** Small products several times a call, so that the timer's own cost does not count. */
function repeated(run: () => void, work: number): { run: () => void; work: number } {
  const times = Math.ceil(200_000 / work);
  const all = () => {
    for (let i = 0; i < times; i++) run();
  };
  return { run: all, work: times * work };
}

export async function products(precision: Precision, rounds: number): Promise<Record<string, string>[]> {
  const best = limit(precision === "f32" ? "f32x4" : "f64x2");
  const top = limitCase(precision === "f32" ? "f32x4" : "f64x2", best);
  const rows: Record<string, string>[] = [];
  for (const shape of SHAPES) {
    const contenders: Contender[] = [timed("limit", top.run, top.work)];
    for (const kind of KINDS) {
      const { run, work } = ourProduct(kind, shape, precision);
      contenders.push(timed(kind, run, work));
    }
    const results = await compare(contenders, { rounds, seconds: 0.1 });
    const ceiling = Math.max(best.gflops, results[0]?.gflops?.most ?? 0);
    const row: Record<string, string> = { "rows × in × out": shape.join(" × "), precision };
    for (const { name, gflops } of results.slice(1)) {
      const share = (gflops?.median ?? 0) / ceiling;
      if (share > 1)
        throw new Error(`${name} ${shape}: ${(100 * share).toFixed(0)} % of the limit, so the limit is wrong`);
      row[name] = digits(gflops?.median ?? 0);
      row[`${name} %`] = (100 * share).toFixed(0);
    }
    row.limit = digits(ceiling);
    rows.push(row);
  }
  return rows;
}

if (isMain("products")) {
  const context = machine();
  const rows = [...(await products("f32", 5)), ...(await products("f64", 5))];
  printTable(rows);
  save("products", { machine: context, rows });
}
