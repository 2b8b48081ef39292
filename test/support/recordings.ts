/**
 * Random recordings, drawn from a list of numbers so that a failing one shrinks: straight calls with fan-out, loops with
 * permuted carries, slices with any first and step, tensors from outside, nested loops, saved and stacked tensors, and
 * chains that add in place.
 */
import * as fc from "fast-check";
import { Memory } from "../../src/core/host/memory.ts";
import type { Fusion } from "../../src/core/plan/fuse.ts";
import { compile, type Plan } from "../../src/core/plan/plan.ts";
import { Cotangents } from "../../src/core/recording/cotangents.ts";
import { backward } from "../../src/core/recording/derive.ts";
import { dependents } from "../../src/core/recording/graph.ts";
import { Recorder } from "../../src/core/recording/recorder.ts";
import { type Loop, numberBytes, type Precision, paddedColumns, type Tensor } from "../../src/core/recording/tensor.ts";
import { type ActivationName, activate } from "../../src/operations/activation.ts";
import { addBias, columnSum } from "../../src/operations/bias.ts";
import { moveColumns } from "../../src/operations/columns.ts";
import { add, combine } from "../../src/operations/combine.ts";
import { copy, zero } from "../../src/operations/fill.ts";
import { product, productTransposed, transposedProduct } from "../../src/operations/product.ts";
import { rowAffine } from "../../src/operations/rowAffine.ts";
import { sizeOf, type Values } from "../reference/recording.ts";
import { symmetric } from "./draws.ts";

/** The numbers a recording is drawn from. */
export const choices = fc.array(fc.nat(2 ** 16), { minLength: 4, maxLength: 90, size: "max" });

export interface Drawn {
  readonly record: Recorder;
  readonly memory: Memory;
  /** Tensors with numbers from outside: parameters in the shared block, inputs in the private one. */
  readonly given: Map<Tensor, number[]>;
  /** Those that may be differentiated. */
  readonly leaves: readonly Tensor[];
  /** Results of the outermost scope: the last is the one that depends on most. */
  readonly results: readonly Tensor[];
  readonly stacks: readonly Tensor[];
}

interface Pool {
  readonly tensors: Tensor[];
  readonly weights: Tensor[];
  readonly rows: Tensor[];
  readonly stacks: Tensor[];
}

const smooth: readonly ActivationName[] = ["tanh", "sigmoid", "softplus", "sin"];
const factors = [1, 0.5, -1, -0.25, 0.3];

export interface DrawOptions {
  readonly precision?: Precision;
  /** Calls that add in place of another tensor, as derivative rules record them. */
  readonly inPlace?: boolean;
  /** Largest number of examples. */
  readonly examples?: number;
}

