/** ẏ = i y, a rotation: what `steps` steps of a method make of the norm, by multiplying so often. */
import { findIntegrator } from "../../integrators/registry.ts";
import type { IntegratorName } from "../families.ts";

export function endurance(name: IntegratorName, h: number, steps: number): number {
  const R = findIntegrator(name, { where: "lab" }).stabilityFunction?.({ re: 0, im: h });
  if (!R) return Number.NaN;
  let [re, im] = [1, 0];
  for (let k = 0; k < steps && Number.isFinite(re + im); k++) [re, im] = [re * R.re - im * R.im, re * R.im + im * R.re];
  return Number.isFinite(re + im) ? Math.hypot(re, im) : Number.POSITIVE_INFINITY;
}
