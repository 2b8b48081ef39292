/**
 * Newton's method for one row, its step halved while the residual would grow (relu's J jumps). Where the halving gets stuck, as
 * it may between kinks, the solution is followed from c = 0, where it is y, to c (Ortega & Rheinboldt 1970, 7.5): for σ' ≥ 0
 * and an antisymmetric A, or a gradient, N is regular all the way.
 */
import { activate_derivative } from "../activations.generated";
import { rowBytes } from "../rows";
import { residual, system } from "./equation";
import { factor, pivotBytes, solve } from "./lu";
import { axpyRow, largest } from "./row";

const NEWTON: i32 = 60;
const HALVINGS: i32 = 30;
/** The shortest step of the continuation, as a part of c, and the most of them. */
const SHORTEST: f64 = 1.0 / 65536.0;
const ATTEMPTS: i32 = 300;

export function epsilon<T extends number>(): T {
  return (sizeof<T>() == 4 ? 1.1920929e-7 : 2.220446049250313e-16) as T;
}

/**
 * Newton's method for one row from x, each step halved until the residual falls. Returns whether it ended at round-off, or
 * with what is not finite; else x is the best iterate. `scratch` as in `implicit_midpoint`.
 */
export function newton<T extends number>(
  x: usize,
  y: usize,
  A: usize,
  b: usize,
  scratch: usize,
  n: u32,
  m: u32,
  kind: i32,
  outputSaved: bool,
  form: u32,
  c: T,
): bool {
  const row = rowBytes<T>(n);
  const aRow = rowBytes<T>(m);
  const r = scratch;
  const d = r + row;
  const trial = d + row;
  const z = trial + 3 * row;
  const a = z + aRow;
  const s = a + aRow;
  const ones = s + aRow;
  const N = ones + aRow + usize(n) * row;
  const pivots = N + usize(n) * row + pivotBytes(n);
  const eps = epsilon<T>();
  residual<T>(r, z, a, x, y, A, b, n, m, kind, form, c);
  let size = largest<T>(r, n);
  let scale: T = (max<T>(largest<T>(y, n), largest<T>(x, n)) + size) as T;
  for (let k = 0; k < NEWTON; k++) {
    if (!(size > 4 * eps * scale)) return true;
    activate_derivative<T>(s, ones, outputSaved ? a : z, kind, 1, m, 0);
    system<T>(N, A, s, z, n, m, form, c);
    factor<T>(N, pivots, n);
    memory.copy(d, r, row);
    solve<T>(d, N, pivots, n);
    memory.copy(trial, x, row);
    let damping: T = 1 as T;
    let next = size;
    let better = false;
    for (let halvings = 0; halvings < HALVINGS && !better; halvings++) {
      memory.copy(x, trial, row);
      axpyRow<T>(x, damping, d, row);
      residual<T>(r, z, a, x, y, A, b, n, m, kind, form, c);
      next = largest<T>(r, n);
      better = next < size;
      damping = (damping * 0.5) as T;
    }
    if (!better) {
      memory.copy(x, trial, row);
      return !(size > 1000 * eps * scale);
    }
    scale = max<T>(scale, largest<T>(x, n)) as T;
    size = next;
  }
  return false;
}

/** Follows the solution from c = 0, where it is y, in steps that Newton's method can take. Returns whether c was reached. */
export function follow<T extends number>(
  x: usize,
  y: usize,
  A: usize,
  b: usize,
  scratch: usize,
  n: u32,
  m: u32,
  kind: i32,
  outputSaved: bool,
  form: u32,
  c: T,
): bool {
  const row = rowBytes<T>(n);
  const kept = scratch + 3 * row;
  memory.copy(x, y, row);
  let t: f64 = 0;
  let step: f64 = 0.25;
  for (let attempt = 0; attempt < ATTEMPTS && t < 1; attempt++) {
    memory.copy(kept, x, row);
    const next = min<f64>(1, t + step);
    if (newton<T>(x, y, A, b, scratch, n, m, kind, outputSaved, form, (next * f64(c)) as T)) {
      t = next;
      step *= 2;
    } else {
      memory.copy(x, kept, row);
      step /= 4;
      if (step < SHORTEST) return false;
    }
  }
  return t >= 1;
}
