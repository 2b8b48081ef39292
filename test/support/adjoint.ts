import { expect } from "vitest";
import { norm } from "./agreement.ts";

type Numbers = ArrayLike<number>;

/** ⟨a, b⟩. */
export function inner(a: Numbers, b: Numbers): number {
  if (a.length !== b.length) throw new Error(`inner product of ${a.length} and ${b.length} numbers`);
  return Array.from(a, (entry, i) => entry * (b[i] as number)).reduce((sum, term) => sum + term, 0);
}

/** ⟨J v, u⟩ = ⟨v, Jᵀ u⟩, relative to ‖J v‖ ‖u‖ + ‖v‖ ‖Jᵀ u‖. */
export function expectAdjoint(
  name: string,
  { v, u, Jv, Jtu }: { v: Numbers; u: Numbers; Jv: Numbers; Jtu: Numbers },
  tolerance = 1e-13,
): void {
  const scale = norm(Jv) * norm(u) + norm(v) * norm(Jtu);
  const error = Math.abs(inner(Jv, u) - inner(v, Jtu)) / scale;
  expect(scale, `${name}: J v and Jᵀ u vanish, so the draw says nothing`).toBeGreaterThan(0);
  expect(error, `${name}: ⟨Jv, u⟩ and ⟨v, Jᵀu⟩ differ`).toBeLessThanOrEqual(tolerance);
}
