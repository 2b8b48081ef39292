import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { Control, Layout } from "../../assembly/opcodes.ts";
import { Op } from "../../assembly/ops.generated.ts";
import { instantiateCore } from "../../src/core/host/load.ts";
import { compile, type Plan } from "../../src/core/plan/plan.ts";
import {
  adaptiveAveragePool2d,
  averagePool2d,
  batchNorm,
  conv2d,
  convTranspose2d,
  createModel,
  dense,
  euler,
  flatten,
  instanceNorm,
  layerField,
  layerNorm,
  linear,
  localResponseNorm,
  maxPool2d,
  network,
  ode,
} from "../../src/index.ts";
import { engineOf } from "../../src/model/model.ts";
import { recordHessianVector } from "../../src/model/productRecordings.ts";
import { recordGradient, recordPrediction } from "../../src/model/recordings.ts";
import { copy } from "../../src/operations/fill.ts";
import { choices, drawRecording, keepAny } from "../support/recordings.ts";

const SHARED = 1 << 16;
const GUARD = 1 << 16;
const MARK = 0xa5;

/** A core whose two blocks lie between zones of known bytes. */
function sandbox(privateBytes: number) {
  const core = instantiateCore();
  const room = Math.ceil(privateBytes / 16) * 16 + 16;
  const base = core.memory.grow(Math.ceil((SHARED + room + 4 * GUARD) / 65536)) * 65536;
  const shared = base + GUARD;
  const own = shared + SHARED + GUARD;
  const plan = own + room + GUARD;
  const bytes = () => new Uint8Array(core.memory.buffer);
  bytes().fill(MARK, base);
  return {
    prepare(content: Uint8Array) {
      bytes()
        .fill(0, shared, shared + SHARED)
        .fill(0, own, own + privateBytes);
      bytes().set(content, plan);
    },
    check: (count: number, size = privateBytes): number =>
      (core.plan_check as (s: number, p: number, at: number, n: number) => number)(SHARED, size, plan, count),
    run: (count: number): number =>
      (core.plan_run as (s: number, p: number, at: number, n: number) => number)(shared, own, plan, count),
    /** Whether every byte outside the two blocks is as it was. */
    untouched(planBytes: number): boolean {
      const all = bytes();
      const zones = [
        [base, shared],
        [shared + SHARED, own],
        [own + privateBytes, plan],
        [plan + planBytes, plan + GUARD],
      ] as const;
      return zones.every(([from, to]) => all.subarray(from, to).every((b) => b === MARK));
    },
    low: () => bytes().slice(0, base),
  };
}

function drawnPlan(numbers: readonly number[]): Plan {
  const drawn = drawRecording(numbers, { precision: (numbers[0] ?? 0) % 2 === 0 ? "f32" : "f64" });
  for (const t of drawn.results) keepAny(drawn.record, t);
  return compile(drawn.record, copy);
}

