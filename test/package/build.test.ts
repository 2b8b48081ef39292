import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { runNode } from "../support/runNode.ts";
import { addFiles, copyFromRoot, type Files, linkDependencies, ROOT, scratchFolder } from "../support/scratch.ts";

/** A core of one function besides the elementary ones, one more in the builds with threads, and what loads it. */
const CORE: Files = {
  "assembly/index.ts":
    'export { cos, exp, log, pow, sin } from "./scalar"; export function abi_version(): i32 { return 1; }',
  "assembly/opcodes.ts": "export const enum Abi { Version = 1 }",
  "assembly/threads.ts": "export function team_run(): i32 { return 1; }",
  "src/core/host/builds.ts": "export type Builds = object; export const builds: Builds = {};",
  "src/core/host/load.ts": `
    import { instantiateSync } from "@assemblyscript/loader";
    import { coreSource } from "./source.ts";
    export interface CoreExports { readonly [name: string]: unknown }
    export const instantiateCore = (): CoreExports => {
      const { module, bytes } = coreSource() ?? {};
      return instantiateSync(module ?? bytes!, {}).instance.exports as unknown as CoreExports;
    };
  `,
};

/** A library that needs a module of Node's. */
const LIBRARY: Files = {
  ...CORE,
  "src/index.ts": 'export { instantiateCore } from "./core/host/load.ts"; export * from "./layers/dense.ts";',
  "src/layers/dense.ts": 'import "node:fs"; export const dense = 1;',
};

async function build(files: Files, ...args: string[]) {
  const folder = scratchFolder();
  copyFromRoot(
    folder,
    "scripts",
    "asconfig.json",
    "tsconfig.json",
    "tsconfig.build.json",
    "package.json",
    "package-lock.json",
  );
  const host = ["source", "embedded", "early", "refusals", "delta", "coreBytes"];
  copyFromRoot(
    folder,
    ...[...host.map((name) => `host/${name}`), "errors", "messageOf"].map((name) => `src/core/${name}.ts`),
  );
  copyFromRoot(
    folder,
    "src/lowering/binary.ts",
    "assembly/early",
    ...["random", "philox", "scalar"].map((name) => `assembly/${name}.ts`),
  );
  addFiles(folder, files);
  linkDependencies(folder);
  return { folder, result: await runNode(["scripts/build.mjs", ...args], folder) };
}

test("no bundle of the library asks for a module of Node's", { timeout: 60_000 }, async () => {
  const { result } = await build(LIBRARY, "trial");
  expect(result.code).toBe(1);
  expect(result.stderr).toMatch(/expected no module of Node's in the library, got node:fs\. Only the command may\./);
});

test("the core for a debugger", { timeout: 60_000 }, async () => {
  const { folder, result } = await build(CORE, "debug");
  expect(result.code).toBe(0);
  expect(existsSync(join(folder, "build/core.debug.wasm.map"))).toBe(true);
  expect(readdirSync(folder)).not.toContain("dist");
});

test("an error in assembly fails the build with asc's message", { timeout: 60_000 }, async () => {
  const { folder, result } = await build({ "assembly/index.ts": "export function f(): i32 { return nothing; }" });
  expect(result.code).toBe(1);
  expect(result.stderr).toContain("Cannot find name 'nothing'");
  expect(result.stderr).toContain("build: compiling assembly/ failed.");
  expect(readdirSync(join(folder, "build"))).not.toContain("all.stamp.json");
});

test("an unknown target is refused", async () => {
  const { code, stderr } = await runNode(["scripts/build.mjs", "cor"], ROOT);
  expect(code).toBe(2);
  expect(stderr).toBe("build: expected all, core, trial, debug, got cor.\n");
});