/** Draws a recording; `numbers` decides everything. */
export function drawRecording(numbers: readonly number[], options: DrawOptions = {}): Drawn {
  const { precision = "f64", inPlace = true, examples = 4 } = options;
  const record = new Recorder(precision);
  const memory = new Memory();
  const given = new Map<Tensor, number[]>();
  let used = 0;
  const next = (n: number): number => (numbers[used++] ?? 0) % n;
  const more = () => used < numbers.length;
  const pick = <T>(list: readonly T[]): T => list[list.length - 1 - next(list.length)] as T;

  const R = 1 + next(examples);
  const widths = [2 + next(3), 1 + next(5)] as const;
  const [a, b] = widths;
  let seed = 1;
  const fill = (t: Tensor, scale = 1): Tensor => {
    given.set(t, symmetric(seed++, sizeOf(t), scale));
    return t;
  };
  const parameter = (name: string, rows: number, columns: number, count = 1): Tensor => {
    const bytes = count * rows * paddedColumns(columns, precision) * numberBytes(precision);
    return fill(record.shared(name, { rows, columns, count }, memory.allocate(bytes, name)), rows === 1 ? 0.5 : 0.7);
  };
  const input = (name: string, columns: number): Tensor => fill(record.input(name, R, columns));
  const constants = new Map([...new Set(widths)].map((w) => [w, [parameter("scale", 1, w), parameter("shift", 1, w)]]));
  const root: Pool = {
    tensors: [input("x", a), input("z", b)],
    weights: [parameter("Wab", a, b), parameter("Wba", b, a), parameter("Waa", a, a)],
    rows: [parameter("ra", 1, a), parameter("rb", 1, b)],
    stacks: [parameter("WS", a, a, 5), parameter("rS", 1, a, 5), parameter("XS", R, a, 4)],
  };
  const leaves = [...root.tensors, ...root.weights, ...root.rows, ...root.stacks];

  const isShape = (t: Tensor, rows: number, columns: number) =>
    t.count === 1 && t.rows === rows && t.columns === columns;
  const alike = (pool: Pool, t: Tensor) => pool.tensors.filter((o) => isShape(o, t.rows, t.columns));
  const add = (list: Tensor[], t: Tensor | undefined) => {
    if (t && !list.includes(t)) list.push(t);
  };
  const terms = (pool: Pool, t: Tensor, n: number): [number, Tensor][] =>
    Array.from({ length: n }, () => [pick(factors) / (n > 2 ? n : 1), pick(alike(pool, t))]);

  const grow = (pool: Pool, depth: number, calls: number): void => {
    for (let call = 0; call < calls && more(); call++) {
      const t = pick(pool.tensors);
      const into = inPlace && next(3) === 0;
      switch (next(11)) {
        case 0:
        case 1:
          add(pool.tensors, activate(record, t, pick(smooth)));
          break;
        case 2: {
          const w = pick(pool.weights.filter((o) => o.rows === t.columns));
          if (!w) break;
          const target = into ? pool.tensors.filter((o) => isShape(o, t.rows, w.columns)) : [];
          add(pool.tensors, product(record, t, w, target.length > 0 ? pick(target) : undefined));
          break;
        }
        case 3: {
          const rows = pool.rows.filter((o) => o.columns === t.columns);
          if (rows.length > 0) add(pool.tensors, addBias(record, t, pick(rows)));
          break;
        }
        case 4: {
          if (into) add(pool.tensors, combine(record, terms(pool, t, 1 + next(4)), pick(alike(pool, t))));
          else add(pool.tensors, combine(record, terms(pool, t, 1 + next(5))));
          break;
        }
        case 5: {
          const columns = pick(widths);
          const count = Math.min(columns, t.columns, 1 + next(3));
          const window = { columns, to: next(columns - count + 1), from: next(t.columns - count + 1), count };
          const target = into ? pool.tensors.filter((o) => isShape(o, t.rows, columns)) : [];
          add(pool.tensors, moveColumns(record, t, window, target.length > 0 ? pick(target) : undefined));
          break;
        }
        case 6: {
          const [scale, shift] = constants.get(t.columns) ?? [];
          if (scale)
            add(
              pool.tensors,
              rowAffine(record, t, scale, next(2) ? shift : undefined, into ? pick(alike(pool, t)) : undefined),
            );
          break;
        }
        case 7: {
          const same = pool.tensors.filter((o) => o.rows === t.rows);
          if (next(2)) add(pool.weights, combine(record, [[0.3, transposedProduct(record, t, pick(same))]]));
          else {
            const w = pool.weights.filter((o) => o.columns === t.columns && widths.includes(o.rows));
            if (w.length > 0) add(pool.tensors, productTransposed(record, t, pick(w)));
          }
          break;
        }
        case 8:
          add(pool.rows, combine(record, [[0.3, columnSum(record, t)]]));
          break;
        default:
          if (depth < 2) loop(pool, depth);
      }
    }
  };

  const loop = (pool: Pool, depth: number): void => {
    const count = 1 + next(4);
    const carried = Array.from({ length: 1 + next(3) }, () => pick(pool.tensors));
    const sources = Array.from({ length: next(4) }, () => {
      const source = pick(pool.stacks);
      const slots = source.count;
      const step = [1, -1, 2, -2][next(4)] as number;
      const span = Math.abs(step) * (count - 1);
      if (span > slots - 1) return undefined;
      const first = next(slots - span) + (step < 0 ? span : 0);
      return { source, first, step };
    }).filter((s) => s !== undefined);
    const inner: Pool = { tensors: [], weights: [], rows: [], stacks: [] };
    const before: Pool = { tensors: [], weights: [], rows: [], stacks: [] };
    const recorded: Loop = record.loop(count, carried, (args, at) => {
      const slices = sources.map((source) => at(source));
      inner.tensors.push(...pool.tensors.slice(-3), ...args);
      inner.weights.push(...pool.weights);
      inner.rows.push(...pool.rows);
      inner.stacks.push(...pool.stacks);
      for (const s of slices) {
        if (s.rows === R && s.columns === a && R !== 1 && R !== a) inner.tensors.push(s);
        else if (s.name.startsWith("WS")) inner.weights.push(s);
        else if (s.name.startsWith("rS")) inner.rows.push(s);
        else inner.tensors.push(s);
      }
      for (const list of ["tensors", "weights", "rows", "stacks"] as const) before[list].push(...inner[list]);
      grow(inner, depth + 1, 2 + next(6));
      return args.map((arg) => pick(alike(inner, arg)));
    });
    for (const { final } of recorded.carries) pool.tensors.push(final);
    for (let saves = next(3); saves > 0; saves--) {
      const item = pick(inner.tensors.filter((t) => t.scope === recorded.body));
      if (item) add(pool.stacks, record.save(recorded, item));
    }
  };

  grow(root, 0, 12);
  const made = root.tensors.filter((t) => !t.external && t.home === undefined);
  if (made.length === 0) made.push(activate(record, root.tensors[0] as Tensor, "tanh"));
  return { record, memory, given, leaves, results: made, stacks: root.stacks.slice(3) };
}

