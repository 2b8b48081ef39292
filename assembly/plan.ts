/** A plan is a recording of kernel calls: an array of records (record.ts), replayed by `plan_run`. */

import {
  activate,
  activate_antiderivative,
  activate_derivative,
  activate_second,
  activate_with_slope,
} from "./activations";
import { conv } from "./conv";
import { conv_input } from "./convInput";
import { conv_weight } from "./convWeight";
import { dropout } from "./dropout";
import { layer_tail, slope_sum } from "./fused";
import { gemm_nn, gemm_nt, gemm_tn } from "./gemm";
import { to_features, to_image } from "./images";
import { implicit_midpoint, implicit_solve } from "./implicit/midpoint";
import { affine_power, neighbour_sum } from "./localResponse";
import { loss, loss_hessian, softmax } from "./losses";
import { normalize, normalize_by, normalize_curvature, normalize_slope } from "./normalization";
import { Op, Penalty, Team, Type } from "./opcodes";
import { adam, momentum, sgd } from "./optimizers";
import { average, pick_max, place_max } from "./pool";
import { Call, NONE, operandAt, recordAt, shapeOf } from "./record";
import { difference_square, operator_square, smooth_absolute, square, stability } from "./regularizers";
import { combine1, combine2, combine3, combine4, combine5 } from "./steps";
import { add_row, column_sum, copy_columns, multiply, row_affine, skew } from "./structure";
import { addAll, givePart, isFirst, ownPart, together } from "./team";
import { clip, dot } from "./vector";

let sharedBase: usize = 0;
let privateBase: usize = 0;
/** Implicit steps taken so far in this run, and the number of the first that failed to converge, or 0. */
let implicitSteps: u32 = 0;
let unsolved: u32 = 0;

/** Address of operand `k` in iteration (i0, i1). */
function at(call: Call, k: u32, i0: u32, i1: u32): usize {
  const operand = operandAt(call, k);
  const offset = load<u32>(operand);
  if (offset == NONE) return 0;
  const base = (call.shared >> k) & 1 ? sharedBase : privateBase;
  return base + usize(offset) + usize(i0 * load<u32>(operand + 4)) + usize(i1 * load<u32>(operand + 8));
}

