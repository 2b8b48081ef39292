/**
 * u = y + c f(u, θ), solved row by row to round-off (assembly/implicit/midpoint.ts), and its derivative by the implicit function
 * theorem: with N = I − c ∂f/∂u,
 *   N du = dy + c ∂f/∂θ dθ,        and backwards   Nᵀ λ = ū,  ȳ += λ,  θ̄ += c (∂f/∂θ)ᵀ λ.
 *
 *   form "field"      f(u) = σ(u A + b)            form "gradient"   f(u) = −σ(u A + b) Aᵀ
 */
import { Op } from "../../assembly/opcodes.ts";
import {
  type Call,
  type CallRecorder,
  numberBytes,
  type Operation,
  type Precision,
  paddedColumns,
  type Tensor,
} from "../core/recording/tensor.ts";
import { type ActivationName, activate, activationByCode, activations, slope } from "./activation.ts";
import { addBias, columnSum } from "./bias.ts";
import { combine } from "./combine.ts";
import { zero } from "./fill.ts";
import { multiply } from "./multiply.ts";
import { product, productTransposed, transposedProduct } from "./product.ts";

export interface ImplicitEquation {
  readonly y: Tensor;
  /** In × out. */
  readonly A: Tensor;
  readonly b: Tensor | undefined;
  readonly activation: ActivationName;
  /** h / 2. */
  readonly c: number;
  readonly form: "field" | "gradient";
}

/** The solution u of u = y + c f(u). */
export function implicitMidpoint(record: CallRecorder, equation: ImplicitEquation): Tensor {
  const { y, A, b, activation, c, form } = equation;
  const attributes = { c, form: form === "field" ? 0 : 1, kind: activations[activation].code };
  return record.call(implicitStep, b ? [y, A, b] : [y, A], [y], attributes)[0] as Tensor;
}

function scratchBytes(n: number, m: number, precision: Precision): number {
  const row = paddedColumns(n, precision) * numberBytes(precision);
  const list = 16 * Math.ceil(n / 4);
  return 5 * row + 4 * paddedColumns(m, precision) * numberBytes(precision) + 2 * n * row + 2 * list;
}

/** The equation's parts at its solution. */
function parts(call: Call) {
  const [y, A, b] = call.inputs as [Tensor, Tensor, Tensor | undefined];
  const { c = 0, form = 0, kind = 0 } = call.attributes;
  return { u: call.outputs[0] as Tensor, y, A, b, c, form, kind };
}

/** σ(u A + b) and its slopes. */
function evaluate(record: CallRecorder, call: Call): { a: Tensor; saved: Tensor; s: Tensor } {
  const { u, A, b, kind } = parts(call);
  const y = product(record, u, A);
  const z = b ? addBias(record, y, b) : y;
  const { name, fromOutput } = activationByCode(kind);
  const a = activate(record, z, name);
  const saved = fromOutput ? a : z;
  const ones = oneEverywhere(record, z);
  return { a, saved, s: slope(record, ones, saved, kind) };
}

/** A matrix of ones: σ(0) = ½ for the sigmoid, twice. */
function oneEverywhere(record: CallRecorder, like: Tensor): Tensor {
  return combine(record, [[2, activate(record, zero(record, { rows: like.rows, columns: like.columns }), "sigmoid")]]);
}

/** N⁻¹ r, or N⁻ᵀ r, with slopes s. */
function solveLinear(
  record: CallRecorder,
  r: Tensor,
  s: Tensor,
  A: Tensor,
  c: number,
  form: number,
  transposed: boolean,
) {
  return record.call(implicitLinear, [r, s, A], [r], { c, form, transposed: transposed ? 1 : 0 })[0] as Tensor;
}

