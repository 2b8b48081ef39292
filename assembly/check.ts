/** plan_check: whether every operand of every record stays inside its block, and whether the plan ends in finite time. */
import { Activation, Layout, Loss, Op, Packing, Penalty, Type } from "./opcodes";
import { Call, NONE, operandAt, recordAt, shapeOf } from "./record";
import { implicit_scratch, rowBytes } from "./rows";
import { convScratch, first, Pair, planePixels, second } from "./windows";

let sharedBytes: u64 = 0;
let privateBytes: u64 = 0;
let times0: u64 = 1;
let times1: u64 = 1;
/** Multiplications and moves that the records so far ask for. */
let work: f64 = 0;

/**
 * A plan is one step, not a programme: one that asks for more than this, hours of computing on one core, is refused. The largest known
 * step (AlexNet, 2,048 images) asks for 5e12.
 */
const WORK_LIMIT: f64 = 17592186044416; // 2⁴⁴

/** Whether operand `k` stays inside its block for `bytes` bytes in every iteration, and is aligned to a vector. */
function inside(call: Call, k: u32, bytes: u64, alignment: u32): bool {
  const operand = operandAt(call, k);
  const offset = load<u32>(operand);
  const s0 = i64(load<i32>(operand + 4));
  const s1 = i64(load<i32>(operand + 8));
  if (offset == NONE) return false;
  if (((offset | u32(s0) | u32(s1)) & (alignment - 1)) != 0) return false;
  const far0 = s0 * i64(times0 - 1);
  const far1 = s1 * i64(times1 - 1);
  const lowest = i64(offset) + min<i64>(0, far0) + min<i64>(0, far1);
  const highest = i64(offset) + max<i64>(0, far0) + max<i64>(0, far1);
  const limit = (call.shared >> k) & 1 ? sharedBytes : privateBytes;
  return lowest >= 0 && bytes <= limit && u64(highest) <= limit - bytes;
}

function block(call: Call, k: u32, bytes: u64): bool {
  return inside(call, k, bytes, 16);
}

function number(call: Call, k: u32, count: u64): bool {
  return inside(call, k, count * 8, 8);
}

function optional(call: Call, k: u32, bytes: u64): bool {
  const operand = operandAt(call, k);
  return load<u32>(operand) == NONE || block(call, k, bytes);
}

/** n numbers, n a multiple of a vector's lanes: the flat kernels run over whole vectors. */
function whole<T extends number>(n: u32): bool {
  return (usize(n) * sizeof<T>()) % 16 == 0;
}

function matrix<T extends number>(rows: u32, columns: u32): u64 {
  return u64(rows) * u64(rowBytes<T>(columns));
}

/** What gemm_tn asks for: partial sums, a panel of B, and a copy of columns of A where its shards are large. */
function scratchTN<T extends number>(m: u32, k: u32, shardRows: u32): u64 {
  const columns = (u64(m) + 3) & ~3;
  const copied = u64(rowBytes<T>(m)) * u64(shardRows) >= u64(Packing.ShardBytes);
  const copy = copied ? u64(k) * min<u64>(columns, u64(Packing.Columns)) * u64(sizeof<T>()) : 0;
  return 16 * (6 * columns + 2 * u64(k)) + copy;
}

