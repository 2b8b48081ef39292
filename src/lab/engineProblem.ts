/** Whether this engine can run the core, found out in microseconds by the smallest modules that tell. */

const HEAD = [0, 97, 115, 109, 1, 0, 0, 0];
/** One function that gives a vector: `i32.const 0, i8x16.splat`. */
const SIMD = [...HEAD, 1, 5, 1, 96, 0, 1, 123, 3, 2, 1, 0, 10, 8, 1, 6, 0, 65, 0, 253, 15, 11];

/** A sentence for the reader, or undefined. */
export function engineProblem(wasm: typeof WebAssembly | undefined = globalThis.WebAssembly): string | undefined {
  if (!wasm) return "It has no WebAssembly. Take a current Chrome, Edge, Firefox or Safari.";
  try {
    new wasm.Module(Uint8Array.from(HEAD));
  } catch {
    return "A security policy forbids WebAssembly here. Whoever serves the page allows it by script-src 'wasm-unsafe-eval'.";
  }
  if (wasm.validate(Uint8Array.from(SIMD))) return undefined;
  return "Its WebAssembly has no SIMD, which the core is made of. Take Chrome or Edge from 91, Firefox from 114, Safari from 16.4; on old processors none will do.";
}