export const implicitStep: Operation = {
  name: "implicit-midpoint",
  examples: [0],
  encode(call) {
    const { u, y, A, b, c, form, kind } = parts(call);
    const { fromOutput } = activationByCode(kind);
    return {
      op: Op.ImplicitMidpoint,
      sizes: [u.rows, u.columns, A.columns, kind, fromOutput ? 1 : 0, form],
      coefficients: [c],
      operands: [u, y, A, b ?? null, "scratch"],
    };
  },
  scratch: ({ inputs: [, A] }, precision) => scratchBytes(A?.rows ?? 0, A?.columns ?? 0, precision),
  vjp(record, call, cotangents) {
    const { u, y, A, b, c, form, kind } = parts(call);
    const { a, saved, s } = evaluate(record, call);
    const lambda = solveLinear(record, cotangents.get(u) as Tensor, s, A, c, form, true);
    // θ̄ = c (∂f/∂θ)ᵀ λ: through f = σ(z), or f = −σ(z) Aᵀ, with z = u A + b.
    const scaled = combine(record, [[form === 0 ? c : -c, lambda]]);
    if (form === 1) cotangents.add(A, (into) => transposedProduct(record, scaled, a, into));
    const da = form === 0 ? scaled : product(record, scaled, A);
    const dz = slope(record, da, saved, kind);
    if (b) cotangents.add(b, (into) => columnSum(record, dz, into));
    cotangents.add(A, (into) => transposedProduct(record, u, dz, into));
    cotangents.pass(y, lambda);
  },
  jvp(record, call, tangents) {
    const { u, y, A, b, c, form, kind } = parts(call);
    const dy = tangents.get(y);
    const dA = tangents.get(A);
    const db = b && tangents.get(b);
    if (!dy && !dA && !db) return;
    const { a, saved, s } = evaluate(record, call);
    let right = dy;
    if (dA || db) {
      const flat = dA ? product(record, u, dA) : zero(record, a);
      const dz = db ? addBias(record, flat, db) : flat;
      const da = slope(record, dz, saved, kind);
      let df = da;
      if (form === 1) {
        df = productTransposed(record, da, A);
        if (dA) df = productTransposed(record, a, dA, df);
      }
      const factor = form === 0 ? c : -c;
      right = dy
        ? combine(record, [
            [1, dy],
            [factor, df],
          ])
        : combine(record, [[factor, df]]);
    }
    tangents.set(u, solveLinear(record, right as Tensor, s, A, c, form, false));
  },
};

export const implicitLinear: Operation = {
  name: "implicit-solve",
  examples: [0, 1],
  overwrites: [0],
  encode({ inputs: [r, s, A], outputs: [x], attributes: { c = 0, form = 0, transposed = 0 } }) {
    const { rows, columns } = x as Tensor;
    return {
      op: Op.ImplicitSolve,
      sizes: [rows, columns, (A as Tensor).columns, 0, transposed, form],
      coefficients: [c],
      operands: [x as Tensor, r as Tensor, s as Tensor, A as Tensor, "scratch"],
    };
  },
  scratch: ({ inputs: [, , A] }, precision) => scratchBytes(A?.rows ?? 0, A?.columns ?? 0, precision),
  /**
   * N x = r: N dx = dr − dN x. In rows, with J x = s ∘ (x A), or −(s ∘ (x A)) Aᵀ, and Jᵀ λ = (s ∘ λ) Aᵀ, or the same −(s ∘ (λ A)) Aᵀ;
   * −dN x = c dJ x.
   */
  jvp(record, { inputs, outputs: [solution], attributes: { c = 0, form = 0, transposed = 0 } }, tangents) {
    const [r, s, A] = inputs as [Tensor, Tensor, Tensor];
    const x = solution as Tensor;
    const dr = tangents.get(r);
    const ds = tangents.get(s);
    const dA = tangents.get(A);
    if (!dr && !ds && !dA) return;
    let dJx: Tensor | undefined;
    if (form === 0 && transposed === 1) {
      if (ds) dJx = productTransposed(record, multiply(record, ds, x), A);
      if (dA) dJx = productTransposed(record, multiply(record, s, x), dA, dJx);
    } else {
      const xA = product(record, x, A);
      let inner = ds && multiply(record, ds, xA);
      if (dA) inner = multiply(record, s, product(record, x, dA), inner);
      if (form === 0) dJx = inner;
      else {
        if (inner) dJx = productTransposed(record, inner, A);
        if (dA) dJx = productTransposed(record, multiply(record, s, xA), dA, dJx);
      }
    }
    const factor = form === 0 ? c : -c;
    const terms: [number, Tensor][] = [];
    if (dr) terms.push([1, dr]);
    if (dJx) terms.push([factor, dJx]);
    const right = terms.length > 0 ? combine(record, terms) : zero(record, x);
    tangents.set(x, solveLinear(record, right, s, A, c, form, transposed === 1));
  },
};
