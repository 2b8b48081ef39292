import { instantiateSync } from "@assemblyscript/loader";
import { OdenetError } from "../errors.ts";
import { patch } from "./delta.ts";
import { coreSource } from "./source.ts";
import { bytesOf } from "./text.ts";

/** What the compiled core exports: its memory and flat functions on numbers. */
export interface CoreExports {
  readonly memory: WebAssembly.Memory;
  readonly [name: string]: unknown;
}

/** The core's compiled module: compiled once, shared by every model. Throws `engine` where WebAssembly, SIMD or a core is missing. */
export function coreModule(): WebAssembly.Module {
  checkWebAssembly();
  const source = coreSource();
  if (!source) {
    throw new OdenetError(
      "engine",
      "odenet/slim: expected load(core) before the first use of the core, got none. Await load with a WebAssembly.Module, the bytes of odenet/core.wasm, a Response or a URL.",
    );
  }
  source.module ??= compile(source.bytes as Uint8Array<ArrayBuffer>);
  return source.module;
}

export function checkWebAssembly(): void {
  if (typeof WebAssembly !== "undefined") return;
  throw new OdenetError(
    "engine",
    "odenet: expected WebAssembly, got an engine without it. Use a current browser or Node 20 and later.",
  );
}

function compile(bytes: Uint8Array<ArrayBuffer>): WebAssembly.Module {
  try {
    return new WebAssembly.Module(bytes);
  } catch (cause) {
    throw cannotCompile(cause);
  }
}

export function cannotCompile(cause: unknown): OdenetError {
  return new OdenetError(
    "engine",
    `odenet: expected an engine with WebAssembly SIMD that may compile from bytes, got: ${(cause as Error).message}. Update the engine, allow 'wasm-unsafe-eval' in the page's Content-Security-Policy, or take odenet/slim: its load takes a compiled WebAssembly.Module, and the bytes of odenet/core.wasm where SIMD is missing.`,
  );
}

/** The other builds of the same source, as what they differ by from the core, each in a chunk that is loaded when first asked for. */
const chunks = {
  /** Multiply-adds are rounded once where the machine has such an instruction. */
  relaxed: () => import("./coreRelaxed.generated.ts"),
  /** Imports one shared memory. */
  threads: () => import("./coreThreads.generated.ts"),
  threadsRelaxed: () => import("./coreThreadsRelaxed.generated.ts"),
};

const builds = new Map<keyof typeof chunks, Promise<WebAssembly.Module | undefined>>();

/**
 * One of the other builds, or undefined where the engine does not know what it needs, and where the core came compiled, so
 * that there are no bytes to make them of.
 */
export function coreBuild(name: keyof typeof chunks): Promise<WebAssembly.Module | undefined> {
  let build = builds.get(name);
  if (!build) {
    build = chunks[name]().then(({ coreText }) => {
      const base = coreSource()?.bytes;
      if (typeof WebAssembly === "undefined" || !base) return undefined;
      const bytes = patch(base, bytesOf(coreText));
      return WebAssembly.validate(bytes) ? WebAssembly.compile(bytes) : undefined;
    });
    builds.set(name, build);
  }
  return build;
}

/** A fresh instance, with its own memory unless the build imports the one given. */
export function instantiateCore(module = coreModule(), memory?: WebAssembly.Memory): CoreExports {
  const imports = memory ? { env: { memory } } : {};
  return instantiateSync(module, imports).instance.exports as unknown as CoreExports;
}
