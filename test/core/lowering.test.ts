import { readFileSync } from "node:fs";
import { describe, expect, it, vi } from "vitest";
import { type Code, I32, I64, list, sized, u32, V128 } from "../../src/lowering/binary.ts";
import { type Lowered, lowered } from "../../src/lowering/halves.ts";
import { lowerSimd } from "../../src/lowering/index.ts";
import { ROOT } from "../support/scratch.ts";

const HEAD = [0, 0x61, 0x73, 0x6d, 1, 0, 0, 0];
const section = (id: number, content: Code): Code => [id, ...sized(content)];

/** A module of one function without parameters, one page of memory, and what `more` sections say. */
const moduleOf = (body: Code, more: { globals?: Code[]; types?: Code[] } = {}): Uint8Array<ArrayBuffer> =>
  Uint8Array.from([
    ...HEAD,
    ...section(1, list([[0x60, 0, 0], ...(more.types ?? [])])),
    ...section(3, list([[0]])),
    ...section(5, list([[0, 1]])),
    ...(more.globals ? section(6, list(more.globals)) : []),
    ...section(
      7,
      list([
        [1, 0x66, 0, 0],
        [1, 0x6d, 2, 0],
      ]),
    ), // f, m
    ...section(10, list([sized([...body, 0x0b])])),
  ]);

const at = (address: number): Code => [0x41, ...u32(address % 64), ...(address < 64 ? [] : [0x41, 0xc0, 0, 0x6a])];
const LOAD: Record<number, Code> = { [V128]: [0xfd, 0], [I32]: [0x28], [I64]: [0x29], 125: [0x2a], 124: [0x2b] };
const STORE: Record<number, Code> = { [V128]: [0xfd, 0x0b], [I32]: [0x36], [I64]: [0x37], 125: [0x38], 124: [0x39] };
const RESULT = 64;

/** m[64] = instruction(m[0], m[16], …) */
function moduleOfInstruction(instruction: Code, { parameters, results }: Lowered): Uint8Array<ArrayBuffer> {
  const loads = parameters.flatMap((type, k) => [...at(16 * k), ...(LOAD[type] as Code), 0, 0]);
  const store = [...(STORE[results[0] as number] as Code), 0, 0];
  return moduleOf([0, ...at(RESULT), ...loads, 0xfd, ...instruction, ...store]);
}

/** Runs it on `memory`, and gives back what it left at RESULT. */
function runner(bytes: Uint8Array<ArrayBuffer>): (memory: Uint8Array) => Uint8Array {
  const { f, m } = new WebAssembly.Instance(new WebAssembly.Module(bytes)).exports as {
    f(): void;
    m: WebAssembly.Memory;
  };
  return (memory) => {
    new Uint8Array(m.buffer).fill(0).set(memory);
    f();
    return new Uint8Array(m.buffer).slice(RESULT, RESULT + 16);
  };
}

const F32_EDGES = [0, -0, 1, -1.5, 2.5, 3.1, -7, 1e-40, -1e-45, 3e38, -3e38, Infinity, -Infinity, NaN];
const F64_EDGES = [0, -0, 1, -1.5, 2.5, 3.1, -7, 5e-324, 1e-310, 1.7e308, -1.7e308, Infinity, -Infinity, NaN, 1e-46];
const I32_EDGES = [0, 1, -1, 2 ** 31 - 1, -(2 ** 31), 33, 64, 12345];

/** 64 bytes of numbers at the edges of their type. */
function* memories(count: number): Generator<Uint8Array> {
  let seed = 1;
  const draw = <T>(from: readonly T[]): T => {
    seed = (Math.imul(seed, 1664525) + 1013904223) >>> 0;
    return from[Math.floor((seed / 2 ** 32) * from.length)] as T;
  };
  for (let k = 0; k < count; k++) {
    const view = new DataView(new ArrayBuffer(64));
    for (let byte = 0; byte < 64; byte += 8) {
      if (k % 3 === 0) view.setFloat64(byte, draw(F64_EDGES), true);
      else
        for (const lane of [byte, byte + 4]) {
          if (k % 3 === 1) view.setFloat32(lane, draw(F32_EDGES), true);
          else view.setInt32(lane, draw(I32_EDGES), true);
        }
    }
    yield new Uint8Array(view.buffer);
  }
}

/** The same bits; of a NaN that comes of a calculation WebAssembly leaves them open. */
function agree(a: Uint8Array, b: Uint8Array): boolean {
  const same = (x: Float32Array | Float64Array, y: Float32Array | Float64Array) =>
    x.every((value, k) => Object.is(value, y[k]));
  if (Buffer.compare(a, b) === 0) return true;
  return (
    same(new Float32Array(a.buffer), new Float32Array(b.buffer)) ||
    same(new Float64Array(a.buffer), new Float64Array(b.buffer))
  );
}