function execute<T extends number>(call: Call, i: u32, j: u32): bool {
  const a = at(call, 0, i, j);
  switch (i32(call.op)) {
    case Op.Zero:
      memory.fill(a, 0, usize(call.n0) * sizeof<T>());
      break;
    case Op.Copy:
      memory.copy(a, at(call, 1, i, j), usize(call.n0) * sizeof<T>());
      break;
    case Op.Combine: {
      const x0 = at(call, 1, i, j);
      const n = call.n0;
      if (call.n1 == 1) {
        combine1<T>(a, call.c0 as T, x0, n);
        break;
      }
      const x1 = at(call, 2, i, j);
      if (call.n1 == 2) {
        combine2<T>(a, call.c0 as T, x0, call.c1 as T, x1, n);
        break;
      }
      const x2 = at(call, 3, i, j);
      if (call.n1 == 3) {
        combine3<T>(a, call.c0 as T, x0, call.c1 as T, x1, call.c2 as T, x2, n);
        break;
      }
      const c3 = call.c3 as T;
      const x3 = at(call, 4, i, j);
      if (call.n1 == 4) combine4<T>(a, call.c0 as T, x0, call.c1 as T, x1, call.c2 as T, x2, c3, x3, n);
      else {
        const x4 = at(call, 5, i, j);
        combine5<T>(a, call.c0 as T, x0, call.c1 as T, x1, call.c2 as T, x2, c3, x3, call.c4 as T, x4, n);
      }
      break;
    }
    case Op.ProductNN:
      gemm_nn<T>(a, at(call, 1, i, j), at(call, 2, i, j), at(call, 3, i, j), call.n0, call.n1, call.n2, i32(call.n3));
      break;
    case Op.ProductNT:
      gemm_nt<T>(a, at(call, 1, i, j), at(call, 2, i, j), at(call, 3, i, j), call.n0, call.n1, call.n2, i32(call.n3));
      break;
    case Op.ProductTN:
      gemm_tn<T>(
        a,
        at(call, 1, i, j),
        at(call, 2, i, j),
        at(call, 3, i, j),
        call.n0,
        call.n1,
        call.n2,
        i32(call.n3),
        call.n4,
        call.n5,
      );
      break;
    case Op.AddRow:
      add_row<T>(a, at(call, 1, i, j), at(call, 2, i, j), call.n0, call.n1);
      break;
    case Op.ColumnSum:
      column_sum<T>(a, at(call, 1, i, j), call.n0, call.n1, i32(call.n3), call.n4, call.n5);
      break;
    case Op.RowAffine:
      row_affine<T>(a, at(call, 1, i, j), at(call, 2, i, j), at(call, 3, i, j), call.n0, call.n1, i32(call.n3));
      break;
    case Op.CopyColumns:
      copy_columns<T>(
        a,
        at(call, 1, i, j),
        call.n0,
        call.n1,
        call.n2,
        u32(call.c0),
        u32(call.c1),
        u32(call.c2),
        i32(call.n3),
      );
      break;
    case Op.Activate:
      activate<T>(a, at(call, 1, i, j), i32(call.n2), call.n0, call.n1);
      break;
    case Op.ActivateDerivative:
      activate_derivative<T>(a, at(call, 1, i, j), at(call, 2, i, j), i32(call.n2), call.n0, call.n1, i32(call.n3));
      break;
    case Op.ActivateSecond:
      activate_second<T>(
        a,
        at(call, 1, i, j),
        at(call, 2, i, j),
        at(call, 3, i, j),
        i32(call.n2),
        call.n0,
        call.n1,
        i32(call.n3),
      );
      break;
    case Op.ActivateAntiderivative:
      activate_antiderivative<T>(a, at(call, 1, i, j), i32(call.n2), call.n0, call.n1);
      break;
    case Op.ActivateWithSlope:
      activate_with_slope<T>(
        a,
        at(call, 1, i, j),
        at(call, 2, i, j),
        at(call, 3, i, j),
        i32(call.n2),
        call.n0,
        call.n1,
      );
      break;
    case Op.Softmax:
      softmax<T>(a, at(call, 1, i, j), call.n0, call.n1);
      break;
    case Op.Loss:
      loss<T>(
        i32(call.n2),
        a,
        at(call, 1, i, j),
        at(call, 2, i, j),
        at(call, 3, i, j),
        at(call, 4, i, j),
        call.n0,
        call.n1,
        call.n4,
        call.n5,
        call.n3 != 0,
      );
      break;
    case Op.LossHessian:
      loss_hessian<T>(
        i32(call.n2),
        a,
        at(call, 1, i, j),
        at(call, 2, i, j),
        at(call, 3, i, j),
        at(call, 4, i, j),
        call.n0,
        call.n1,
        call.n3 != 0,
      );
      break;
    case Op.Dot:
      dot<T>(a, at(call, 1, i, j), at(call, 2, i, j), call.n0);
      break;
    case Op.Sgd:
      sgd<T>(a, at(call, 1, i, j), at(call, 2, i, j), call.n0);
      break;
    case Op.Momentum:
      momentum<T>(a, at(call, 1, i, j), at(call, 2, i, j), at(call, 3, i, j), call.n0);
      break;
    case Op.Adam:
      adam<T>(a, at(call, 1, i, j), at(call, 2, i, j), at(call, 3, i, j), at(call, 4, i, j), call.n0);
      break;
    case Op.Multiply:
      multiply<T>(a, at(call, 1, i, j), at(call, 2, i, j), call.n0, i32(call.n3));
      break;
    case Op.Skew:
      skew<T>(a, at(call, 1, i, j), call.n0, call.c0 as T, call.c1 as T, i32(call.n3));
      break;
    case Op.ImplicitMidpoint: {
      const failures = implicit_midpoint<T>(
        a,
        at(call, 1, i, j),
        at(call, 2, i, j),
        at(call, 3, i, j),
        at(call, 4, i, j),
        call.n0,
        call.n1,
        call.n2,
        i32(call.n3),
        call.n4 != 0,
        call.n5,
        call.c0 as T,
      );
      implicitSteps++;
      if (failures != 0 && unsolved == 0) unsolved = implicitSteps;
      break;
    }
    case Op.ImplicitSolve:
      implicit_solve<T>(
        a,
        at(call, 1, i, j),
        at(call, 2, i, j),
        at(call, 3, i, j),
        at(call, 4, i, j),
        call.n0,
        call.n1,
        call.n2,
        call.n5,
        call.n4 != 0,
        call.c0 as T,
      );
      break;
    case Op.LayerTail:
      layer_tail<T>(
        a,
        at(call, 1, i, j),
        at(call, 2, i, j),
        at(call, 3, i, j),
        at(call, 4, i, j),
        at(call, 5, i, j),
        call.c0 as T,
        i32(call.n2),
        call.n0,
        call.n1,
      );
      break;
    case Op.SlopeSum:
      slope_sum<T>(
        a,
        at(call, 1, i, j),
        at(call, 2, i, j),
        at(call, 3, i, j),
        call.c0 as T,
        i32(call.n2),
        call.n0,
        call.n1,
        i32(call.n3),
        call.n4,
        call.n5,
      );
      break;
    case Op.Clip:
      clip<T>(a, at(call, 1, i, j), call.c0, call.n0);
      break;
    case Op.ToImage:
      to_image<T>(a, at(call, 1, i, j), call.n0, call.n1, call.n2, i32(call.n3));
      break;
    case Op.ToFeatures:
      to_features<T>(a, at(call, 1, i, j), call.n0, call.n1, call.n2, i32(call.n3));
      break;
    case Op.Conv:
      conv<T>(
        a,
        at(call, 1, i, j),
        at(call, 2, i, j),
        at(call, 3, i, j),
        shapeOf(call),
        call.n0,
        call.n1,
        call.n2,
        i32(call.n3),
      );
      break;
    case Op.ConvInput:
      conv_input<T>(
        a,
        at(call, 1, i, j),
        at(call, 2, i, j),
        at(call, 3, i, j),
        shapeOf(call),
        call.n0,
        call.n1,
        call.n2,
        i32(call.n3),
      );
      break;
    case Op.ConvWeight:
      conv_weight<T>(
        a,
        at(call, 1, i, j),
        at(call, 2, i, j),
        at(call, 3, i, j),
        shapeOf(call),
        call.n0,
        call.n1,
        call.n2,
        i32(call.n3),
        call.n4,
        call.n5,
      );
      break;
    case Op.PickMax:
      pick_max<T>(a, at(call, 1, i, j), at(call, 2, i, j), shapeOf(call), call.n0, call.n1, i32(call.n3));
      break;
    case Op.PlaceMax:
      place_max<T>(a, at(call, 1, i, j), at(call, 2, i, j), shapeOf(call), call.n0, call.n1, i32(call.n3));
      break;
    case Op.Average:
      average<T>(a, at(call, 1, i, j), shapeOf(call), call.n0, call.n1, i32(call.n3), call.n2 != 0, false);
      break;
    case Op.Spread:
      average<T>(at(call, 1, i, j), a, shapeOf(call), call.n0, call.n1, i32(call.n3), call.n2 != 0, true);
      break;
    case Op.Normalize:
      normalize<T>(
        a,
        at(call, 1, i, j),
        at(call, 2, i, j),
        at(call, 3, i, j),
        at(call, 4, i, j),
        call.n0,
        call.n1,
        call.n2,
        call.n5 != 0,
        call.c0,
      );
      break;
    case Op.NormalizeSlope:
      normalize_slope<T>(
        a,
        at(call, 1, i, j),
        at(call, 2, i, j),
        at(call, 3, i, j),
        at(call, 4, i, j),
        at(call, 5, i, j),
        call.n0,
        call.n1,
        call.n2,
        i32(call.n3),
        call.n5 != 0,
      );
      break;
    case Op.NormalizeCurvature:
      normalize_curvature<T>(
        a,
        at(call, 1, i, j),
        at(call, 2, i, j),
        at(call, 3, i, j),
        at(call, 4, i, j),
        at(call, 5, i, j),
        call.n0,
        call.n1,
        call.n2,
        i32(call.n3),
        call.n5 != 0,
      );
      break;
    case Op.NeighbourSum:
      neighbour_sum<T>(a, at(call, 1, i, j), at(call, 2, i, j), call.n0, call.n1, call.n2, i32(call.n3));
      break;
    case Op.AffinePower:
      affine_power<T>(a, at(call, 1, i, j), call.n0, call.n1, call.c0, call.c1, call.c2, call.c3, i32(call.n3));
      break;
    case Op.NormalizeBy:
      normalize_by<T>(
        a,
        at(call, 1, i, j),
        at(call, 2, i, j),
        at(call, 3, i, j),
        call.n0,
        call.n1,
        call.c0,
        i32(call.n3),
      );
      break;
    case Op.Dropout:
      dropout<T>(
        a,
        at(call, 1, i, j),
        at(call, 2, i, j),
        at(call, 3, i, j),
        call.n0,
        call.n1,
        call.n2,
        i32(call.n3),
        call.n5,
        call.c0,
      );
      break;
    case Op.Regularize:
      return regularize<T>(
        call,
        a,
        at(call, 1, i, j),
        at(call, 2, i, j),
        at(call, 3, i, j),
        at(call, 4, i, j),
        at(call, 5, i, j),
      );
    default:
      return false;
  }
  return true;
}