function checkRecord<T extends number>(call: Call): bool {
  const n0 = call.n0;
  const n1 = call.n1;
  const n2 = call.n2;
  const flat = u64(n0) * u64(sizeof<T>());
  if (n0 > 0x1fffffff || n1 > 0x1fffffff || n2 > 0x1fffffff) return false;
  const shards = call.n4;
  if (shards > 8 || (shards & (shards - 1)) != 0) return false;
  switch (i32(call.op)) {
    case Op.Zero:
      return whole<T>(n0) && block(call, 0, flat);
    case Op.Copy:
      return whole<T>(n0) && block(call, 0, flat) && block(call, 1, flat);
    case Op.Combine: {
      if (!whole<T>(n0) || n1 < 1 || n1 > 5) return false;
      for (let k: u32 = 0; k <= n1; k++) if (!block(call, k, flat)) return false;
      return true;
    }
    case Op.ProductNN:
    case Op.ProductNT: {
      const b = i32(call.op) == Op.ProductNN ? matrix<T>(n2, n1) : matrix<T>(n1, n2);
      return (
        n2 > 0 &&
        block(call, 0, matrix<T>(n0, n1)) &&
        block(call, 1, matrix<T>(n0, n2)) &&
        block(call, 2, b) &&
        block(call, 3, 16 * u64(n2) * min<u64>(4, u64(rowBytes<T>(n1)) >> 4))
      );
    }
    case Op.ProductTN:
      return (
        block(call, 0, matrix<T>(n0, n1)) &&
        block(call, 1, matrix<T>(n2, n0)) &&
        block(call, 2, matrix<T>(n2, n1)) &&
        block(call, 3, scratchTN<T>(n0, n2, shards <= 1 ? n2 : call.n5))
      );
    case Op.AddRow:
      return block(call, 0, matrix<T>(n0, n1)) && block(call, 1, matrix<T>(n0, n1)) && block(call, 2, matrix<T>(1, n1));
    case Op.ColumnSum:
      return block(call, 0, matrix<T>(1, n1)) && block(call, 1, matrix<T>(n0, n1));
    case Op.RowAffine:
      return (
        block(call, 0, matrix<T>(n0, n1)) &&
        block(call, 1, matrix<T>(n0, n1)) &&
        block(call, 2, matrix<T>(1, n1)) &&
        optional(call, 3, matrix<T>(1, n1))
      );
    case Op.CopyColumns:
      return (
        call.c0 >= 0 &&
        call.c1 >= 0 &&
        call.c2 >= 0 &&
        call.c0 + call.c2 <= f64(n1) &&
        call.c1 + call.c2 <= f64(n2) &&
        block(call, 0, matrix<T>(n0, n1)) &&
        block(call, 1, matrix<T>(n0, n2))
      );
    case Op.Activate:
    case Op.ActivateAntiderivative:
      return n2 <= u32(Activation.SmoothRelu) && everyMatrix<T>(call, 2);
    case Op.ActivateDerivative:
      return n2 <= u32(Activation.SmoothRelu) && everyMatrix<T>(call, 3);
    case Op.ActivateSecond:
    case Op.ActivateWithSlope:
      return n2 <= u32(Activation.SmoothRelu) && everyMatrix<T>(call, 4);
    case Op.Softmax:
      return n1 > 0 && everyMatrix<T>(call, 2);
    case Op.Loss: {
      const size = matrix<T>(n0, n1);
      return (
        n1 > 0 &&
        n2 <= u32(Loss.LeastSquares) &&
        number(call, 0, 1) &&
        block(call, 1, size) &&
        block(call, 2, size) &&
        block(call, 3, size) &&
        number(call, 4, 1)
      );
    }
    case Op.LossHessian:
      return (
        n1 > 0 &&
        n2 <= u32(Loss.LeastSquares) &&
        everyMatrix<T>(call, 3) &&
        block(call, 3, matrix<T>(1, n1)) &&
        number(call, 4, 1)
      );
    case Op.Dot:
      return whole<T>(n0) && number(call, 0, 1) && block(call, 1, flat) && block(call, 2, flat);
    case Op.Sgd:
      return whole<T>(n0) && block(call, 0, flat) && block(call, 1, flat) && number(call, 2, 2);
    case Op.Momentum:
      return whole<T>(n0) && block(call, 0, flat) && block(call, 1, flat) && block(call, 2, flat) && number(call, 3, 4);
    case Op.Adam:
      return (
        whole<T>(n0) &&
        block(call, 0, flat) &&
        block(call, 1, flat) &&
        block(call, 2, flat) &&
        block(call, 3, flat) &&
        number(call, 4, 8)
      );
    case Op.Multiply:
      return whole<T>(n0) && block(call, 0, flat) && block(call, 1, flat) && block(call, 2, flat);
    case Op.Skew:
      return block(call, 0, matrix<T>(n0, n0)) && block(call, 1, matrix<T>(n0, n0));
    case Op.ImplicitMidpoint:
      return (
        call.n3 <= u32(Activation.SmoothRelu) &&
        implicitShape(call) &&
        block(call, 0, matrix<T>(n0, n1)) &&
        block(call, 1, matrix<T>(n0, n1)) &&
        block(call, 2, matrix<T>(n1, n2)) &&
        optional(call, 3, matrix<T>(1, n2)) &&
        block(call, 4, implicit_scratch<T>(n1, n2))
      );
    case Op.ImplicitSolve:
      return (
        implicitShape(call) &&
        block(call, 0, matrix<T>(n0, n1)) &&
        block(call, 1, matrix<T>(n0, n1)) &&
        block(call, 2, matrix<T>(n0, n2)) &&
        block(call, 3, matrix<T>(n1, n2)) &&
        block(call, 4, implicit_scratch<T>(n1, n2))
      );
    case Op.LayerTail: {
      const size = matrix<T>(n0, n1);
      return (
        n2 <= u32(Activation.SmoothRelu) &&
        optional(call, 0, size) &&
        block(call, 1, size) &&
        optional(call, 2, size) &&
        block(call, 3, size) &&
        optional(call, 4, matrix<T>(1, n1)) &&
        optional(call, 5, size) &&
        // next and y come together.
        (load<u32>(operandAt(call, 2)) == NONE) == (load<u32>(operandAt(call, 5)) == NONE)
      );
    }
    case Op.SlopeSum: {
      const size = matrix<T>(n0, n1);
      return (
        n2 <= u32(Activation.SmoothRelu) &&
        optional(call, 0, matrix<T>(1, n1)) &&
        block(call, 1, size) &&
        block(call, 2, size) &&
        block(call, 3, size)
      );
    }
    case Op.Clip:
      return whole<T>(n0) && block(call, 0, flat) && number(call, 1, 1);
    case Op.ToImage:
    case Op.ToFeatures: {
      // Without pixels there is nothing in memory that bounds the others.
      if (n2 == 0 || u64(n1) * u64(n2) > SIZE_LIMIT || u64(n0) * u64(n2) > SIZE_LIMIT) return false;
      const image = matrix<T>(n0 * n2, n1);
      const plain = matrix<T>(n0, n1 * n2);
      const there = i32(call.op) == Op.ToImage;
      return block(call, 0, there ? image : plain) && block(call, 1, there ? plain : image);
    }
    case Op.Conv:
    case Op.ConvInput:
    case Op.ConvWeight:
      return checkConvolution<T>(call);
    case Op.PickMax:
    case Op.PlaceMax: {
      if (!windows(call) || !everyWindowMeetsTheImage(call)) return false;
      const image = matrix<T>(n0 * positions(call, Pair.Image), n1);
      const places = matrix<T>(n0 * positions(call, Pair.Places), n1);
      const there = i32(call.op) == Op.PickMax;
      return block(call, 0, there ? places : image) && block(call, 1, there ? image : places) && block(call, 2, image);
    }
    case Op.Average:
    case Op.Spread: {
      if (!windows(call)) return false;
      const image = matrix<T>(n0 * positions(call, Pair.Image), n1);
      const places = matrix<T>(n0 * positions(call, Pair.Places), n1);
      const there = i32(call.op) == Op.Average;
      return block(call, 0, there ? places : image) && block(call, 1, there ? image : places);
    }
    case Op.Normalize:
    case Op.NormalizeSlope:
    case Op.NormalizeCurvature:
      return checkNormalization<T>(call);
    case Op.NormalizeBy:
      return everyMatrix<T>(call, 2) && block(call, 2, matrix<T>(1, n1)) && optional(call, 3, matrix<T>(1, n1));
    case Op.Dropout:
      return (
        n2 > 0 && n0 % n2 == 0 && everyMatrix<T>(call, 2) && block(call, 2, matrix<T>(n0 / n2, 1)) && number(call, 3, 3)
      );
    case Op.NeighbourSum:
      return everyMatrix<T>(call, 2) && block(call, 2, matrix<T>(1, n1) + matrix<T>(2, n2));
    case Op.AffinePower:
      return everyMatrix<T>(call, 2);
    case Op.Regularize:
      return regularizer<T>(call);
    default:
      return false;
  }
}

