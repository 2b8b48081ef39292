/**
 * Where the core comes from. The published entries share this file without the embedded bytes: `odenet` and `odenet/data`
 * offer theirs, `odenet/slim` holds none (scripts/build/bundles.mjs).
 */
import type { Builds } from "./builds.ts";
import { embedded } from "./embedded.ts";

/**
 * The core's bytes, or its compiled module, or both; its other builds, which need the bytes; what an instance exports, where one
 * was made to look at it.
 */
export interface CoreSource {
  readonly bytes?: Uint8Array<ArrayBuffer>;
  module?: WebAssembly.Module;
  readonly builds?: Builds;
  readonly exports?: WebAssembly.Exports;
}

let given: CoreSource | undefined;
let offered: (() => CoreSource) | undefined = embedded;

/** The core, or undefined where none has come yet. */
export function coreSource(): CoreSource | undefined {
  given ??= offered?.();
  return given;
}

/** A core to be taken when one is needed and none was provided. */
export function offerCore(source: () => CoreSource): void {
  offered ??= source;
}

/** The core to be taken from now on. */
export function provideCore(source: CoreSource): void {
  given = source;
}
