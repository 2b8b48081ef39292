/**
 * u = y + c f(u, θ), solved row by row to round-off (assembly/implicit/midpoint.ts), and its derivative by the implicit function
 * theorem: with N = I − c ∂f/∂u,
 *   N du = dy + c ∂f/∂θ dθ,        and backwards   Nᵀ λ = ū,  ȳ += λ,  θ̄ += c (∂f/∂θ)ᵀ λ.
 *
 *   form "field"      f(u) = σ(u A + b)            form "gradient"   f(u) = −σ(u A + b) Aᵀ
 */
import { type Call, type CallRecorder, numberBytes, type Operation, type Tensor } from "../core/recording/tensor.ts";
import { type ActivationName, activate, activationByCode, activations, slope } from "./activation.ts";
import { addBias, columnSum } from "./bias.ts";
import { combine, type Term } from "./combine.ts";
import * as encoders from "./encoders.generated.ts";
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
  return record.call(implicitStep, b ? [y, A, b] : [y, A], [y], attributes)[0];
}

type Inputs = [y: Tensor, A: Tensor, ...b: Tensor[]];
type Numbers = { readonly c: number; readonly form: number; readonly kind: number };
type StepCall = Call<Inputs, [u: Tensor], Numbers>;

/** σ(u A + b) and its slopes. */
function evaluate(record: CallRecorder, call: StepCall): { a: Tensor; saved: Tensor; s: Tensor } {
  const {
    inputs: [, A, b],
    outputs: [u],
    attributes: { kind },
  } = call;
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
  return record.call(implicitLinear, [r, s, A], [r], { c, form, transposed: transposed ? 1 : 0 })[0];
}

export const implicitStep: Operation<Inputs, [u: Tensor], Numbers> = {
  name: "implicit-midpoint",
  examples: [0],
  encode({ inputs: [y, A, b], outputs: [u], attributes }, precision) {
    const sizes = { examples: u.rows, n: u.columns, m: A.columns, ...attributes };
    const fromOutput = Number(activationByCode(attributes.kind).fromOutput);
    return encoders.implicitMidpoint({ u, y, A, b, ...sizes, fromOutput }, numberBytes(precision));
  },
  vjp(record, call, cotangents) {
    const {
      inputs: [y, A, b],
      outputs: [u],
      attributes: { c, form, kind },
    } = call;
    const { a, saved, s } = evaluate(record, call);
    const lambda = solveLinear(record, cotangents.of(u), s, A, c, form, true);
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
    const {
      inputs: [y, A, b],
      outputs: [u],
      attributes: { c, form, kind },
    } = call;
    const dy = tangents.get(y);
    const dA = tangents.get(A);
    const db = b && tangents.get(b);
    if (!dy && !dA && !db) return;
    const { a, saved, s } = evaluate(record, call);
    const terms: Term[] = dy ? [[1, dy]] : [];
    if (dA || db) {
      const flat = dA ? product(record, u, dA) : zero(record, a);
      const dz = db ? addBias(record, flat, db) : flat;
      const da = slope(record, dz, saved, kind);
      let df = da;
      if (form === 1) {
        df = productTransposed(record, da, A);
        if (dA) df = productTransposed(record, a, dA, df);
      }
      terms.push([form === 0 ? c : -c, df]);
    }
    tangents.set(u, solveLinear(record, sumOf(record, terms, u), s, A, c, form, false));
  },
};

/** Σ c_i x_i of none or more terms; one of factor 1 is itself. */
function sumOf(record: CallRecorder, [first, ...rest]: readonly Term[], like: Tensor): Tensor {
  if (!first) return zero(record, { rows: like.rows, columns: like.columns });
  return rest.length === 0 && first[0] === 1 ? first[1] : combine(record, [first, ...rest]);
}

export const implicitLinear: Operation<
  [r: Tensor, s: Tensor, A: Tensor],
  [x: Tensor],
  { readonly c: number; readonly form: number; readonly transposed: number }
> = {
  name: "implicit-solve",
  examples: [0, 1],
  overwrites: [0],
  encode({ inputs: [r, s, A], outputs: [x], attributes: { c, form, transposed } }, precision) {
    const sizes = { examples: x.rows, n: x.columns, m: A.columns, transposed, form, c };
    return encoders.implicitSolve({ x, r, s, A, ...sizes }, numberBytes(precision));
  },
  /**
   * N x = r: N dx = dr − dN x. In rows, with J x = s ∘ (x A), or −(s ∘ (x A)) Aᵀ, and Jᵀ λ = (s ∘ λ) Aᵀ, or the same −(s ∘ (λ A)) Aᵀ;
   * −dN x = c dJ x.
   */
  jvp(record, { inputs: [r, s, A], outputs: [x], attributes: { c, form, transposed } }, tangents) {
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
    const terms: Term[] = dr ? [[1, dr]] : [];
    if (dJx) terms.push([form === 0 ? c : -c, dJx]);
    tangents.set(x, solveLinear(record, sumOf(record, terms, x), s, A, c, form, transposed === 1));
  },
};
