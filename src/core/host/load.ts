import { instantiate, instantiateSync } from "@assemblyscript/loader";
import { OdenetError } from "../errors.ts";
import type { Builds } from "./builds.ts";
import { patch } from "./delta.ts";
import { bytesOf } from "./early.ts";
import { cannotCompile, checkWebAssembly, onlyInBackground } from "./refusals.ts";
import { type CoreSource, coreSource } from "./source.ts";

/** What the compiled core exports: its memory and flat functions on numbers. */
export interface CoreExports {
  readonly memory: WebAssembly.Memory;
  readonly [name: string]: unknown;
}

function source(): CoreSource {
  checkWebAssembly();
  const given = coreSource();
  if (given) return given;
  throw new OdenetError(
    "engine",
    "odenet/slim: expected load(core) before the first use of the core, got none. Await load with a WebAssembly.Module, the bytes of odenet/core.wasm, a Response or a URL.",
  );
}

/** The core's compiled module: compiled once, shared by every model. Throws `engine` where WebAssembly, SIMD or a core is missing. */
export function coreModule(): WebAssembly.Module {
  const core = source();
  try {
    core.module ??= new WebAssembly.Module(core.bytes as Uint8Array<ArrayBuffer>);
    return core.module;
  } catch (cause) {
    throw cannotCompile(cause);
  }
}

/** The same where the engine compiles large modules in the background alone, as Chromium before 116 on a page's main thread. */
async function compiledInBackground(): Promise<WebAssembly.Module> {
  const core = source();
  core.module ??= await WebAssembly.compile(core.bytes as Uint8Array<ArrayBuffer>);
  return core.module;
}

const made = new Map<keyof Builds, Promise<WebAssembly.Module | undefined>>();

/**
 * One of the other builds, or undefined where the engine does not know what it needs, and where the core came compiled, so
 * that there are no bytes to make them of.
 */
export function coreBuild(name: keyof Builds): Promise<WebAssembly.Module | undefined> {
  let build = made.get(name);
  if (!build) {
    build = moduleOf(name);
    made.set(name, build);
  }
  return build;
}

async function moduleOf(name: keyof Builds): Promise<WebAssembly.Module | undefined> {
  const { bytes, builds } = coreSource() ?? {};
  if (typeof WebAssembly === "undefined" || !bytes || !builds) return undefined;
  const { coreText } = await builds[name]();
  const changed = patch(bytes, bytesOf(coreText));
  return WebAssembly.validate(changed) ? WebAssembly.compile(changed) : undefined;
}

const importsOf = (memory?: WebAssembly.Memory): WebAssembly.Imports => (memory ? { env: { memory } } : {});

/** A fresh instance, with its own memory unless the build imports the one given. */
export function instantiateCore(module = coreModule(), memory?: WebAssembly.Memory): CoreExports {
  try {
    return instantiateSync(module, importsOf(memory)).instance.exports as unknown as CoreExports;
  } catch (cause) {
    throw cannotCompile(cause);
  }
}

/** The same on every engine. Where it may be made at once, it is: an engine compiles all of a module in the background, of others what runs. */
export async function coreInstance(module?: WebAssembly.Module, memory?: WebAssembly.Memory): Promise<CoreExports> {
  try {
    return instantiateCore(module, memory);
  } catch (error) {
    if (!onlyInBackground(error)) throw error;
  }
  const { instance } = await instantiate(module ?? (await compiledInBackground()), importsOf(memory));
  return instance.exports as unknown as CoreExports;
}
