/**
 * {z : |R(z)|² ≤ 1 + 1e-12}: where a method does not amplify, z = hλ. For methods of several steps |R| is the largest root
 * of the characteristic polynomial. Some stable sets are segments of the imaginary axis, which no grid finds: they are
 * found along the axis, and given as such.
 */

import { OdenetError } from "../core/errors.ts";
import type { Integrator } from "../integrators/integrator.ts";
import { show } from "../layers/shape.ts";
import { type Axis, axisValues } from "./axis.ts";
import type { Eigenvalue } from "./eigenvalues.ts";

/** What is taken of an integrator. */
export type Amplifying = Pick<Integrator, "name" | "amplification">;

export interface StabilityRegion {
  readonly re: Float64Array;
  readonly im: Float64Array;
  /** |R| at re[i], im[j], at i · im.length + j. */
  readonly amplification: Float64Array;
  /** 1 where |R|² ≤ 1 + 1e-12. */
  readonly stable: Uint8Array;
  /** The stable interval of the imaginary axis around 0 where the region is nothing else; else none. */
  readonly segments: readonly { readonly from: Eigenvalue; readonly to: Eigenvalue }[];
}

const TOLERANCE = 1e-12;

/** |R(z)|² ≤ 1 + 1e-12, or another tolerance. */
export function isStableAt(integrator: Amplifying, z: Eigenvalue, tolerance = TOLERANCE): boolean {
  const r = integrator.amplification(z);
  return r * r <= 1 + tolerance;
}

/** |R| on a grid. Throws `option` for a grid with fewer than two points along an axis. */
export function stabilityRegion(
  integrator: Amplifying,
  axes: { readonly re: Axis; readonly im: Axis },
): StabilityRegion {
  checkAmplifying(integrator, "stabilityRegion");
  const x = axisValues(axes?.re, "stabilityRegion: re");
  const y = axisValues(axes?.im, "stabilityRegion: im");
  const amplification = new Float64Array(x.length * y.length);
  const stable = new Uint8Array(x.length * y.length);
  for (let i = 0; i < x.length; i++) {
    for (let j = 0; j < y.length; j++) {
      const r = integrator.amplification({ re: x[i] as number, im: y[j] as number });
      amplification[i * y.length + j] = r;
      stable[i * y.length + j] = r * r <= 1 + TOLERANCE ? 1 : 0;
    }
  }
  const limit = imaginaryLimit(integrator);
  const segments = limit > 0 && isSegment(integrator, limit) ? [{ from: axis(-limit), to: axis(limit) }] : [];
  return { re: x, im: y, amplification, stable, segments };
}

function checkAmplifying(integrator: Amplifying, where: string): void {
  if (typeof integrator?.amplification === "function") return;
  throw new OdenetError("option", `${where}: expected an integrator such as rk4, got ${show(integrator)}.`);
}

const axis = (im: number): Eigenvalue => ({ re: 0, im });

/** Nothing beside the axis is stable: neither to the left nor to the right of its stable part. */
function isSegment(integrator: Amplifying, limit: number): boolean {
  const im = Math.min(limit, 1) / 2;
  return [-1e-2, 1e-2].every((re) => !isStableAt(integrator, { re, im }));
}

/** The largest s for which the imaginary axis is stable from 0 to s: 2√2 for rk4, 0 for euler, infinity for implicitMidpoint. */
export function imaginaryLimit(integrator: Amplifying): number {
  checkAmplifying(integrator, "imaginaryLimit");
  const STEP = 1 / 64;
  const FAR = 64;
  let inside = 0;
  while (inside < FAR && isStableAt(integrator, axis(inside + STEP))) inside += STEP;
  if (inside >= FAR) return Number.POSITIVE_INFINITY;
  // Below the first step the tolerance decides, not the method.
  if (inside === 0) return 0;
  let outside = inside + STEP;
  while (outside - inside > 1e-14 * outside) {
    const middle = (inside + outside) / 2;
    if (middle === inside || middle === outside) break;
    if (isStableAt(integrator, axis(middle))) inside = middle;
    else outside = middle;
  }
  return inside;
}