/** sizes: n, sets, penalty, rows of L, whether there is a reference; c0 = λ, c1 = ε. */
function regularize<T extends number>(
  call: Call,
  value: usize,
  out: usize,
  x: usize,
  v: usize,
  extra: usize,
  scratch: usize,
): bool {
  switch (i32(call.n2)) {
    case Penalty.Square:
      square<T>(value, out, x, extra, call.c0, call.n0);
      break;
    case Penalty.Difference:
      difference_square<T>(value, out, x, call.c0, call.n0, call.n1);
      break;
    case Penalty.Absolute:
      smooth_absolute<T>(value, out, x, v, call.c0, call.c1, call.n0);
      break;
    case Penalty.Operator:
      operator_square<T>(value, out, x, extra, call.c0, call.n0, call.n3, call.n4 != 0);
      break;
    case Penalty.Stability:
      stability<T>(value, out, x, v, scratch, call.c0, call.n0, call.n1);
      break;
    default:
      return false;
  }
  return true;
}

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
    if (op == Op.Loop) {
      const body = index + 1;
      const end = body + call.n1;
      for (let i: u32 = 0; i < call.n0; i++) {
        const failed = depth == 0 ? run(plan, body, end, 1, i, 0) : run(plan, body, end, 2, i0, i);
        if (failed != 0) return failed;
      }
      index = end - 1;
    } else if (op == Op.Guard) {
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
  sharedBase = shared;
  privateBase = private_;
  implicitSteps = 0;
  unsolved = 0;
  return run(plan, 0, count, 0, 0, 0);
}

/** Takes over what another thread of a team found: the earliest step counts. */
export function alsoUnsolved(step: u32): void {
  if (step != 0 && (unsolved == 0 || step < unsolved)) unsolved = step;
}

/** Of the last plan_run: 0, or the number (from 1) of the first time step whose implicit equation was not solved. */
export function plan_unsolved(): u32 {
  return unsolved;
}
