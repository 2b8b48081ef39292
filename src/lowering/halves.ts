/**
 * What each SIMD instruction computes when a vector is two i64, its halves: lane by lane, by the scalar instruction that the
 * specification defines it with, so the bits are the same. Each becomes a function; vectors are pairs of its parameters and
 * of its results.
 */
import { type Code, F32, F64, type FunctionType, I32, I64, s64, V128 } from "./binary.ts";

/** One instruction as a function. */
export interface Lowered extends FunctionType {
  /** Its halves are the locals 2k and 2k + 1 of vector k; a scalar comes after the vectors. */
  readonly body: Code;
}

/** Types without vectors. */
export const halved = (types: readonly number[]): number[] =>
  types.flatMap((type) => (type === V128 ? [I64, I64] : [type]));

/** The two constants of a vector's bytes. */
export function constants(bytes: Uint8Array): [Code, Code] {
  const view = new DataView(bytes.buffer, bytes.byteOffset, 16);
  const half = (at: number): Code => [0x42, ...s64(view.getBigInt64(at, true))];
  return [half(0), half(8)];
}

const get = (local: number): Code => [0x20, local];
const zero = { i32: [0x41, 0], i64: [0x42, 0] };
const i64 = { and: 0x83, or: 0x84, xor: 0x85, shl: 0x86, shrU: 0x88 };
const WRAP = 0xa7; // i32.wrap_i64
const WIDEN = 0xad; // i64.extend_i32_u
const BITS_32 = [0x42, 32]; // i64.const 32
const ALL_BITS = [0x42, 0x7f]; // i64.const -1
const SELECT = 0x1b;

/** How lanes are taken out of a half, and put together to one. */
interface Shape {
  /** In one half. */
  readonly lanes: number;
  readonly type: number;
  get(half: number, lane: number): Code;
  put(lanes: readonly Code[]): Code;
}

const i32x4: Shape = {
  lanes: 2,
  type: I32,
  get: (half, lane) => [...get(half), ...(lane === 1 ? [...BITS_32, i64.shrU] : []), WRAP],
  put: ([low = [], high = []]) => [...low, WIDEN, ...high, WIDEN, ...BITS_32, i64.shl, i64.or],
};
const i64x2: Shape = { lanes: 1, type: I64, get, put: ([lane = []]) => lane };
const f32x4: Shape = {
  lanes: 2,
  type: F32,
  get: (half, lane) => [...i32x4.get(half, lane), 0xbe], // f32.reinterpret_i32
  put: (lanes) => i32x4.put(lanes.map((lane) => [...lane, 0xbc])),
};
const f64x2: Shape = {
  lanes: 1,
  type: F64,
  get: (half) => [...get(half), 0xbf], // f64.reinterpret_i64
  put: ([lane = []]) => [...lane, 0xbd],
};

const vectors = (count: number): number[] => new Array<number>(count).fill(V128);
const toVector = (parameters: readonly number[], halves: (half: number) => Code): Lowered => ({
  parameters,
  results: [V128],
  body: [...halves(0), ...halves(1)],
});

/** The same of each lane of `operands` vectors. */
function lanewise(shape: Shape, operands: number, of: (...lanes: Code[]) => Code, result = shape): Lowered {
  const lane = (half: number, k: number): Code =>
    of(...vectors(operands).map((_, operand) => shape.get(2 * operand + half, k)));
  return toVector(vectors(operands), (half) =>
    result.put(Array.from({ length: shape.lanes }, (_, k) => lane(half, k))),
  );
}

const unary = (shape: Shape, instruction: number) => lanewise(shape, 1, (a) => [...a, instruction]);
const binary = (shape: Shape, instruction: number) => lanewise(shape, 2, (a, b) => [...a, ...b, instruction]);
const negative = (shape: Shape, nought: Code, minus: number) => lanewise(shape, 1, (a) => [...nought, ...a, minus]);

