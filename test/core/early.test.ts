import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
// @ts-expect-error a script of the build, without types
import { textOf } from "../../scripts/build/text.mjs";
import { bytesOf, earlyPowers, earlyWaves } from "../../src/core/host/early.ts";
import { instantiateCore } from "../../src/core/host/load.ts";
import { coreSource } from "../../src/core/host/source.ts";
import { Random } from "../../src/core/random.ts";
import { ROOT } from "../support/scratch.ts";

type Scalar = (...x: number[]) => number;
const core = instantiateCore() as unknown as Record<string, Scalar> & { memory: WebAssembly.Memory };
const early = { ...earlyWaves(), ...earlyPowers(coreSource()?.bytes as Uint8Array) } as unknown as Record<
  string,
  Scalar
>;

describe("what works before the core is compiled", () => {
  it.each(["sin", "cos", "exp", "log", "pow"])("%s has the core's bits", (name) => {
    for (let i = -3000; i < 3000; i++) {
      const x = i * 0.37 + i * i * i * 1e-6;
      expect(early[name]?.(x, x / 7), `${name}(${x})`).toBe(core[name]?.(x, x / 7));
    }
  });

  it.each([0, 1, 7])("normal numbers have the core's bits from position %i", (position) => {
    const out = 65536 * core.memory.grow(1);
    core.random_normal?.(out, 501, 5, 0, 3, position, 0);
    const expected = new Float64Array(core.memory.buffer, out, 501);
    expect(Random.at(5, 3, position).normal(501)).toEqual(expected);
  });

  it("the embedded text is plain ASCII, gives back the bytes, and ends no script", () => {
    const bytes = Uint8Array.from({ length: 3000 }, (_, i) => (i < 256 ? i : (i * i * 31) >> 3));
    for (const source of [bytes, bytes.subarray(0, 0), Uint8Array.of(0x3c, 0x2f, 0x73)]) {
      const text = textOf(source);
      expect(text).toMatch(/^[ !#-;=-[\]-~]*$/);
      expect(bytesOf(text)).toEqual(Uint8Array.from(source));
    }
    expect(coreSource()?.bytes).toEqual(new Uint8Array(readFileSync(`${ROOT}/dist/core.wasm`)));
  });
});
