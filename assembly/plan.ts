/** A plan is a recording of kernel calls: an array of records (record.ts), replayed by `plan_run`. */
import { execute } from "./dispatch.generated";
import { forgetUnsolved } from "./implicit/step";
import { Control, Team, Type } from "./opcodes";
import { at, setBases } from "./operands";
import { Call, recordAt } from "./record";
import { addAll, givePart, isFirst, ownPart, together } from "./team";

/** A sum over examples in a team. */
function executePart<T extends number>(call: Call, i: u32, j: u32): void {
  execute<T>(ownPart(call), i, j);
  // Operand 4 of a loss is its weight.
  givePart(call, at(call, 0, i, j), at(call, 4, i, j));
}

/** Runs the records [first, last); returns 0 or 1 + the index of the record that failed. */
function run(plan: usize, first: u32, last: u32, depth: u32, i0: u32, i1: u32): u32 {
  for (let index = first; index < last; index++) {
    const call = recordAt(plan, index);
    const op = i32(call.op);
    if (op == Control.Loop) {
      const body = index + 1;
      const end = body + call.n1;
      for (let i: u32 = 0; i < call.n0; i++) {
        const failed = depth == 0 ? run(plan, body, end, 1, i, 0) : run(plan, body, end, 2, i0, i);
        if (failed != 0) return failed;
      }
      index = end - 1;
    } else if (op == Control.Guard) {
      if (!isFinite<f64>(load<f64>(at(call, 0, i0, i1))) || !isFinite<f64>(load<f64>(at(call, 1, i0, i1)))) {
        index += call.n1;
      }
    } else {
      if (ASC_FEATURE_THREADS && together() && call.shared >> 16 != 0) {
        if (call.shared & Team.Sum) {
          if (call.type == u16(Type.F32)) executePart<f32>(call, i0, i1);
          else executePart<f64>(call, i0, i1);
          continue;
        }
        if (!isFirst()) continue;
        addAll(); // the record may need any of the sums
      }
      const done = call.type == u16(Type.F32) ? execute<f32>(call, i0, i1) : execute<f64>(call, i0, i1);
      if (!done) return index + 1;
    }
  }
  return 0;
}

/**
 * Replays `count` records at `plan`. `shared` is the base of parameters, gradients and scalars, `private_` that of features
 * and scratch. Returns 0, or 1 + the index of the record whose op is unknown.
 */
export function plan_run(shared: usize, private_: usize, plan: usize, count: u32): u32 {
  setBases(shared, private_);
  forgetUnsolved();
  return run(plan, 0, count, 0, 0, 0);
}
