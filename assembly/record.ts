/**
 * The call record: what one entry of a plan says.
 *
 *   0  u16 op          2  u16 type        4  u32 shared: bit k set when operand k counts from the shared base
 *   8  u32 sizes[6]   32  f64 coefficients[6]   80  operands[6] of { u32 offset, i32 stride0, i32 stride1 }
 *
 * Higher bits of `shared` say which thread of a team runs the record (Team in opcodes.ts); one thread alone ignores them.
 *
 * An operand's address is base + offset + i0·stride0 + i1·stride1, where i0 and i1 count the iterations of the outer and
 * the inner loop around the record. Offset 0xffffffff stands for "no operand" (address 0). Offsets are relative, so the
 * same bytes run in any host and on any thread.
 */
import { Layout } from "./opcodes";

@unmanaged
export class Call {
  op: u16 = 0;
  type: u16 = 0;
  shared: u32 = 0;
  n0: u32 = 0;
  n1: u32 = 0;
  n2: u32 = 0;
  n3: u32 = 0;
  n4: u32 = 0;
  n5: u32 = 0;
  c0: f64 = 0;
  c1: f64 = 0;
  c2: f64 = 0;
  c3: f64 = 0;
  c4: f64 = 0;
  c5: f64 = 0;
}

export const NONE: u32 = 0xffffffff;

/** Record `index` of a plan. */
export function recordAt(plan: usize, index: u32): Call {
  return changetype<Call>(plan + usize(index) * usize(Layout.Record));
}

/** Address of operand `k` of a record. */
export function operandAt(call: Call, k: u32): usize {
  return changetype<usize>(call) + usize(Layout.Operands) + usize(k) * usize(Layout.OperandBytes);
}

/** The six pairs of sizes of an operation on images (windows.ts) are the record's coefficients. */
export function shapeOf(call: Call): usize {
  return changetype<usize>(call) + usize(Layout.Coefficients);
}
