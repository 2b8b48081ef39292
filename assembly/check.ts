/** plan_check: whether every operand of every record stays inside its block, and whether the plan ends in finite time. */
import { fits, workOf } from "./bounds.generated";
import { Control, Layout, Type } from "./opcodes";
import { inside, setSizes, setTimes, times0, times1 } from "./operands";
import { recordAt } from "./record";

/** Multiplications and moves that the records so far ask for. */
let work: f64 = 0;

/**
 * A plan is one step, not a programme: one that asks for more than this, hours of computing on one core, is refused. The largest known
 * step (AlexNet, 2,048 images) asks for 5e12.
 */
const WORK_LIMIT: f64 = 17592186044416; // 2⁴⁴

/** Sizes that are not in a formula of f64 stay below this, so that sums of them do not overflow 32 bits. */
const SIZE_LIMIT: u32 = 0x1fffffff;

/**
 * The records [first, last), one scope: the plan's, or a loop's body. Loops nest in loops; a guard skips to the end of its scope, or
 * to where an earlier guard does, so that no skip ends inside a loop whose head it has passed.
 */
function check(plan: usize, first: u32, last: u32, depth: u32): u32 {
  let fence = first;
  for (let index = first; index < last; index++) {
    const call = recordAt(plan, index);
    const op = i32(call.op);
    // Where a loop's body or a guard's skip ends.
    const end = u64(index) + 1 + u64(call.n1);
    if (op == Control.Loop) {
      // Iterations cost something even around nothing.
      work += times0 * f64(call.n0);
      if (work > WORK_LIMIT || depth > 1 || call.n0 == 0 || end > u64(last)) return index + 1;
      if (index < fence && end > u64(fence)) return index + 1;
      setTimes(depth, call.n0);
      const failed = check(plan, index + 1, u32(end), depth + 1);
      if (failed != 0) return failed;
      setTimes(depth, 1);
      index += call.n1;
    } else if (op == Control.Guard) {
      if (end > u64(last) || (index < fence && end != u64(fence))) return index + 1;
      if (!inside(call, 0, 8, 8) || !inside(call, 1, 8, 8)) return index + 1;
      fence = u32(end);
    } else {
      if (call.n0 > SIZE_LIMIT || call.n1 > SIZE_LIMIT || call.n2 > SIZE_LIMIT) return index + 1;
      work += workOf(call) * times0 * times1;
      if (!(work <= WORK_LIMIT) || call.type > u16(Type.F64)) return index + 1;
      if (!fits(call, call.type == u16(Type.F32) ? 4 : 8)) return index + 1;
    }
  }
  return 0;
}

/**
 * Whether every operand of every record stays inside its block: a plan from a file is untrusted. `sharedSize` and
 * `privateSize` in bytes. Returns 0, or 1 + the index of the first record that is not safe to run, or that
 * exceeds the bound on the plan's work.
 */
export function plan_check(sharedSize: u32, privateSize: u32, plan: usize, count: u32): u32 {
  setSizes(sharedSize, privateSize);
  work = 0;
  if (u64(plan) + u64(count) * u64(Layout.Record) > u64(memory.size()) * 65536) return 1;
  return check(plan, 0, count, 0);
}
