/**
 * Where one training step spends its time: the records of its plan are run one at a time, loops written out, each call
 * timed. `npm run bench -- profile [f32|f64] [leNet]`
 */
import { Control, Layout } from "../assembly/opcodes.ts";
import { Op } from "../assembly/ops.generated.ts";
import { Memory } from "../src/core/host/memory.ts";
import { momentum } from "../src/index.ts";
import { digits, machine, printTable, save } from "./harness.ts";
import { LEARNING_RATE, leNetStep, MOMENTUM, SIZES, sizeName, trainingStep } from "./workload.ts";

/** The names of the operations by number. */
const NAMES: Record<number, string> = {
  [Op.Zero]: "zero",
  [Op.Copy]: "copy",
  [Op.Combine]: "combine",
  [Op.ProductNN]: "product nn",
  [Op.ProductNT]: "product nt",
  [Op.ProductTN]: "product tn",
  [Op.AddRow]: "bias",
  [Op.ColumnSum]: "column sum",
  [Op.RowAffine]: "row affine",
  [Op.CopyColumns]: "copy columns",
  [Op.Activate]: "activation",
  [Op.ActivateDerivative]: "activation'",
  [Op.Softmax]: "softmax",
  [Op.Loss]: "loss",
  [Op.Dot]: "dot",
  [Op.Sgd]: "sgd",
  [Op.Momentum]: "momentum",
  [Op.Adam]: "adam",
  [Op.LayerTail]: "layer tail",
  [Op.SlopeSum]: "slope and sum",
  [Op.ToImage]: "to image",
  [Op.ToFeatures]: "to features",
  [Op.Conv]: "convolution",
  [Op.ConvInput]: "convolution, input",
  [Op.ConvWeight]: "convolution, weight",
  [Op.PickMax]: "max pooling",
  [Op.PlaceMax]: "max pooling, adjoint",
};

interface Core {
  readonly memory: WebAssembly.Memory;
  arena_alloc(bytes: number): number;
  plan_run(shared: number, private_: number, plan: number, count: number): number;
}

interface Run {
  readonly core: Core;
  readonly address: number;
  readonly count: number;
  readonly base: number;
  /** The memory before it ran: a plan's memory is used again, so its inputs are gone afterwards. */
  readonly before: Uint8Array;
}

/** What `action` replays. */
function captureRun(action: () => void): Run {
  const { run } = Memory.prototype;
  let captured: Run | undefined;
  Memory.prototype.run = function (address, count, base) {
    const { core } = this as unknown as { core: Core };
    captured = { core, address, count, base, before: new Uint8Array(core.memory.buffer).slice() };
    return run.call(this, address, count, base);
  };
  action();
  Memory.prototype.run = run;
  if (!captured) throw new Error("no plan was replayed");
  return captured;
}

/** The plan's records with its loops written out; guards are left out. */
function unrolled({ core, address, count }: Run): Uint8Array {
  const bytes = new Uint8Array(core.memory.buffer, address, count * Layout.Record).slice();
  const out: Uint8Array[] = [];
  const emit = (first: number, last: number, at: readonly number[]) => {
    for (let index = first; index < last; index++) {
      const record = bytes.slice(index * Layout.Record, (index + 1) * Layout.Record);
      const view = new DataView(record.buffer);
      const op = view.getUint16(Layout.Op, true);
      if (op === Control.Loop) {
        const body = index + 1;
        const end = body + view.getUint32(Layout.Sizes + 4, true);
        for (let i = 0; i < view.getUint32(Layout.Sizes, true); i++) emit(body, end, [...at, i]);
        index = end - 1;
      } else if (op !== Control.Guard) {
        for (let k = 0; k < Layout.OperandCount; k++) {
          const operand = Layout.Operands + k * Layout.OperandBytes;
          const offset = view.getUint32(operand, true);
          if (offset === 0xffffffff) continue;
          const moved = at.reduce((sum, i, level) => sum + i * view.getInt32(operand + 4 + 4 * level, true), offset);
          view.setUint32(operand, moved, true);
        }
        out.push(record);
      }
    }
  };
  emit(0, count, []);
  const all = new Uint8Array(out.length * Layout.Record);
  for (const [i, record] of out.entries()) all.set(record, i * Layout.Record);
  return all;
}

interface Kernel {
  readonly name: string;
  calls: number;
  microseconds: number;
}

