import { gzipSync } from "node:zlib";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { OdenetError } from "../../src/core/errors.ts";
import { batches, type CsvOptions, readCsv, readIdx, readNpy, split, type Tensor } from "../../src/data/index.ts";

/** The value, or undefined for an OdenetError with a sentence; anything else fails. */
async function readOrRefuse<T>(action: () => T | Promise<T>): Promise<T | undefined> {
  try {
    return await action();
  } catch (error) {
    if (!(error instanceof OdenetError)) throw error;
    expect(error.message).toMatch(/^\w+: expected .+, got[\s\S]+\.$/);
    return undefined;
  }
}

const isWhole = ({ shape, values }: Tensor) => shape.reduce((a, b) => a * b, 1) === values.length;

const anyBytes = fc.uint8Array({ maxLength: 300 });
const idxBytes = fc
  .tuple(
    fc.constantFrom(8, 9, 11, 12, 13, 14, 10),
    fc.array(fc.integer({ min: 0, max: 4 }), { maxLength: 4 }),
    anyBytes,
  )
  .map(([type, shape, rest]) =>
    Uint8Array.from([0, 0, type, shape.length, ...shape.flatMap((d) => [0, 0, 0, d]), ...rest]),
  );
const npyBytes = fc
  .tuple(
    fc.constantFrom("<", ">", "|", "=", "!"),
    fc.constantFrom("f4", "f8", "u1", "b1", "i8", "u2", "O", "f2"),
    fc.boolean(),
    fc.array(fc.integer({ min: 0, max: 4 }), { maxLength: 4 }),
    anyBytes,
  )
  .map(([order, type, fortran, shape, rest]) => {
    const tuple = shape.length === 1 ? `(${shape[0]},)` : `(${shape.join(", ")})`;
    const text = `{'descr': '${order}${type}', 'fortran_order': ${fortran ? "True" : "False"}, 'shape': ${tuple}, }\n`;
    const size = shape.reduce((a, b) => a * b, Number(type[1]) || 1);
    const body = Array.from({ length: size }, (_, i) => rest[i] ?? 0);
    const header = [0x93, ...Buffer.from("NUMPY"), 1, 0, text.length, 0, ...Buffer.from(text)];
    return Uint8Array.from([...header, ...body, ...(rest[0] === 1 ? rest : [])]);
  });
/** The bytes with some replaced, and cut somewhere. */
const damaged = (bytes: fc.Arbitrary<Uint8Array>) =>
  fc
    .tuple(bytes, fc.array(fc.tuple(fc.nat(400), fc.nat(255)), { maxLength: 3 }), fc.option(fc.nat(400)))
    .map(([whole, changes, length]) => {
      const copy = whole.slice(0, length ?? whole.length);
      for (const [at, value] of changes) if (at < copy.length) copy[at] = value;
      return copy;
    });

