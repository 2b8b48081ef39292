/**
 * σ = x Φ(x) with Φ(x) = ½ (1 + erf(x/√2)) (Hendrycks & Gimpel 2016). With φ(x) = e^(−x²/2) / √(2π):
 *   σ' = Φ + x φ,  σ'' = (2 − x²) φ,  Σ = ½ (x² − 1) Φ + ½ x φ + ¼.
 *
 * For a = |x|, (1 + √2 a) e^(a²/2) erfc(a/√2) is a polynomial in q = (a − K) / (a + K) (Shepherd & Laframboise 1981): K = 3 and
 * degree 10 for f32 (error 2^−26.7), K = 6 and degree 22 for f64 (2^−56.6).
 * Error of σ for |x| ≤ 5, measured: 3.4 ulp (f32), 4.1 ulp (f64).
 */
import { exp } from "../elementary/exponential";
import { constant, madd } from "../lanes";

/** a without its last bits: its square is exact. */
function head<T extends number>(a: v128): v128 {
  return v128.and(a, sizeof<T>() == 4 ? i32x4.splat(0xfffff000) : i64x2.splat(0xfffffffff8000000));
}

/** e^(−a²/2), a = h + l: e^(−h²/2) (1 + d + d²/2), d = −l (a + h)/2. */
function bell<T extends number>(a: v128): v128 {
  a = v128.pmin<T>(a, constant<T>(40));
  const h = head<T>(a);
  const half = constant<T>(-0.5);
  const d = v128.mul<T>(v128.mul<T>(v128.sub<T>(a, h), v128.add<T>(a, h)), half);
  const e = exp<T>(v128.mul<T>(v128.mul<T>(h, h), half));
  return v128.add<T>(e, v128.mul<T>(e, madd<T>(v128.mul<T>(d, d), constant<T>(0.5), d)));
}

/** e^(a²/2) erfc(a/√2) / 2. */
function scaled<T extends number>(a: v128): v128 {
  const K = constant<T>(sizeof<T>() == 4 ? 3 : 6);
  a = v128.pmin<T>(a, constant<T>(40));
  const q = v128.div<T>(v128.sub<T>(a, K), v128.add<T>(a, K));
  let p: v128;
  if (sizeof<T>() == 4) {
    p = madd<T>(q, constant<T>(0.00013111841812473083), constant<T>(-8.602551041416403e-6));
    p = madd<T>(q, p, constant<T>(-0.0014197864716106066));
    p = madd<T>(q, p, constant<T>(-0.0006810776414312878));
    p = madd<T>(q, p, constant<T>(0.009271590714828621));
    p = madd<T>(q, p, constant<T>(0.0008600894126807148));
    p = madd<T>(q, p, constant<T>(-0.06935968996038493));
    p = madd<T>(q, p, constant<T>(0.16602943451025615));
    p = madd<T>(q, p, constant<T>(-0.14856077995126407));
    p = madd<T>(q, p, constant<T>(-0.10202945314201148));
    p = madd<T>(q, p, constant<T>(1.2741079467210892));
  } else {
    p = madd<T>(q, constant<T>(4.541408443576584e-9), constant<T>(7.91422929787956e-9));
    p = madd<T>(q, p, constant<T>(-4.6792587787215545e-8));
    p = madd<T>(q, p, constant<T>(-5.2532918436307794e-8));
    p = madd<T>(q, p, constant<T>(3.9477975640059265e-7));
    p = madd<T>(q, p, constant<T>(-5.3064870837327085e-8));
    p = madd<T>(q, p, constant<T>(-2.9216442877869973e-6));
    p = madd<T>(q, p, constant<T>(5.6393538926195925e-6));
    p = madd<T>(q, p, constant<T>(1.2085219073725188e-5));
    p = madd<T>(q, p, constant<T>(-7.908333053348752e-5));
    p = madd<T>(q, p, constant<T>(0.0001238906139908982));
    p = madd<T>(q, p, constant<T>(0.0003277167229336284));
    p = madd<T>(q, p, constant<T>(-0.002607313903779988));
    p = madd<T>(q, p, constant<T>(0.00914285893926202));
    p = madd<T>(q, p, constant<T>(-0.022799689024672012));
    p = madd<T>(q, p, constant<T>(0.04479641737504288));
    p = madd<T>(q, p, constant<T>(-0.0716379542874133));
    p = madd<T>(q, p, constant<T>(0.09294127829219412));
    p = madd<T>(q, p, constant<T>(-0.09272894641319726));
    p = madd<T>(q, p, constant<T>(0.055483379255790465));
    p = madd<T>(q, p, constant<T>(0.02493003328039472));
    p = madd<T>(q, p, constant<T>(-0.1384285253610932));
    p = madd<T>(q, p, constant<T>(1.228900047195243));
  }
  const two = constant<T>(2);
  return v128.div<T>(p, madd<T>(a, constant<T>(2 * Math.SQRT2), two));
}

/** Φ(x), from e = e^(−x²/2). */
function normal<T extends number>(x: v128, e: v128): v128 {
  const tail = v128.mul<T>(e, scaled<T>(v128.abs<T>(x)));
  return v128.bitselect(v128.sub<T>(constant<T>(1), tail), tail, v128.gt<T>(x, constant<T>(0)));
}

const DENSITY: f64 = 0.3989422804014327; // 1 / √(2π)

@unmanaged
export class Gelu<T extends number> {
  keepsZero(): bool {
    return false;
  }

  value(x: v128): v128 {
    return v128.mul<T>(x, normal<T>(x, bell<T>(v128.abs<T>(x))));
  }

  slope(u: v128, x: v128): v128 {
    const e = bell<T>(v128.abs<T>(x));
    return v128.mul<T>(u, madd<T>(x, v128.mul<T>(e, constant<T>(DENSITY)), normal<T>(x, e)));
  }

  curvature(w: v128, x: v128): v128 {
    const density = v128.mul<T>(bell<T>(v128.abs<T>(x)), constant<T>(DENSITY));
    return v128.mul<T>(w, v128.mul<T>(v128.sub<T>(constant<T>(2), v128.mul<T>(x, x)), density));
  }

  antiderivative(x: v128): v128 {
    const half = constant<T>(0.5);
    const e = bell<T>(v128.abs<T>(x));
    const square = madd<T>(v128.mul<T>(x, x), half, constant<T>(-0.5));
    const edge = madd<T>(v128.mul<T>(x, e), constant<T>(DENSITY / 2), constant<T>(0.25));
    return madd<T>(square, normal<T>(x, e), edge);
  }
}
