/** `load` of odenet/slim: the core from outside, compiled once. */
import { Abi } from "../../../assembly/opcodes.ts";
import { OdenetError } from "../errors.ts";
import { builds } from "./builds.ts";
import { cannotCompile, checkWebAssembly } from "./refusals.ts";
import { type CoreSource, provideCore } from "./source.ts";

/** What `load` takes. */
export type CoreInput = WebAssembly.Module | ArrayBuffer | Uint8Array | Response | URL;

/**
 * Takes the core from a compiled `WebAssembly.Module`, its bytes, a `Response` or a `URL`; models made from then on run in
 * it. Returns the compiled module: post it to workers and `load` it there, so that it is compiled once. From a module alone,
 * the builds with threads and with relaxed SIMD cannot be made: one thread computes then, with the same bits. For an engine
 * without SIMD bytes are rewritten, which takes a moment; it computes the same bits, slower. Throws `file` for anything but
 * this version's odenet/core.wasm, and `engine` where the engine cannot compile it.
 *
 * @example
 * import core from "odenet/core.wasm"; // a WebAssembly.Module, where the platform makes one of such an import
 * await load(core);
 */
export async function load(core: CoreInput): Promise<WebAssembly.Module> {
  checkWebAssembly();
  const source = await sourceOf(core);
  const module = source.module ?? (await compile(source.bytes as Uint8Array<ArrayBuffer>));
  provideCore({ ...source, builds, module, exports: await checkedExports(module) });
  return module;
}

async function sourceOf(core: CoreInput): Promise<CoreSource> {
  if (core instanceof WebAssembly.Module) return { module: core };
  if (core instanceof URL) return sourceAt(core);
  if (core instanceof Uint8Array) return { bytes: core.slice() };
  if (core instanceof ArrayBuffer) return { bytes: new Uint8Array(core).slice() };
  if (typeof Response !== "undefined" && core instanceof Response) {
    if (!core.ok) throw wrong(`the answer ${core.status} from ${core.url}`);
    return { bytes: new Uint8Array(await core.arrayBuffer()) };
  }
  throw wrong(`${core === null ? "null" : typeof core}: not a WebAssembly.Module, bytes, a Response or a URL`);
}

/** Node's module is named in a variable, so that no bundler looks for it. */
const NODE_FILES = "node:fs/promises";

/** Node's fetch knows no files. */
async function sourceAt(url: URL): Promise<CoreSource> {
  try {
    if (url.protocol !== "file:") return await sourceOf(await fetch(url));
    const { readFile } = await import(/* @vite-ignore */ /* webpackIgnore: true */ NODE_FILES);
    return { bytes: new Uint8Array(await readFile(url)) };
  } catch (cause) {
    if (cause instanceof OdenetError) throw cause;
    throw wrong(`nothing from ${url.href}: ${(cause as Error).message}`);
  }
}

/** One function that gives a vector: `i32.const 0, i8x16.splat`. */
const SIMD = [0, 97, 115, 109, 1, 0, 0, 0, 1, 5, 1, 96, 0, 1, 123, 3, 2, 1, 0, 10, 8, 1, 6, 0, 65, 0, 253, 15, 11];

/** Asynchronously: a page's main thread may compile only small modules at once. */
async function compile(bytes: Uint8Array<ArrayBuffer>): Promise<WebAssembly.Module> {
  if (bytes[0] !== 0 || bytes[1] !== 0x61 || bytes[2] !== 0x73 || bytes[3] !== 0x6d) {
    throw wrong(`${bytes.length} bytes that are no WebAssembly`);
  }
  try {
    if (WebAssembly.validate(Uint8Array.from(SIMD))) return await WebAssembly.compile(bytes);
    const { lowerSimd } = await import("../../lowering/index.ts");
    return await WebAssembly.compile(lowerSimd(bytes));
  } catch (cause) {
    throw cannotCompile(cause);
  }
}

/** Of an instance for scalar functions: a page's main thread may make none later, at once. */
async function checkedExports(module: WebAssembly.Module): Promise<WebAssembly.Exports> {
  const names = new Set(WebAssembly.Module.exports(module).map(({ name }) => name));
  const known = ["memory", "abi_version", "arena_alloc", "plan_run"].every((name) => names.has(name));
  if (!known || WebAssembly.Module.imports(module).length > 0) throw wrong("another module");
  const { exports } = await WebAssembly.instantiate(module);
  const version = (exports as { abi_version?: () => number }).abi_version?.();
  if (version !== Abi.Version) throw wrong(`ABI ${version} in place of ${Abi.Version}`);
  return exports;
}

function wrong(got: string): OdenetError {
  return new OdenetError(
    "file",
    `load: expected the core of this version of odenet, got ${got}. Pass odenet/core.wasm of the installed package, compiled or not.`,
  );
}
