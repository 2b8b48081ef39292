/**
 * sin, cos, exp, log and pow with the same bits on every engine: they are exports of the core, computed in WebAssembly.
 * JavaScript's own differ between engines in the last bit, which is enough to change a training run.
 */
import { type CoreExports, instantiateCore } from "./host/load.ts";

/** What these functions and `Random` use of the core. */
export interface SharedCore extends CoreExports {
  sin(x: number): number;
  cos(x: number): number;
  exp(x: number): number;
  log(x: number): number;
  pow(x: number, y: number): number;
}

let shared: SharedCore | undefined;

/** One instance for scalar functions and random numbers, made at the first call. Models never live in it. */
export function sharedCore(): SharedCore {
  shared ??= instantiateCore() as SharedCore;
  return shared;
}

export const sin = (x: number): number => sharedCore().sin(x);
export const cos = (x: number): number => sharedCore().cos(x);
export const exp = (x: number): number => sharedCore().exp(x);
export const log = (x: number): number => sharedCore().log(x);
export const pow = (x: number, y: number): number => sharedCore().pow(x, y);
