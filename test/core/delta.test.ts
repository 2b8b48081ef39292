import fc from "fast-check";
import { expect, it } from "vitest";
import { patch } from "../../src/core/host/delta.ts";

const script = new URL("../../scripts/build/delta.mjs", import.meta.url).href;
const { deltaOf } = (await import(script)) as { deltaOf(base: Buffer, target: Buffer): Buffer };

const bytes = fc.uint8Array({ maxLength: 300 });

it("patch undoes deltaOf, for any two blocks of bytes", () => {
  fc.assert(
    fc.property(bytes, bytes, (base, target) => {
      expect(patch(base, deltaOf(Buffer.from(base), Buffer.from(target)))).toEqual(new Uint8Array(target));
    }),
  );
});

it("and for edits of one another, in few bytes", () => {
  const base = Uint8Array.from({ length: 2000 }, (_, i) => (i * i * 31 + (i >> 3)) & 255);
  fc.assert(
    fc.property(fc.nat(1500), fc.nat(50), bytes, (at, removed, put) => {
      const target = new Uint8Array([...base.slice(0, at), ...put, ...base.slice(at + removed)]);
      const delta = deltaOf(Buffer.from(base), Buffer.from(target));
      expect(Buffer.compare(patch(base, delta), target)).toBe(0);
      expect(delta.length).toBeLessThan(put.length + 60);
    }),
  );
});
