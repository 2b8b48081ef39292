/**
 * sin, cos, exp, log and pow with the same bits on every engine: they are computed in WebAssembly. JavaScript's own differ between
 * engines in the last bit, which is enough to change a training run.
 */
import { earlyPowers, earlyWaves, type Powers, type Waves } from "./host/early.ts";
import { type CoreExports, instantiateCore } from "./host/load.ts";
import { coreSource } from "./host/source.ts";

interface Functions {
  readonly waves: Waves;
  readonly powers: Powers;
}

let functions: Functions | undefined;

/** Instances made at the first call; models never live in them. Small ones where the core came as embedded bytes. */
function shared(): Functions {
  functions ??= early() ?? whole();
  return functions;
}

function early(): Functions | undefined {
  const source = coreSource();
  return source?.bytes && !source.exports ? { waves: earlyWaves(), powers: earlyPowers(source.bytes) } : undefined;
}

function whole(): Functions {
  const core = (coreSource()?.exports ?? instantiateCore()) as Waves & Powers & CoreExports;
  return { waves: core, powers: core };
}

/** The generator of random numbers, and the memory that it writes to. */
export const generator = (): Waves => shared().waves;

export const sin = (x: number): number => shared().waves.sin(x);
export const cos = (x: number): number => shared().waves.cos(x);
export const exp = (x: number): number => shared().powers.exp(x);
export const log = (x: number): number => shared().powers.log(x);
export const pow = (x: number, y: number): number => shared().powers.pow(x, y);