/** All bits of the lane where it holds: 0 − 1. */
function comparison(shape: Shape, instruction: number): Lowered {
  if (shape.lanes === 2) return lanewise(shape, 2, (a, b) => [...zero.i32, ...a, ...b, instruction, 0x6b], i32x4);
  return lanewise(shape, 2, (a, b) => [...zero.i64, ...a, ...b, instruction, WIDEN, 0x7d], i64x2);
}

/** b < a ? b : a, and a < b ? b : a: not the minimum and maximum of IEEE 754 where a zero or NaN is. */
const pmin = (shape: Shape, less: number) => lanewise(shape, 2, (a, b) => [...b, ...a, ...b, ...a, less, SELECT]);
const pmax = (shape: Shape, less: number) => lanewise(shape, 2, (a, b) => [...b, ...a, ...a, ...b, less, SELECT]);

/** By the scalar's low bits, as the scalar instruction takes them. */
const shift = (shape: Shape, instruction: number): Lowered => {
  const count: Code = shape.lanes === 2 ? get(2) : [...get(2), WIDEN];
  const { body } = lanewise(shape, 1, (a) => [...a, ...count, instruction]);
  return { parameters: [V128, I32], results: [V128], body };
};

const splat = (shape: Shape): Lowered => {
  const lanes = new Array<Code>(shape.lanes).fill(get(0));
  return toVector([shape.type], () => shape.put(lanes));
};

const allTrue = (shape: Shape, notZero: Code): Lowered => {
  const lanes = [0, 1].flatMap((half) =>
    Array.from({ length: shape.lanes }, (_, k) => [...shape.get(half, k), ...notZero]),
  );
  return { parameters: [V128], results: [I32], body: [...lanes.flat(), ...lanes.slice(1).map(() => 0x71)] };
};

const extract = (shape: Shape, lane: number): Lowered => ({
  parameters: [V128],
  results: [shape.type],
  body: shape.get(Math.floor(lane / shape.lanes), lane % shape.lanes),
});

const replace = (shape: Shape, lane: number): Lowered =>
  toVector([V128, shape.type], (half) =>
    shape.put(
      Array.from({ length: shape.lanes }, (_, k) => (half * shape.lanes + k === lane ? get(2) : shape.get(half, k))),
    ),
  );

/** The bytes that two vectors have at 16 places, which come as whole lanes of 32 bits. */
function shuffle(places: readonly number[]): Lowered | undefined {
  const lane = (k: number): Code => {
    const first = places[4 * k] as number;
    return i32x4.get(Math.floor(first / 8), (first / 4) % 2);
  };
  if (places.some((place, k) => place !== (places[k - (k % 4)] as number) + (k % 4) || (place - k) % 4 !== 0)) return;
  return toVector(vectors(2), (half) => i32x4.put([lane(2 * half), lane(2 * half + 1)]));
}

const bitwise = (operands: number, of: (...halves: Code[]) => Code) => lanewise(i64x2, operands, of);

/** Of each from `first` on, the scalar instruction from `scalar` on. */
const series = (first: number, count: number, of: (scalar: number) => Lowered, scalar: number): [number, Lowered][] =>
  Array.from({ length: count }, (_, k) => [first + k, of(scalar + k)]);