describe("random bytes are read or refused, never anything else", () => {
  it("readIdx", async () => {
    const file = fc.oneof(anyBytes, idxBytes, damaged(idxBytes));
    await fc.assert(
      fc.asyncProperty(file, async (bytes) => {
        const tensor = await readOrRefuse(() => readIdx(bytes));
        if (tensor) expect(isWhole(tensor)).toBe(true);
      }),
      { numRuns: 2000, seed: 1 },
    );
  });

  it("readIdx, gzip", async () => {
    const packed = fc.oneof(anyBytes, idxBytes).map((bytes) => new Uint8Array(gzipSync(bytes)));
    const noise = anyBytes.map((bytes) => Uint8Array.from([0x1f, 0x8b, 8, 0, ...bytes]));
    await fc.assert(
      fc.asyncProperty(fc.oneof(packed, damaged(packed), noise), async (bytes) => {
        const tensor = await readOrRefuse(() => readIdx(bytes));
        if (tensor) expect(isWhole(tensor)).toBe(true);
      }),
      { numRuns: 1000, seed: 2 },
    );
  });

  it("readNpy", async () => {
    let read = 0;
    await fc.assert(
      fc.asyncProperty(fc.oneof(anyBytes, npyBytes, damaged(npyBytes)), async (bytes) => {
        const tensor = await readOrRefuse(() => readNpy(bytes));
        if (!tensor) return;
        read++;
        expect(isWhole(tensor)).toBe(true);
      }),
      { numRuns: 3000, seed: 3 },
    );
    expect(read).toBeGreaterThan(100);
  });

  it("readCsv", async () => {
    const cell = fc.oneof(
      fc.constantFrom("1", "-2.5", "a", '"b"', '"', '""', "?", "", " ", "1e999", "é", "\uFEFF", "\0"),
      fc.string({ maxLength: 4 }),
    );
    const separator = fc.constantFrom(",", ",", ";", "\t", "\n", "\n", "\r\n", "\r");
    const table = fc.array(fc.tuple(cell, separator), { maxLength: 40 }).map((cells) => cells.flat().join(""));
    const good = fc.oneof(
      { weight: 5, arbitrary: fc.constantFrom("1", "-2.5", " 7e2", '"3"') },
      { weight: 1, arbitrary: cell },
    );
    const label = fc.constantFrom("a", "b", '"c, d"', "2", "0.5");
    const regular = fc.array(fc.tuple(good, good, label), { minLength: 1, maxLength: 8 });
    const rows = regular.map((lines) => lines.map((line) => line.join(",")).join("\n"));
    const options = fc.record(
      {
        header: fc.constantFrom("auto", true, false),
        label: fc.constantFrom("last", null, 0, 1, "a"),
        missing: fc.constantFrom("error", "mean", "drop", 0),
        delimiter: fc.constantFrom("auto", ",", " ", "\0"),
        decimal: fc.constantFrom(".", ","),
        task: fc.constantFrom("auto", "classification", "regression"),
      },
      { requiredKeys: [] },
    ) as fc.Arbitrary<CsvOptions>;
    let read = 0;
    await fc.assert(
      fc.asyncProperty(
        fc.oneof(table, rows, fc.string(), anyBytes),
        fc.oneof(fc.constant({} as CsvOptions), options),
        async (text, chosen) => {
          const data = await readOrRefuse(() => readCsv(text, chosen));
          if (!data) return;
          read++;
          expect(data.features.every(Number.isFinite)).toBe(true);
          expect(data.features.length % data.shape).toBe(0);
          const n = data.features.length / data.shape;
          expect(data.labels).toHaveLength(chosen.label === null ? 0 : n);
          if (data.classes) {
            expect(data.labels.every((label) => label >= 0 && label < (data.classes as string[]).length)).toBe(true);
          }
        },
      ),
      { numRuns: 5000, seed: 4 },
    );
    expect(read).toBeGreaterThan(100);
  });

  it("readCsv in linear time on texts made to be slow", () => {
    const start = performance.now();
    for (const piece of ['"', '"a"b', '" ', '",', "\n", ";\t|,", "1".repeat(50), "1e", '"\n', "\r"]) {
      try {
        readCsv(piece.repeat(Math.ceil(200_000 / piece.length)));
      } catch (error) {
        if (!(error instanceof OdenetError)) throw error;
      }
    }
    expect(performance.now() - start).toBeLessThan(5000);
  });
});

it("split and batches lose no example and invent none, for any sizes", () => {
  fc.assert(
    fc.property(
      fc.array(fc.nat(4), { minLength: 2, maxLength: 60 }),
      fc.nat(100),
      fc.boolean(),
      fc.integer({ min: 1, max: 70 }),
      fc.nat(),
      (labels, share, stratified, batchSize, seed) => {
        const data = { features: labels.map((_, i) => i), labels };
        let parts: ReturnType<typeof split<typeof data>>;
        try {
          parts = split(data, { validation: share / 100, seed, stratified });
        } catch (error) {
          if (!(error instanceof OdenetError)) throw error;
          return;
        }
        const found = [parts.training, parts.validation].flatMap((part) =>
          [...batches(part, { batchSize, seed })].flatMap((batch) => batch.features),
        );
        expect(found.sort((a, b) => a - b)).toEqual(data.features);
        expect(parts.training.labels).toEqual(parts.training.features.map((i) => labels[i]));
        if (stratified) expect(new Set(parts.training.labels)).toEqual(new Set(labels));
      },
    ),
    { numRuns: 1000, seed: 5 },
  );
});
