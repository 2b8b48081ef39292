import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { instantiateCore } from "../../src/core/host/load.ts";

function arena() {
  const core = instantiateCore();
  return {
    memory: core.memory,
    alloc: (bytes: number): number => (core.arena_alloc as (n: number) => number)(bytes) >>> 0,
    free: core.arena_free as (pointer: number) => void,
  };
}

const steps = fc.array(
  fc.record({ free: fc.boolean(), which: fc.nat(), bytes: fc.oneof(fc.nat(64), fc.nat(20_000)) }),
  {
    maxLength: 200,
    size: "max",
  },
);

describe("the arena", () => {
  it("blocks are aligned, inside the memory and never meet, and keep what is written into them", () => {
    fc.assert(
      fc.property(steps, (sequence) => {
        const { memory, alloc, free } = arena();
        const live: { at: number; bytes: number; mark: number }[] = [];
        let mark = 1;
        for (const { free: release, which, bytes } of sequence) {
          if (release && live.length > 0) {
            const [block] = live.splice(which % live.length, 1);
            if (block) free(block.at);
            continue;
          }
          const at = alloc(bytes);
          expect(at % 16).toBe(0);
          expect(at).toBeGreaterThan(0);
          expect(at + bytes).toBeLessThanOrEqual(memory.buffer.byteLength);
          mark = (mark % 255) + 1;
          new Uint8Array(memory.buffer, at, bytes).fill(mark);
          live.push({ at, bytes, mark });
        }
        for (const { at, bytes, mark: written } of live) {
          const content = new Uint8Array(memory.buffer, at, bytes);
          expect(Buffer.compare(content, new Uint8Array(bytes).fill(written))).toBe(0);
        }
        live.sort((a, b) => a.at - b.at);
        live.forEach((block, i) => {
          const next = live[i + 1];
          if (next) expect(block.at + block.bytes).toBeLessThanOrEqual(next.at);
        });
      }),
      { numRuns: 60 },
    );
  });

  it("uses memory again: neighbours are joined, so the same load never grows it", () => {
    const { memory, alloc, free } = arena();
    const round = (order: (n: number) => number) => {
      const blocks = Array.from({ length: 50 }, (_, i) => alloc(1000 + 777 * i));
      for (let i = 0; i < 50; i++) free(blocks[order(i)] as number);
    };
    round((i) => i);
    const size = memory.buffer.byteLength;
    for (let k = 0; k < 20; k++) round((i) => (7 * i + k) % 50);
    const whole = alloc(50 * 20_000);
    expect(whole).toBeGreaterThan(0);
    free(whole);
    expect(memory.buffer.byteLength - size).toBeLessThanOrEqual(65536 * 2);
  });

  it("giving a block back twice does nothing", () => {
    const { alloc, free } = arena();
    const blocks = Array.from({ length: 6 }, () => alloc(64));
    for (const k of [1, 1, 2, 2, 1, 0, 5, 5, 2]) free(blocks[k] as number);
    const fresh = Array.from({ length: 20 }, () => alloc(64));
    const live = [...fresh, blocks[3] as number, blocks[4] as number];
    expect(new Set(live).size).toBe(live.length);
  });

  it("says 0 where the memory cannot grow so far, and serves on", () => {
    const { memory, alloc, free } = arena();
    for (const bytes of [0xffffffff, 0xffff0000, 0xfffffff0]) expect(alloc(bytes)).toBe(0);
    free(0);
    const at = alloc(100);
    expect(at).toBeGreaterThan(0);
    expect(at + 100).toBeLessThan(memory.buffer.byteLength);
    expect(alloc(0)).toBeGreaterThan(0);
  });
});
