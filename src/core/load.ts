import { instantiateSync } from "@assemblyscript/loader";
import { coreText } from "./core.generated.ts";
import { OdenetError } from "./errors.ts";

/** What the compiled core exports: its memory and flat functions on numbers. */
export interface CoreExports {
  readonly memory: WebAssembly.Memory;
  readonly [name: string]: unknown;
}

let compiled: WebAssembly.Module | undefined;

/** Node's, where there is one: its latin1 takes every character code modulo 256, a hundred times faster than a cold loop. */
declare const Buffer: { from(text: string, encoding: "latin1"): Uint8Array<ArrayBuffer> } | undefined;

/** The bytes of a text that scripts/build/core.mjs made of them: character codes modulo 256. */
function decode(text: string): Uint8Array<ArrayBuffer> {
  if (typeof Buffer !== "undefined") return Buffer.from(text, "latin1");
  const bytes = new Uint8Array(text.length);
  for (let i = 0; i < text.length; i++) bytes[i] = text.charCodeAt(i);
  return bytes;
}

/** The core's compiled module: compiled once, shared by every model. Throws `engine` where WebAssembly or SIMD is missing. */
export function coreModule(): WebAssembly.Module {
  if (compiled) return compiled;
  if (typeof WebAssembly === "undefined") {
    throw new OdenetError(
      "engine",
      "odenet: expected WebAssembly, got an engine without it. Use a current browser or Node 20 and later.",
    );
  }
  const bytes = decode(coreText);
  try {
    compiled = new WebAssembly.Module(bytes);
  } catch (cause) {
    throw new OdenetError(
      "engine",
      `odenet: expected an engine with WebAssembly SIMD that may compile from bytes, got: ${(cause as Error).message}. Update the engine, or allow 'wasm-unsafe-eval' in the page's Content-Security-Policy.`,
    );
  }
  return compiled;
}

/** The other builds of the same source, each in a chunk of its own that is loaded when first asked for. */
const chunks = {
  /** Multiply-adds are rounded once where the machine has such an instruction. */
  relaxed: () => import("./coreRelaxed.generated.ts"),
  /** Imports one shared memory. */
  threads: () => import("./coreThreads.generated.ts"),
  threadsRelaxed: () => import("./coreThreadsRelaxed.generated.ts"),
};

const builds = new Map<keyof typeof chunks, Promise<WebAssembly.Module | undefined>>();

/** One of the other builds, or undefined where the engine does not know what it needs. */
export function coreBuild(name: keyof typeof chunks): Promise<WebAssembly.Module | undefined> {
  let build = builds.get(name);
  if (!build) {
    build = chunks[name]().then(({ coreText }) => {
      const bytes = decode(coreText);
      return typeof WebAssembly !== "undefined" && WebAssembly.validate(bytes) ? WebAssembly.compile(bytes) : undefined;
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
