/** The ABI: what any host sees. Flat functions on numbers; s… are the f32, d… the f64 instances of one generic kernel. */
import { activate, activate_antiderivative, activate_derivative, activate_second } from "./activations.generated";
import { map_cos, map_exp, map_log } from "./elementary/maps";
import { gemm_nn, gemm_nt, gemm_tn } from "./gemm";
import { Abi, Activation } from "./opcodes";
import { column_sum } from "./structure";
import { axpy, dot, scale } from "./vector";

export { arena_alloc, arena_free, arena_room } from "./arena";
export { blob_check } from "./blob";
export { plan_check } from "./check";
export { plan_unsolved } from "./implicit/step";
export { plan_run } from "./plan";

export function abi_version(): i32 {
  return Abi.Version;
}

// Activations, elementary functions and random numbers.
export { random_bits, random_block, random_fractions, random_normal } from "./random";
export { cos, exp, log, pow, sin, tanh } from "./scalar";

export function sactivate(y: usize, x: usize, kind: i32, rows: u32, columns: u32): void {
  activate<f32>(y, x, kind, rows, columns);
}
export function dactivate(y: usize, x: usize, kind: i32, rows: u32, columns: u32): void {
  activate<f64>(y, x, kind, rows, columns);
}

export function sactivate_derivative(
  out: usize,
  u: usize,
  s: usize,
  kind: i32,
  rows: u32,
  columns: u32,
  beta: i32,
): void {
  activate_derivative<f32>(out, u, s, kind, rows, columns, beta);
}
export function sactivate_second(
  out: usize,
  u: usize,
  v: usize,
  s: usize,
  kind: i32,
  rows: u32,
  columns: u32,
  beta: i32,
): void {
  activate_second<f32>(out, u, v, s, kind, rows, columns, beta);
}
export function sactivate_antiderivative(y: usize, x: usize, kind: i32, rows: u32, columns: u32): void {
  activate_antiderivative<f32>(y, x, kind, rows, columns);
}
export function dactivate_derivative(
  out: usize,
  u: usize,
  s: usize,
  kind: i32,
  rows: u32,
  columns: u32,
  beta: i32,
): void {
  activate_derivative<f64>(out, u, s, kind, rows, columns, beta);
}
export function dactivate_second(
  out: usize,
  u: usize,
  v: usize,
  s: usize,
  kind: i32,
  rows: u32,
  columns: u32,
  beta: i32,
): void {
  activate_second<f64>(out, u, v, s, kind, rows, columns, beta);
}
export function dactivate_antiderivative(y: usize, x: usize, kind: i32, rows: u32, columns: u32): void {
  activate_antiderivative<f64>(y, x, kind, rows, columns);
}
export function sexp(y: usize, x: usize, n: u32): void {
  map_exp<f32>(y, x, n);
}
export function dexp(y: usize, x: usize, n: u32): void {
  map_exp<f64>(y, x, n);
}
export function slog(y: usize, x: usize, n: u32): void {
  map_log<f32>(y, x, n);
}
export function dlog(y: usize, x: usize, n: u32): void {
  map_log<f64>(y, x, n);
}
export function scos(y: usize, x: usize, n: u32): void {
  map_cos<f32>(y, x, n);
}
export function dcos(y: usize, x: usize, n: u32): void {
  map_cos<f64>(y, x, n);
}
export function ssin(y: usize, x: usize, n: u32): void {
  activate<f32>(y, x, Activation.Sin, 1, n);
}
export function dsin(y: usize, x: usize, n: u32): void {
  activate<f64>(y, x, Activation.Sin, 1, n);
}
export function stanh(y: usize, x: usize, n: u32): void {
  activate<f32>(y, x, Activation.Tanh, 1, n);
}
export function dtanh(y: usize, x: usize, n: u32): void {
  activate<f64>(y, x, Activation.Tanh, 1, n);
}
export function ssigmoid(y: usize, x: usize, n: u32): void {
  activate<f32>(y, x, Activation.Sigmoid, 1, n);
}
export function dsigmoid(y: usize, x: usize, n: u32): void {
  activate<f64>(y, x, Activation.Sigmoid, 1, n);
}
export function ssoftplus(y: usize, x: usize, n: u32): void {
  activate<f32>(y, x, Activation.Softplus, 1, n);
}
export function dsoftplus(y: usize, x: usize, n: u32): void {
  activate<f64>(y, x, Activation.Softplus, 1, n);
}

// Matrix products, column sums and inner products.
export function sgemm_nn(c: usize, a: usize, b: usize, scratch: usize, m: u32, n: u32, k: u32, beta: i32): void {
  gemm_nn<f32>(c, a, b, scratch, m, n, k, beta);
}
export function sgemm_nt(c: usize, a: usize, b: usize, scratch: usize, m: u32, n: u32, k: u32, beta: i32): void {
  gemm_nt<f32>(c, a, b, scratch, m, n, k, beta);
}
export function sgemm_tn(
  c: usize,
  a: usize,
  b: usize,
  scratch: usize,
  m: u32,
  n: u32,
  k: u32,
  beta: i32,
  shards: u32,
  shardRows: u32,
): void {
  gemm_tn<f32>(c, a, b, scratch, m, n, k, beta, shards, shardRows);
}
export function scolumn_sum(
  out: usize,
  x: usize,
  rows: u32,
  columns: u32,
  beta: i32,
  shards: u32,
  shardRows: u32,
): void {
  column_sum<f32>(out, x, rows, columns, beta, shards, shardRows);
}
export function sdot(out: usize, x: usize, y: usize, n: u32): void {
  dot<f32>(out, x, y, n);
}
export function dgemm_nn(c: usize, a: usize, b: usize, scratch: usize, m: u32, n: u32, k: u32, beta: i32): void {
  gemm_nn<f64>(c, a, b, scratch, m, n, k, beta);
}
export function dgemm_nt(c: usize, a: usize, b: usize, scratch: usize, m: u32, n: u32, k: u32, beta: i32): void {
  gemm_nt<f64>(c, a, b, scratch, m, n, k, beta);
}
export function dgemm_tn(
  c: usize,
  a: usize,
  b: usize,
  scratch: usize,
  m: u32,
  n: u32,
  k: u32,
  beta: i32,
  shards: u32,
  shardRows: u32,
): void {
  gemm_tn<f64>(c, a, b, scratch, m, n, k, beta, shards, shardRows);
}
export function dcolumn_sum(
  out: usize,
  x: usize,
  rows: u32,
  columns: u32,
  beta: i32,
  shards: u32,
  shardRows: u32,
): void {
  column_sum<f64>(out, x, rows, columns, beta, shards, shardRows);
}
export function ddot(out: usize, x: usize, y: usize, n: u32): void {
  dot<f64>(out, x, y, n);
}

// Multiples and sums of long vectors, for methods whose logic is the host's.
export function saxpy(y: usize, a: f64, x: usize, n: u32): void {
  axpy<f32>(y, a, x, n);
}
export function sscale(y: usize, a: f64, n: u32): void {
  scale<f32>(y, a, n);
}
export function daxpy(y: usize, a: f64, x: usize, n: u32): void {
  axpy<f64>(y, a, x, n);
}
export function dscale(y: usize, a: f64, n: u32): void {
  scale<f64>(y, a, n);
}
