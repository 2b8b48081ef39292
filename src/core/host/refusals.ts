/** Why an engine does not run the core. */
import { OdenetError } from "../errors.ts";
import { messageOf } from "../messageOf.ts";

export function checkWebAssembly(): void {
  if (typeof WebAssembly !== "undefined") return;
  throw new OdenetError(
    "engine",
    "odenet: expected WebAssembly, got an engine without it. Use a current browser or Node 20 and later.",
  );
}

/** Chromium's sentence before version 116 for a page's main thread. */
const MAIN_THREAD = /main thread/;

/** Whether an error says that the engine compiles this in the background alone. */
export const onlyInBackground = (error: unknown): boolean => MAIN_THREAD.test(messageOf(error));

export function cannotCompile(cause: unknown): OdenetError {
  const message = messageOf(cause);
  if (onlyInBackground(cause)) {
    return new OdenetError(
      "engine",
      `odenet: expected an engine that may compile the core at once, got: ${message}. Call what needs it in a worker; createModel and all that a model does work here.`,
    );
  }
  return new OdenetError(
    "engine",
    `odenet: expected an engine with WebAssembly SIMD that may compile from bytes, got: ${message}. Update the engine, allow 'wasm-unsafe-eval' in the page's Content-Security-Policy, or take odenet/slim: its load takes a compiled WebAssembly.Module, and the bytes of odenet/core.wasm where SIMD is missing.`,
  );
}