/** Fastest time of every record over many replays, added up by kernel and shape. */
function profile(run: Run): { kernels: Kernel[]; whole: number } {
  const { core, base, before: memory } = run;
  const records = unrolled(run);
  const address = core.arena_alloc(records.length);
  const renew = () => {
    new Uint8Array(core.memory.buffer).set(memory);
    new Uint8Array(core.memory.buffer).set(records, address);
  };
  const view = new DataView(records.buffer);
  const count = records.length / Layout.Record;
  const fastest = new Float64Array(count).fill(Number.POSITIVE_INFINITY);
  let empty = Number.POSITIVE_INFINITY;
  let whole = Number.POSITIVE_INFINITY;
  const start = performance.now();
  for (let turn = 0; turn < 40 || (performance.now() - start < 2000 && turn < 3000); turn++) {
    renew();
    for (let i = 0; i < count; i++) {
      const before = performance.now();
      core.plan_run(0, base, address + i * Layout.Record, 1);
      fastest[i] = Math.min(fastest[i] as number, performance.now() - before);
    }
    const before = performance.now();
    core.plan_run(0, base, address, 0);
    empty = Math.min(empty, performance.now() - before);
    renew();
    const again = performance.now();
    core.plan_run(0, base, run.address, run.count);
    whole = Math.min(whole, performance.now() - again);
  }
  const kernels = new Map<string, Kernel>();
  for (let i = 0; i < count; i++) {
    const at = i * Layout.Record;
    const op = view.getUint16(at + Layout.Op, true);
    const sizes = [0, 1, 2].map((k) => view.getUint32(at + Layout.Sizes + 4 * k, true));
    const shape = PRODUCTS.has(op) ? sizes : sizes.slice(0, SHAPED.has(op) ? 2 : 1);
    const name = `${NAMES[op] ?? op} ${shape.join("×")}`;
    const kernel = kernels.get(name) ?? { name, calls: 0, microseconds: 0 };
    kernel.calls++;
    kernel.microseconds += Math.max(0, (fastest[i] as number) - empty) * 1000;
    kernels.set(name, kernel);
  }
  return { kernels: [...kernels.values()].sort((a, b) => b.microseconds - a.microseconds), whole: whole * 1000 };
}

/** Operations whose first three sizes tell the shape; for images these are examples, channels and filters. */
const PRODUCTS = new Set<number>([Op.ProductNN, Op.ProductNT, Op.ProductTN, Op.Conv, Op.ConvInput, Op.ConvWeight]);

/** The same of two sizes. */
const SHAPED = new Set<number>([
  Op.PickMax,
  Op.PlaceMax,
  Op.AddRow,
  Op.LayerTail,
  Op.SlopeSum,
  Op.ColumnSum,
  Op.RowAffine,
  Op.Activate,
  Op.ActivateDerivative,
  Op.Loss,
]);

function report(name: string, precision: "f32" | "f64", step: () => unknown): unknown {
  for (let i = 0; i < 20; i++) step();
  const run = captureRun(step);
  const { kernels, whole } = profile(run);
  let stepTime = Number.POSITIVE_INFINITY;
  for (const start = performance.now(); performance.now() - start < 500; ) {
    const before = performance.now();
    step();
    stepTime = Math.min(stepTime, performance.now() - before);
  }
  const sum = kernels.reduce((total, k) => total + k.microseconds, 0);
  const us = (value: number) => digits(value);
  console.log(
    `\n${name}, ${precision}: one step ${us(stepTime * 1000)} µs, its plan ${us(whole)} µs, kernels ${us(sum)} µs`,
  );
  printTable(
    kernels
      .filter((k) => k.microseconds > 0.002 * sum)
      .map(({ name, calls, microseconds }) => ({
        kernel: name,
        calls,
        "µs in all": us(microseconds),
        "µs a call": us(microseconds / calls),
        "% of kernels": ((100 * microseconds) / sum).toFixed(1),
      })),
  );
  return { name, precision, stepMicroseconds: stepTime * 1000, planMicroseconds: whole, kernels };
}

const context = machine();
const precision = process.argv.includes("f64") ? "f64" : "f32";
const optimizer = momentum({ learningRate: LEARNING_RATE, momentum: MOMENTUM });
const profiles: unknown[] = [];
if (process.argv.includes("leNet")) {
  profiles.push(report("LeNet, batch 64", precision, await leNetStep(64, optimizer, precision)));
} else {
  for (const size of SIZES) {
    profiles.push(report(sizeName(size), precision, await trainingStep(size, optimizer, precision)));
  }
}
save(`profile-${precision}`, { machine: context, profiles });
