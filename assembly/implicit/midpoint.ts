/**
 * The implicit midpoint rule's equation u = y + c f(u) row by row (equation.ts), and the linear systems of its derivative.
 *
 * Simplified Newton first: M = I − c J with σ' replaced by ½, one factorisation for the whole batch. For σ' in [0, 1] and
 * antisymmetric A it contracts for every h, at the rate q = a/√(1 + a²), a = c‖A‖/2. Where q is above ½, Newton's method with
 * each row's own Jacobian (newton.ts). Both stop at round-off.
 */
import { rowBytes } from "../rows";
import { residual, system } from "./equation";
import { factor, solve, solveTransposed } from "./lu";
import { epsilon, follow, newton } from "./newton";
import { axpyRow, largest, put } from "./row";

const SIMPLIFIED: i32 = 40;

/**
 * u = y + c f(u) for every row. `outputSaved`: whether σ' is a function of σ(z). Returns how many rows did not converge;
 * those are NaN. A row that holds NaN or infinity stays as it is. Scratch: five rows of n, four of m, two n × n matrices and
 * their pivots.
 */
export function implicit_midpoint<T extends number>(
  u: usize,
  y: usize,
  A: usize,
  b: usize,
  scratch: usize,
  rows: u32,
  n: u32,
  m: u32,
  kind: i32,
  outputSaved: bool,
  form: u32,
  c: T,
): u32 {
  const row = rowBytes<T>(n);
  const aRow = rowBytes<T>(m);
  const r = scratch;
  const d = r + row;
  const trial = d + row;
  const z = trial + 3 * row;
  const a = z + aRow;
  const ones = a + 2 * aRow;
  const M = ones + aRow;
  const pivots = M + 2 * usize(n) * row;
  memory.fill(ones, 0, aRow);
  for (let k: u32 = 0; k < m; k++) put<T>(ones, k, 1 as T);
  system<T>(M, A, 0, z, n, m, form, c);
  factor<T>(M, pivots, n);
  const eps = epsilon<T>();
  let failures: u32 = 0;
  for (let i: u32 = 0; i < rows; i++) {
    const x = u + usize(i) * row;
    const from = y + usize(i) * row;
    memory.copy(x, from, row);
    residual<T>(r, z, a, x, from, A, b, n, m, kind, form, c);
    let size = largest<T>(r, n);
    let done = false;
    let scale: T = (largest<T>(from, n) + size) as T;
    // Simplified Newton, while it at least halves the residual.
    for (let k = 0; k < SIMPLIFIED; k++) {
      if (!(size > 4 * eps * scale)) {
        done = true;
        break;
      }
      memory.copy(trial, x, row);
      memory.copy(d, r, row);
      solve<T>(d, M, pivots, n);
      axpyRow<T>(x, 1 as T, d, row);
      residual<T>(r, z, a, x, from, A, b, n, m, kind, form, c);
      const next = largest<T>(r, n);
      if (!(next < size)) {
        // At the level of round-off the better of the two is kept; elsewhere Newton goes on from it.
        memory.copy(x, trial, row);
        done = !(size > 64 * eps * scale);
        break;
      }
      const slow = next > 0.5 * size;
      scale = max<T>(scale, largest<T>(x, n));
      size = next;
      if (slow) break;
    }
    if (done) continue;
    if (newton<T>(x, from, A, b, scratch, n, m, kind, outputSaved, form, c)) continue;
    if (!follow<T>(x, from, A, b, scratch, n, m, kind, outputSaved, form, c)) {
      failures++;
      for (let k: u32 = 0; k < n; k++) put<T>(x, k, NaN as T);
    }
  }
  return failures;
}

/** x = N⁻¹ r, or N⁻ᵀ r, for every row, with that row's slopes s (rows × m). `scratch` as above. x may be r. */
export function implicit_solve<T extends number>(
  x: usize,
  r: usize,
  s: usize,
  A: usize,
  scratch: usize,
  rows: u32,
  n: u32,
  m: u32,
  form: u32,
  transposed: bool,
  c: T,
): void {
  const row = rowBytes<T>(n);
  const sRow = rowBytes<T>(m);
  const N = scratch;
  const w = N + usize(n) * row;
  const pivots = w + sRow;
  for (let i: u32 = 0; i < rows; i++) {
    system<T>(N, A, s + usize(i) * sRow, w, n, m, form, c);
    factor<T>(N, pivots, n);
    const at = x + usize(i) * row;
    memory.copy(at, r + usize(i) * row, row);
    if (transposed) solveTransposed<T>(at, N, pivots, n);
    else solve<T>(at, N, pivots, n);
  }
}
