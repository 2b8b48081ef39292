import { instantiateSync } from "@assemblyscript/loader";
import { coreBase64 } from "./core.generated.ts";
import { OdenetError } from "./errors.ts";

/** What the compiled core exports: its memory and flat functions on numbers. */
export interface CoreExports {
  readonly memory: WebAssembly.Memory;
  readonly [name: string]: unknown;
}

let compiled: WebAssembly.Module | undefined;
let relaxed: Promise<WebAssembly.Module | undefined> | undefined;

function decode(base64: string): Uint8Array<ArrayBuffer> {
  const text = atob(base64);
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
  const bytes = decode(coreBase64);
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

/**
 * The build with relaxed SIMD, whose multiply-adds are rounded once where the machine has such an instruction: undefined
 * where the engine does not know it. Its bytes are in a chunk of their own, loaded when first asked for.
 */
export function relaxedModule(): Promise<WebAssembly.Module | undefined> {
  relaxed ??= import("./coreRelaxed.generated.ts").then(({ coreBase64 }) => {
    const bytes = decode(coreBase64);
    return typeof WebAssembly !== "undefined" && WebAssembly.validate(bytes) ? WebAssembly.compile(bytes) : undefined;
  });
  return relaxed;
}

/** A fresh instance with its own memory. */
export function instantiateCore(module = coreModule()): CoreExports {
  return instantiateSync(module, {}).instance.exports as unknown as CoreExports;
}