/** The instructions without immediates, by their numbers behind 0xfd. */
const plain = new Map<number, Lowered>([
  [0x11, splat(i32x4)],
  [0x12, splat(i64x2)],
  [0x13, splat(f32x4)],
  [0x14, splat(f64x2)],
  ...series(0x37, 10, (scalar) => comparison(i32x4, scalar), 0x46), // eq, ne, lt_s, lt_u, gt_s, gt_u, le_s, le_u, ge_s, ge_u
  ...series(0x41, 6, (scalar) => comparison(f32x4, scalar), 0x5b), // eq, ne, lt, gt, le, ge
  ...series(0x47, 6, (scalar) => comparison(f64x2, scalar), 0x61),
  [0x4d, bitwise(1, (a) => [...a, ...ALL_BITS, i64.xor])],
  [0x4e, bitwise(2, (a, b) => [...a, ...b, i64.and])],
  [0x4f, bitwise(2, (a, b) => [...a, ...b, ...ALL_BITS, i64.xor, i64.and])],
  [0x50, bitwise(2, (a, b) => [...a, ...b, i64.or])],
  [0x51, bitwise(2, (a, b) => [...a, ...b, i64.xor])],
  [0x52, bitwise(3, (a, b, mask) => [...a, ...b, i64.xor, ...mask, i64.and, ...b, i64.xor])], // bitselect
  // f32x4.demote_f64x2_zero, f64x2.promote_low_f32x4
  [0x5e, toVector([V128], (half) => (half ? zero.i64 : f32x4.put([0, 1].map((k) => [...f64x2.get(k, 0), 0xb6]))))],
  [0x5f, toVector([V128], (half) => f64x2.put([[...f32x4.get(0, half), 0xbb]]))],
  [0xa1, negative(i32x4, zero.i32, 0x6b)],
  [0xa3, allTrue(i32x4, [...zero.i32, 0x47])],
  ...series(0xab, 3, (scalar) => shift(i32x4, scalar), 0x74), // shl, shr_s, shr_u
  [0xae, binary(i32x4, 0x6a)],
  [0xb1, binary(i32x4, 0x6b)],
  [0xb5, binary(i32x4, 0x6c)],
  [0xc1, negative(i64x2, zero.i64, 0x7d)],
  [0xc3, allTrue(i64x2, [...zero.i64, 0x52])],
  ...series(0xcb, 3, (scalar) => shift(i64x2, scalar), 0x86),
  [0xce, binary(i64x2, 0x7c)],
  [0xd1, binary(i64x2, 0x7d)],
  [0xd5, binary(i64x2, 0x7e)],
  ...series(0xe0, 2, (scalar) => unary(f32x4, scalar), 0x8b), // abs, neg
  [0xe3, unary(f32x4, 0x91)], // sqrt
  ...series(0xe4, 6, (scalar) => binary(f32x4, scalar), 0x92), // add, sub, mul, div, min, max
  [0xea, pmin(f32x4, 0x5d)],
  [0xeb, pmax(f32x4, 0x5d)],
  ...series(0xec, 2, (scalar) => unary(f64x2, scalar), 0x99),
  [0xef, unary(f64x2, 0x9f)],
  ...series(0xf0, 6, (scalar) => binary(f64x2, scalar), 0xa0),
  [0xf6, pmin(f64x2, 0x63)],
  [0xf7, pmax(f64x2, 0x63)],
]);

/** The instructions with the number of a lane. */
const ofLane = new Map<number, (lane: number) => Lowered>(
  [i32x4, i64x2, f32x4, f64x2].flatMap((shape, k) => [
    [0x1b + 2 * k, (lane: number) => extract(shape, lane)],
    [0x1c + 2 * k, (lane: number) => replace(shape, lane)],
  ]),
);

const SHUFFLE = 0x0d;

/** Bytes of immediates behind an instruction that `lowered` knows. */
export const immediates = (instruction: number): number =>
  instruction === SHUFFLE ? 16 : ofLane.has(instruction) ? 1 : 0;

/** What an instruction becomes, or undefined for one that the core has never used. */
export function lowered(instruction: number, given: readonly number[]): Lowered | undefined {
  if (instruction === SHUFFLE) return shuffle(given);
  return ofLane.get(instruction)?.(given[0] as number) ?? plain.get(instruction);
}

/** select of two vectors. */
export const vectorSelect: Lowered = {
  parameters: [V128, V128, I32],
  results: [V128],
  body: [0, 1].flatMap((half) => [...get(half), ...get(2 + half), ...get(4), SELECT]),
};