/** Keeps a tensor for the host, as models do: a tensor of its own where it is an input or a parameter. */
export function keepAny(record: Recorder, tensor: Tensor): Tensor {
  const own = tensor.external || tensor.home !== undefined;
  return record.keep(own ? (record.call(copy, [tensor], [tensor])[0] as Tensor) : tensor);
}

/** Sends a tensor to a new place of the shared block, as models do with gradients. Returns how to read it. */
export function sendHome({ record, memory }: Drawn, result: Tensor): { tensor: Tensor; address: number } {
  const { precision } = record;
  const bytes = result.count * result.rows * paddedColumns(result.columns, precision) * numberBytes(precision);
  const taken = result.home !== undefined || result.external || record.homes.has(result) || record.kept.has(result);
  const tensor = taken ? (record.call(copy, [result], [result])[0] as Tensor) : result;
  const address = memory.allocate(bytes, "result");
  record.homes.set(tensor, address);
  return { tensor, address };
}

/** Compiles, fills memory that nobody has written with NaN, runs, and reads tensors. */
export function runRecording(
  { record, memory, given }: Drawn,
  fusions: readonly Fusion[] = [],
): {
  plan: Plan;
  read: (t: Tensor) => number[];
  readAt: (t: Tensor, address: number) => number[];
} {
  const plan = compile(record, copy, fusions);
  const { precision } = record;
  const bytes = numberBytes(precision);
  const address = memory.load(plan);
  const base = memory.allocate(Math.max(plan.privateBytes, 16), "private");
  memory.view(precision, base, Math.ceil(plan.privateBytes / bytes)).fill(Number.NaN);
  if (memory.check(address, plan.count, plan.privateBytes) >= 0) throw new Error("plan_check refuses a compiled plan");
  for (const [t, numbers] of given) {
    if (t.scalar) {
      memory.setScalars(t.home as number, numbers);
      continue;
    }
    const at = t.home ?? base + plan.offset(t);
    const stride = paddedColumns(t.columns, precision);
    const view = memory.view(precision, at, t.count * t.rows * stride);
    view.fill(0);
    numbers.forEach((x, i) => {
      view[Math.floor(i / t.columns) * stride + (i % t.columns)] = x;
    });
  }
  memory.run(address, plan.count, base);
  const readAt = (t: Tensor, at: number): number[] => {
    if (t.scalar) return [memory.scalar(at)];
    const stride = paddedColumns(t.columns, precision);
    const view = memory.view(precision, at, t.count * t.rows * stride);
    const values: number[] = [];
    view.forEach((x, i) => {
      if (i % stride < t.columns) values.push(x);
      else if (x !== 0) throw new Error(`${t.name}: padding holds ${x}`);
    });
    return values;
  };
  return { plan, read: (t) => readAt(t, base + plan.offset(t)), readAt };
}

/** Whether the numbers are fit for comparison: a recording that blows up says nothing. */
export function tame(values: Values, bound = 1e3): boolean {
  for (const numbers of values.values()) for (const x of numbers) if (!(Math.abs(x) < bound)) return false;
  return true;
}

/** Walks back from two results with random cotangents; returns the gradient of Σ ⟨u, result⟩ for every leaf. */
export function pullBack(drawn: Drawn, numbers: readonly number[]) {
  const { record, given, leaves, results } = drawn;
  const active = dependents(record.root.nodes, leaves);
  const accumulation = { add, zero };
  const cotangents = new Cotangents(record, active, accumulation);
  const of = [...new Set([results.at(-1), results[(numbers[0] ?? 0) % results.length]] as Tensor[])];
  const seeds = of.map((t, k) => {
    const u = record.input(`u${k}`, t.rows, t.columns);
    given.set(u, symmetric(100 + k, sizeOf(u)));
    if (active.has(t)) cotangents.set(t, u);
    return u;
  });
  backward(record, record.root, cotangents, active, accumulation);
  return { of, seeds, gradients: leaves.map((t) => cotangents.get(t)) };
}