const SHUFFLES = [
  [1, 0, 3, 2],
  [2, 3, 0, 1],
  [0, 4, 1, 5],
  [7, 6, 5, 4],
  [0, 1, 4, 5],
].map((lanes) => [0x0d, ...lanes.flatMap((lane) => [0, 1, 2, 3].map((byte) => 4 * lane + byte))]);
const LANES = [0x1b, 0x1c, 0x1d, 0x1e, 0x1f, 0x20, 0x21, 0x22].flatMap((op) =>
  Array.from({ length: [0x1b, 0x1c, 0x1f, 0x20].includes(op) ? 4 : 2 }, (_, lane) => [op, lane]),
);
const PLAIN = Array.from({ length: 0x100 }, (_, op) => op)
  .filter((op) => op !== 0x0d && (op < 0x1b || op > 0x22) && lowered(op, []))
  .map((op) => [...u32(op)]);

describe("an engine without SIMD", () => {
  it.each(
    [...PLAIN, ...LANES, ...SHUFFLES].map((instruction) => [Buffer.from(instruction).toString("hex"), instruction]),
  )("instruction fd %s: the same bits", (_, instruction) => {
    const bytes = instruction as number[];
    const op =
      (bytes[0] as number) < 128 ? (bytes[0] as number) : (bytes[0] as number) - 128 + 128 * (bytes[1] as number);
    const module = moduleOfInstruction(bytes, lowered(op, bytes.slice(1)) as Lowered);
    const [simd, scalar] = [runner(module), runner(lowerSimd(module))];
    for (const memory of memories(90)) {
      const [expected, got] = [simd(memory), scalar(memory)];
      if (!agree(expected, got)) expect([...got], `of ${[...memory]}`).toEqual([...expected]);
    }
  });

  it("vectors go through locals, globals, blocks, select and drop, and where no code is reached", () => {
    const vector = (byte: number): Code => [0xfd, 0x0c, ...Array.from({ length: 16 }, (_, k) => byte + k)];
    const load = (address: number): Code => [...at(address), 0xfd, 0, 0, 0];
    const body = [
      ...[2, 1, I32, 2, V128], // locals: i32, v128, v128
      ...[...load(0), 0x22, 1, 0x24, 0], // global 0 = local 1 = m[0]
      ...[...vector(100), 0x1a], // dropped
      ...[0x02, V128, ...load(16), 0x0c, 0, 0x1a, 0x1b, 0x0b, 0x21, 2], // local 2 = m[16], by a branch
      ...at(RESULT),
      ...[0x23, 0, 0x20, 2, ...at(32), 0x28, 0, 0, 0x1b], // m[32] ? global 0 : local 2
      ...[...at(36), 0x28, 0, 0, 0x04, V128],
      ...[0x20, 1, 0x05, ...vector(50), 0x0b, 0xfd, 0x51], // xor (m[36] ? local 1 : constant)
      ...[0xfd, 0x0b, 0, 0],
    ];
    const module = moduleOf(body, { globals: [[V128, 1, ...vector(7), 0x0b]] });
    const [simd, scalar] = [runner(module), runner(lowerSimd(module))];
    for (const memory of memories(30)) expect(scalar(memory)).toEqual(simd(memory));
  });

  it("what it does not know, a damaged module, and one with imports are refused", () => {
    const splatOfBytes = moduleOf([0, 0xfd, 0x0f, 0x1a]); // i8x16.splat
    expect(() => lowerSimd(splatOfBytes)).toThrow(/an instruction that the core uses, got 0xfd 0xf/);
    expect(() => lowerSimd(splatOfBytes.subarray(0, 40))).toThrow(/a whole module/);
    expect(() => lowerSimd(Uint8Array.from([...HEAD, 2, 1, 0]))).toThrow(/without imports/);
  });

  it("trains to the same bits", { timeout: 60_000 }, async () => {
    const hashes = async () => (await import("../browser/trainingHashes.ts")).trainingHashes();
    const expected = await hashes();
    vi.resetModules();
    const { provideCore } = await import("../../src/core/host/source.ts");
    const scalar = lowerSimd(readFileSync(`${ROOT}/dist/core.wasm`));
    provideCore({ module: new WebAssembly.Module(scalar) });
    const found = await hashes().finally(() => vi.resetModules()); // the next file's core is the usual one
    expect(found).toEqual(expected);
  });
});
