import { describe, expect, it } from "vitest";
import { Layout, Type } from "../../assembly/opcodes.ts";
import { Op } from "../../assembly/ops.generated.ts";
import { instantiateCore } from "../../src/core/host/load.ts";
import type { Precision } from "../../src/core/recording/tensor.ts";
import { combine } from "../reference/kernels.ts";
import { symmetric } from "../support/draws.ts";

const core = instantiateCore();
const base = core.memory.grow(1) * 65536;
const N = 8;
const SLOT = 256;

/** Runs out <- Σ c_i x_i on slots of eight numbers through one record. */
function run(precision: Precision, out: number, terms: readonly (readonly [number, number])[]): void {
  const view = new DataView(core.memory.buffer, base + 16 * SLOT, Layout.Record);
  view.setUint16(Layout.Op, Op.Combine, true);
  view.setUint16(Layout.Type, precision === "f32" ? Type.F32 : Type.F64, true);
  view.setUint32(Layout.Sizes, N, true);
  view.setUint32(Layout.Sizes + 4, terms.length, true);
  [out, ...terms.map(([, slot]) => slot)].forEach((slot, k) => {
    view.setUint32(Layout.Operands + k * Layout.OperandBytes, slot * SLOT, true);
  });
  terms.forEach(([c], k) => {
    view.setFloat64(Layout.Coefficients + 8 * k, c, true);
  });
  (core.plan_run as (...n: number[]) => number)(base, base, base + 16 * SLOT, 1);
}

describe.each(["f32", "f64"] as const)("combine in %s", (precision) => {
  const round = (x: number) => (precision === "f32" ? Math.fround(x) : x);
  const View = precision === "f32" ? Float32Array : Float64Array;
  const slot = (k: number) => new View(core.memory.buffer, base + k * SLOT, N);
  const factors = [1, -0.3, 0.7, 1 / 3, -2];

  it.each([1, 2, 3, 4, 5])("%i terms, from the left, wherever the result lies", (count) => {
    for (const first of [1, 0.3]) {
      // Every way in which the result and the terms may share memory: slots 0 … 2 for each.
      for (let draw = 0; draw < 3 ** count * 3; draw++) {
        const out = draw % 3;
        const terms = Array.from({ length: count }, (_, k): [number, number] => [
          k === 0 ? first : (factors[k] as number),
          Math.floor(draw / 3 ** (k + 1)) % 3,
        ]);
        for (let k = 0; k < 3; k++) slot(k).set(symmetric(k + 1, N));
        const before = [0, 1, 2].map((k) => Array.from(slot(k)));
        run(precision, out, terms);
        const expected = combine(
          terms.map(([c, k]) => [c, before[k] as number[]]),
          round,
        );
        expect(Array.from(slot(out)), JSON.stringify({ out, terms })).toEqual(expected);
        for (const k of [0, 1, 2]) if (k !== out) expect(Array.from(slot(k))).toEqual(before[k]);
      }
    }
  });
});
