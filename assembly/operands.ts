/** Operands of a record: where they lie in an iteration, and whether they stay inside their blocks in all of them. */
import { isWhole, row } from "./formulas";
import { Call, NONE, operandAt, shapeOf } from "./record";

let sharedBase: usize = 0;
let privateBase: usize = 0;

/** Where the blocks of the plan that runs begin. */
export function setBases(shared: usize, own: usize): void {
  sharedBase = shared;
  privateBase = own;
}

/** Address of operand `k` in iteration (i0, i1); 0 where it is absent. */
export function at(call: Call, k: u32, i0: u32, i1: u32): usize {
  const operand = operandAt(call, k);
  const offset = load<u32>(operand);
  if (offset == NONE) return 0;
  const base = (call.shared >> k) & 1 ? sharedBase : privateBase;
  return base + usize(offset) + usize(i0 * load<u32>(operand + 4)) + usize(i1 * load<u32>(operand + 8));
}

let sharedBytes: f64 = 0;
let privateBytes: f64 = 0;
/** Iterations of the outer and the inner loop around the record that is checked. */
export let times0: f64 = 1;
export let times1: f64 = 1;

/** The sizes of the blocks that a plan is checked against. */
export function setSizes(shared: u32, own: u32): void {
  sharedBytes = f64(shared);
  privateBytes = f64(own);
  times0 = 1;
  times1 = 1;
}

/** Enters the loop at this depth, of so many iterations. */
export function setTimes(depth: u32, count: u32): void {
  if (depth == 0) times0 = f64(count);
  else times1 = f64(count);
}

/** Whether a record has operand `k`. */
export function given(call: Call, k: u32): bool {
  return load<u32>(operandAt(call, k)) != NONE;
}

/** Whether operand `k` stays inside its block for `bytes` bytes in every iteration, and is aligned. */
export function inside(call: Call, k: u32, bytes: f64, alignment: u32): bool {
  const operand = operandAt(call, k);
  const offset = load<u32>(operand);
  const s0 = load<i32>(operand + 4);
  const s1 = load<i32>(operand + 8);
  if (offset == NONE || ((offset | u32(s0) | u32(s1)) & (alignment - 1)) != 0) return false;
  const far0 = f64(s0) * (times0 - 1);
  const far1 = f64(s1) * (times1 - 1);
  const lowest = f64(offset) + Math.min(0, far0) + Math.min(0, far1);
  const highest = f64(offset) + Math.max(0, far0) + Math.max(0, far1);
  return lowest >= 0 && bytes >= 0 && highest + bytes <= ((call.shared >> k) & 1 ? sharedBytes : privateBytes);
}

/** Bytes in whole vectors. */
export function bytes(call: Call, k: u32, count: f64): bool {
  return inside(call, k, count, 16);
}

/** A matrix that is not empty. */
export function matrix(call: Call, k: u32, rows: f64, columns: f64, size: f64): bool {
  return rows > 0 && columns > 0 && inside(call, k, rows * row(columns, size), 16);
}

/** n numbers in whole vectors. */
export function flat(call: Call, k: u32, n: f64, size: f64): bool {
  const count = n * size;
  return isWhole(count / 16) && inside(call, k, count, 16);
}

/** Numbers of type f64. */
export function scalars(call: Call, k: u32, count: f64): bool {
  return inside(call, k, 8 * count, 8);
}

/** Whether the six pairs of a record are whole numbers that the kernels can take apart. */
export function isShape(call: Call): bool {
  for (let pair: usize = 0; pair < 48; pair += 8) {
    const value = load<f64>(shapeOf(call) + pair);
    if (!(value >= 0 && value < 281474976710656 && Math.floor(value) == value)) return false; // 2⁴⁸
  }
  return true;
}