/** Blocks of n2 rows: matrices, statistics as one row a block, and two rows of scratch. */
function checkNormalization<T extends number>(call: Call): bool {
  const per = call.n2;
  if (per == 0 || call.n0 % per != 0) return false;
  const size = matrix<T>(call.n0, call.n1);
  const statistics = matrix<T>(call.n0 / per, call.n1);
  const op = i32(call.op);
  if (op == Op.Normalize) {
    return (
      block(call, 0, size) &&
      block(call, 1, statistics) &&
      block(call, 2, statistics) &&
      block(call, 3, statistics) &&
      block(call, 4, size)
    );
  }
  return (
    block(call, 0, size) &&
    block(call, 1, op == Op.NormalizeSlope ? statistics : size) &&
    block(call, 2, size) &&
    block(call, 3, size) &&
    block(call, 4, statistics) &&
    block(call, 5, matrix<T>(2, call.n1))
  );
}

/** Rows, columns and products of them in operations on images. */
const SIZE_LIMIT: u64 = 1 << 27;

function positions(call: Call, pair: Pair): u32 {
  return first(shapeOf(call), pair) * second(shapeOf(call), pair);
}

/** Whether the six pairs are sizes that the kernels can compute with. */
function windows(call: Call): bool {
  const shape = shapeOf(call);
  for (let pair: usize = 0; pair < 48; pair += 8) {
    const value = load<f64>(shape + pair);
    if (!(value >= 0) || !(value < 281474976710656)) return false; // 2⁴⁸
  }
  const examples = u64(call.n0);
  const image = u64(first(shape, Pair.Image)) * u64(second(shape, Pair.Image));
  const places = u64(first(shape, Pair.Places)) * u64(second(shape, Pair.Places));
  const window = u64(first(shape, Pair.Window)) * u64(second(shape, Pair.Window));
  if (image == 0 || places == 0 || window == 0 || image > SIZE_LIMIT || places > SIZE_LIMIT || window > SIZE_LIMIT) {
    return false;
  }
  if (examples * image > SIZE_LIMIT || examples * places > SIZE_LIMIT || u64(call.n1) > SIZE_LIMIT) return false;
  return (
    u64(first(shape, Pair.Places)) * u64(first(shape, Pair.Stride)) <= SIZE_LIMIT &&
    u64(second(shape, Pair.Places)) * u64(second(shape, Pair.Stride)) <= SIZE_LIMIT
  );
}

