/** The complex plane of an integrator: where it is stable, and what it makes of ẏ = λ y. */
import { type StabilityRegion, stabilityRegion } from "../../analysis/stabilityRegion.ts";
import type { Integrator } from "../../integrators/integrator.ts";
import { findIntegrator } from "../../integrators/registry.ts";
import type { IntegratorName } from "../families.ts";

const named = (name: IntegratorName): Integrator => findIntegrator(name, { where: "lab" });

/** |R| around the origin: `reach` to the left, above and below, a third of it to the right. */
export function region(name: IntegratorName, reach: number): StabilityRegion {
  const re = { from: -reach, to: reach / 3, points: 81 };
  return stabilityRegion(named(name), { re, im: { from: -reach, to: reach, points: 121 } });
}

/** The factor |R(z)| by which a step multiplies, and R(z) itself for one-step methods. */
export function factor(name: IntegratorName, z: { re: number; im: number }) {
  const integrator = named(name);
  const R = integrator.stabilityFunction?.(z);
  return { size: integrator.amplification(z), ...(R ? { R } : {}) };
}