describe("plan_check", () => {
  it("accepts every plan that the library compiles", async () => {
    const net = network({
      input: 3,
      layers: [
        dense(5),
        ode(layerField(), euler, { steps: 4 }),
        ode(layerField(), euler, { steps: 2, weights: "constant" }),
        linear(3),
      ],
    });
    const images = network({
      input: [3, 9, 8],
      layers: [
        conv2d(6, { groups: 3, stride: 2, activation: "relu" }),
        batchNorm(),
        instanceNorm(),
        localResponseNorm(),
        maxPool2d({ size: 3, stride: 1, padding: 1 }),
        conv2d(5, { size: 1 }),
        convTranspose2d(3, { size: 2, stride: 2 }),
        averagePool2d(),
        layerNorm(),
        adaptiveAveragePool2d(2),
        flatten(),
        linear(3),
      ],
    });
    const cases = [net, images].flatMap((described) => (["f32", "f64"] as const).map((p) => [described, p] as const));
    for (const [described, precision] of cases) {
      const model = await createModel(described, { precision });
      const engine = engineOf(model);
      for (const rows of [1, 3, 16, 33, 130]) {
        for (const build of [recordGradient, recordHessianVector, recordPrediction]) {
          const plan = compile(build(engine, rows).record, copy);
          const box = sandbox(plan.privateBytes);
          box.prepare(plan.bytes);
          expect(box.check(plan.count)).toBe(0);
          expect(box.check(plan.count, plan.privateBytes - 16)).not.toBe(0);
        }
      }
      model.dispose();
    }
  });

  it("what it accepts neither traps nor writes outside its blocks, whatever bytes were changed", () => {
    let accepted = 0;
    const mutation = fc.record({
      at: fc.nat(),
      value: fc.oneof(fc.nat(255), fc.constantFrom(0, 1, 0x7f, 0x80, 0xff)),
      wide: fc.boolean(),
    });
    fc.assert(
      fc.property(choices, fc.array(mutation, { minLength: 1, maxLength: 3 }), (numbers, mutations) => {
        const plan = drawnPlan(numbers);
        const box = sandbox(plan.privateBytes);
        const bytes = plan.bytes.slice();
        for (const { at, value, wide } of mutations) {
          const where = at % bytes.length;
          if (wide) bytes.fill(value, where & ~3, (where & ~3) + 4);
          else bytes[where] = value;
        }
        box.prepare(bytes);
        const low = box.low();
        if (box.check(plan.count) !== 0 || work(bytes) > 1e6) return;
        accepted++;
        expect(() => box.run(plan.count)).not.toThrow();
        expect(box.untouched(bytes.length)).toBe(true);
        // Below the blocks lie the kernels' own constants.
        expect(Buffer.compare(box.low(), low)).toBe(0);
      }),
      { numRuns: Number(process.env.RUNS ?? 500) },
    );
    expect(accepted).toBeGreaterThan(50);
  });

  const record = (
    op: number,
    sizes: number[],
    operands: [number, number, number][] = [],
    coefficients: number[] = [],
    type = 0,
  ) => {
    const bytes = new Uint8Array(Layout.Record);
    const view = new DataView(bytes.buffer);
    view.setUint16(Layout.Op, op, true);
    view.setUint16(Layout.Type, type, true);
    sizes.forEach((n, k) => {
      view.setUint32(Layout.Sizes + 4 * k, n, true);
    });
    coefficients.forEach((c, k) => {
      view.setFloat64(Layout.Coefficients + 8 * k, c, true);
    });
    for (let k = 0; k < Layout.OperandCount; k++) {
      const [offset, s0, s1] = operands[k] ?? [0xffffffff, 0, 0];
      const at = Layout.Operands + k * Layout.OperandBytes;
      view.setUint32(at, offset, true);
      view.setInt32(at + 4, s0, true);
      view.setInt32(at + 8, s1, true);
    }
    return bytes;
  };
  const none: [number, number, number] = [0, 0, 0];
  const zero = (offset = 0, s0 = 0, s1 = 0) => record(Op.Zero, [4], [[offset, s0, s1]]);
  const loop = (count: number, length: number) => record(Control.Loop, [count, length]);
  const verdict = (...records: Uint8Array[]): number => {
    const box = sandbox(1024);
    box.prepare(new Uint8Array(records.flatMap((r) => [...r])));
    return box.check(records.length);
  };

  it.each<[string, number, Uint8Array[]]>([
    ["one call", 0, [zero()]],
    ["the last vector of the block", 0, [zero(1008)]],
    ["one past it", 1, [zero(1024)]],
    ["an offset that wraps around", 1, [zero(0xfffffff0)]],
    ["an operand between two vectors", 1, [zero(8)]],
    ["an image without pixels", 1, [record(Op.ToImage, [1 << 17, 1 << 17, 0], [none, none])]],
    ["features of none", 1, [record(Op.ToFeatures, [1 << 17, 1 << 17, 0], [none, none])]],
    ["a loop that ends at the block's end", 0, [loop(64, 1), zero(0, 16)]],
    ["one iteration more", 2, [loop(65, 1), zero(0, 16)]],
    ["backwards to the start", 0, [loop(64, 1), zero(1008, -16)]],
    ["backwards past it", 2, [loop(65, 1), zero(1008, -16)]],
    [
      "2³² − 1 iterations of half a milliard empty rows",
      2,
      [
        loop(0xffffffff, 1),
        record(
          Op.Activate,
          [0x1fffffff, 0, 0],
          [
            [0, 0, 0],
            [0, 0, 0],
          ],
        ),
      ],
    ],
    ["2³² − 1 iterations with a stride that wraps to 0", 2, [loop(0xffffffff, 1), zero(0, -0x80000000)]],
    ["no iterations", 1, [loop(0, 1), zero()]],
    ["a body past the end", 1, [loop(2, 2), zero()]],
    ["a body of 2³² − 1 records", 1, [loop(2, 0xffffffff), zero()]],
    ["a loop in a loop", 0, [loop(8, 2), loop(8, 1), zero(0, 128, 16)]],
    ["a loop in a loop, one too far", 3, [loop(8, 2), loop(9, 1), zero(0, 128, 16)]],
    ["a loop in a loop in a loop", 3, [loop(2, 3), loop(2, 2), loop(2, 1), zero()]],
    ["an inner body past the outer's end", 2, [loop(2, 1), loop(2, 1), zero()]],
    ["nested loops whose product is endless", 2, [loop(1 << 22, 2), loop(1 << 22, 1), zero()]],
    ["empty loops without end", 2, [loop(0xffffffff, 1), loop(0xffffffff, 0)]],
    ["an unknown operation", 1, [record(999, [1], [[0, 0, 0]])]],
    ["an unknown type", 1, [record(Op.Zero, [4], [[0, 0, 0]], [], 2)]],
    [
      "NaN as a column",
      1,
      [
        record(
          Op.CopyColumns,
          [1, 4, 4, 0],
          [
            [0, 0, 0],
            [0, 0, 0],
          ],
          [Number.NaN, 0, 1],
        ),
      ],
    ],
    [
      "half a column, which is none",
      0,
      [
        record(
          Op.CopyColumns,
          [1, 4, 4, 0],
          [
            [0, 0, 0],
            [16, 0, 0],
          ],
          [0.5, 0, 1],
        ),
      ],
    ],
    [
      "too many columns",
      1,
      [
        record(
          Op.CopyColumns,
          [1, 4, 4, 0],
          [
            [0, 0, 0],
            [16, 0, 0],
          ],
          [1, 0, 4],
        ),
      ],
    ],
    [
      "a shard count that is no power of two",
      1,
      [
        record(
          Op.ColumnSum,
          [4, 4, 0, 0, 3, 4],
          [
            [0, 0, 0],
            [64, 0, 0],
          ],
        ),
      ],
    ],
    [
      "an activation that does not exist",
      1,
      [
        record(
          Op.Activate,
          [1, 4, 77],
          [
            [0, 0, 0],
            [0, 0, 0],
          ],
        ),
      ],
    ],
    [
      "a product over 2²⁹ columns",
      1,
      [
        record(
          Op.ProductNN,
          [1, 1, 0x1fffffff, 0],
          [
            [0, 0, 0],
            [0, 0, 0],
            [0, 0, 0],
            [0, 0, 0],
          ],
        ),
      ],
    ],
    [
      "rows without columns",
      1,
      [
        record(
          Op.ColumnSum,
          [0x1fffffff, 0, 0, 0, 1, 4],
          [
            [0, 0, 0],
            [0, 0, 0],
          ],
        ),
      ],
    ],
    [
      "a guard that skips the head of a loop, and so runs its body at another depth",
      2,
      [
        record(
          Control.Guard,
          [0, 1],
          [
            [0, 0, 0],
            [8, 0, 0],
          ],
        ),
        record(Control.Loop, [4, 1], []),
        record(Op.Zero, [4], [[0, 16, 0]]),
      ],
    ],
    [
      "a guard that skips to another place than the one before it",
      2,
      [
        ...[2, 0].map((skip) =>
          record(
            Control.Guard,
            [0, skip],
            [
              [0, 0, 0],
              [8, 0, 0],
            ],
          ),
        ),
        record(Op.Zero, [4], [[0, 0, 0]]),
      ],
    ],
    [
      "guards that skip to the end of a loop's body",
      0,
      [
        record(Control.Loop, [4, 2], []),
        record(
          Control.Guard,
          [0, 1],
          [
            [0, 0, 0],
            [8, 0, 0],
          ],
        ),
        record(Op.Zero, [4], [[0, 16, 0]]),
      ],
    ],
    [
      "a guard that skips past the end",
      1,
      [
        record(
          Control.Guard,
          [0, 2],
          [
            [0, 0, 0],
            [8, 0, 0],
          ],
        ),
        zero(),
      ],
    ],
    ["a plan that ends outside the memory", 1, []],
  ])("%s: %i", (name, expected, records) => {
    if (records.length > 0) expect(verdict(...records)).toBe(expected);
    else {
      const core = instantiateCore();
      const check = core.plan_check as (s: number, p: number, at: number, n: number) => number;
      for (const [at, n] of [
        [0xfffffff0, 1],
        [0, 0xffffffff],
        [core.memory.buffer.byteLength - 32, 1],
      ] as const) {
        expect(check(16, 16, at, n), name).toBe(expected);
      }
    }
  });
});

/** Iterations of a plan's loops, to keep the test short. */
function work(bytes: Uint8Array): number {
  const view = new DataView(bytes.buffer, bytes.byteOffset);
  let total = 1;
  for (let at = 0; at < bytes.length; at += Layout.Record) {
    if (view.getUint16(at, true) === Control.Loop) total *= Math.max(1, view.getUint32(at + Layout.Sizes, true));
  }
  return total;
}