/** A largest number needs a position to stand at. */
function everyWindowMeetsTheImage(call: Call): bool {
  const shape = shapeOf(call);
  const lastTop = (first(shape, Pair.Places) - 1) * first(shape, Pair.Stride);
  const lastLeft = (second(shape, Pair.Places) - 1) * second(shape, Pair.Stride);
  return (
    first(shape, Pair.Padding) < first(shape, Pair.Window) &&
    second(shape, Pair.Padding) < second(shape, Pair.Window) &&
    lastTop < first(shape, Pair.Image) + first(shape, Pair.Padding) &&
    lastLeft < second(shape, Pair.Image) + second(shape, Pair.Padding)
  );
}

function checkConvolution<T extends number>(call: Call): bool {
  if (!windows(call)) return false;
  const channels = call.n1;
  const filters = call.n2;
  const groups = u32(load<f64>(shapeOf(call) + usize(Pair.Groups)));
  if (groups == 0 || channels == 0 || filters == 0 || filters > u32(SIZE_LIMIT)) return false;
  if (channels % groups != 0 || filters % groups != 0) return false;
  if (first(shapeOf(call), Pair.Stride) == 0 || second(shapeOf(call), Pair.Stride) == 0) return false;
  if (planePixels(shapeOf(call), true) > SIZE_LIMIT || planePixels(shapeOf(call), false) > SIZE_LIMIT) return false;
  const terms = u64(positions(call, Pair.Window)) * u64(channels / groups);
  if (terms * u64(groups) > SIZE_LIMIT) return false;
  const rows = call.n0 * positions(call, Pair.Places);
  const image = matrix<T>(call.n0 * positions(call, Pair.Image), channels);
  const places = matrix<T>(rows, filters);
  const weights = matrix<T>(u32(terms) * groups, filters / groups);
  let scratch = convScratch<T>(shapeOf(call), call.n0, channels, filters);
  if (call.n4 > 1) scratch += 4 * weights;
  const op = i32(call.op);
  return (
    block(call, 0, op == Op.Conv ? places : op == Op.ConvInput ? image : weights) &&
    block(call, 1, op == Op.ConvInput ? places : image) &&
    block(call, 2, op == Op.ConvWeight ? places : weights) &&
    block(call, 3, scratch) &&
    (op != Op.ConvWeight || call.n4 <= 1 || u64(call.n5) * 8 * u64(positions(call, Pair.Places)) <= SIZE_LIMIT)
  );
}

/** The product of a pair, as a rough number: the record is checked after its work. */
function roughly(call: Call, pair: Pair): f64 {
  const value = load<f64>(shapeOf(call) + usize(pair));
  const above = Math.floor(value / 16777216);
  return (1 + above) * (1 + value - 16777216 * above);
}

/** Adds what one record costs in all its iterations, about; false where the plan asks for too much. */
function addWork(call: Call): bool {
  let cost = (1 + f64(call.n0)) * (1 + f64(call.n1));
  switch (i32(call.op)) {
    case Op.ProductNN:
    case Op.ProductNT:
    case Op.ProductTN:
      cost *= 1 + f64(call.n2);
      break;
    case Op.ImplicitMidpoint:
    case Op.ImplicitSolve:
      cost *= 60 * (1 + f64(call.n1) + f64(call.n2));
      break;
    case Op.Conv:
    case Op.ConvInput:
    case Op.ConvWeight:
      cost *= (1 + f64(call.n2)) * roughly(call, Pair.Places) * roughly(call, Pair.Window);
      break;
    case Op.PickMax:
    case Op.PlaceMax:
    case Op.Average:
    case Op.Spread:
      cost *= roughly(call, Pair.Places) * roughly(call, Pair.Window) + roughly(call, Pair.Image);
      break;
    case Op.ToImage:
    case Op.ToFeatures:
    case Op.NeighbourSum:
      cost *= 1 + f64(call.n2);
      break;
    case Op.Skew:
      cost = (1 + f64(call.n0)) * (1 + f64(call.n0));
      break;
    case Op.Regularize:
      // At most 60 sweeps of Jacobi's rotations; an operator has n3 rows.
      if (i32(call.n2) == Penalty.Stability) cost *= 180 * (1 + f64(call.n0)) * (1 + f64(call.n0));
      else cost *= 1 + f64(call.n3);
      break;
    default:
      break;
  }
  work += cost * f64(times0) * f64(times1);
  return work <= WORK_LIMIT;
}

/** value (f64), out, x, v, the reference or operator, scratch: all but x are optional. */
function regularizer<T extends number>(call: Call): bool {
  const n0 = call.n0;
  const n1 = call.n1;
  if (n1 < 1 || call.n2 > u32(Penalty.Stability) || call.n3 > 0x1fffffff) return false;
  const square = i32(call.n2) == Penalty.Stability;
  if (!square && !whole<T>(n0)) return false;
  const one = square ? matrix<T>(n0, n0) : u64(n0) * u64(sizeof<T>());
  if (one > 0xffffffff || n0 == 0) return false;
  const all = one * u64(n1);
  const hasValue = load<u32>(operandAt(call, 0)) != NONE;
  if (hasValue && !number(call, 0, 1)) return false;
  if (!optional(call, 1, all) || !block(call, 2, all) || !optional(call, 3, all)) return false;
  if (square) return n0 < 8192 && block(call, 5, 32 * u64(n0) * u64(n0));
  if (i32(call.n2) == Penalty.Operator) return block(call, 4, one * (u64(call.n3) + u64(call.n4 != 0 ? 1 : 0)));
  return optional(call, 4, all);
}

/** form 0 has a square matrix, form 1 any. */
function implicitShape(call: Call): bool {
  return call.n1 > 0 && call.n2 > 0 && (call.n5 == 1 || (call.n5 == 0 && call.n1 == call.n2));
}

function everyMatrix<T extends number>(call: Call, operands: u32): bool {
  const size = matrix<T>(call.n0, call.n1);
  for (let k: u32 = 0; k < operands; k++) if (!block(call, k, size)) return false;
  return true;
}

function check(plan: usize, first: u32, last: u32, depth: u32): u32 {
  for (let index = first; index < last; index++) {
    const call = recordAt(plan, index);
    const op = i32(call.op);
    if (op == Op.Loop) {
      // Iterations cost something even around nothing.
      work += f64(times0) * f64(call.n0);
      if (work > WORK_LIMIT || depth > 1 || call.n0 == 0 || u64(index) + 1 + u64(call.n1) > u64(last)) return index + 1;
      if (depth == 0) times0 = u64(call.n0);
      else times1 = u64(call.n0);
      const failed = check(plan, index + 1, index + 1 + call.n1, depth + 1);
      if (failed != 0) return failed;
      if (depth == 0) times0 = 1;
      else times1 = 1;
      index += call.n1;
    } else if (op == Op.Guard) {
      if (u64(index) + 1 + u64(call.n1) > u64(last) || !number(call, 0, 1) || !number(call, 1, 1)) return index + 1;
    } else {
      if (!addWork(call)) return index + 1;
      const good =
        call.type == u16(Type.F32) ? checkRecord<f32>(call) : call.type == u16(Type.F64) && checkRecord<f64>(call);
      if (!good) return index + 1;
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
  sharedBytes = u64(sharedSize);
  privateBytes = u64(privateSize);
  times0 = 1;
  times1 = 1;
  work = 0;
  if (u64(plan) + u64(count) * u64(Layout.Record) > u64(memory.size()) * 65536) return 1;
  return check(plan, 0, count, 0);
}
