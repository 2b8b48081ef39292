import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { runNode } from "../support/runNode.ts";
import { addFiles, copyFromRoot, type Files, linkDependencies, ROOT, scratchFolder } from "../support/scratch.ts";

/** A core of one function, one more in the builds with threads, and what loads it. */
const CORE: Files = {
  "assembly/index.ts": "export function abi_version(): i32 { return 1; }",
  "assembly/opcodes.ts": "export const enum Abi { Version = 1 }",
  "assembly/threads.ts": "export function team_run(): i32 { return 1; }",
  "src/core/load.ts": `
    import { instantiateSync } from "@assemblyscript/loader";
    import { coreSource } from "./source.ts";
    export interface CoreExports { readonly [name: string]: unknown }
    export const instantiateCore = (): CoreExports => {
      const { module, bytes } = coreSource() ?? {};
      return instantiateSync(module ?? bytes!, {}).instance.exports as unknown as CoreExports;
    };
  `,
  "src/core/errors.ts": `
    export class OdenetError extends Error {
      constructor(readonly code: "value", message: string) { super(message); }
    }
  `,
};

/** A library of two entries that share a class and use the core, and a command. */
const LIBRARY: Files = {
  ...CORE,
  "src/index.ts": `
    export { OdenetError } from "./core/errors.ts";
    export { instantiateCore, type CoreExports } from "./core/load.ts";
    export * from "./layers/dense.ts";
  `,
  "src/layers/dense.ts": `
    import type { CoreExports } from "../core/load.ts";
    export interface Dense { units: number; core?: CoreExports; errors?: typeof import("../core/errors.ts") }
    export const dense = (units: number): Dense => ({ units });
  `,
  "src/data/index.ts": `
    import { OdenetError } from "../core/errors.ts";
    export const peaks = (examples: number): number => {
      if (examples < 0) throw new OdenetError("value", "peaks: expected examples.");
      return examples;
    };
  `,
  "src/slim.ts": 'export * from "./index.ts"; export { provideCore } from "./core/source.ts";',
  "src/cli/index.ts": '#!/usr/bin/env node\nimport { dense } from "../index.ts";\nconsole.log(dense(3).units);\n',
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
  copyFromRoot(folder, ...["source", "embedded", "text"].map((name) => `src/core/${name}.ts`));
  addFiles(folder, files);
  linkDependencies(folder);
  return { folder, result: await runNode(["scripts/build.mjs", ...args], folder) };
}

/** A project that depends on the package made in `library`. */
function consumer(library: string, source: string): string {
  const folder = scratchFolder({ "package.json": '{ "type": "module" }', "main.ts": source });
  const { name } = JSON.parse(readFileSync(join(library, "package.json"), "utf8"));
  copyInto(library, join(folder, "node_modules", name));
  return folder;
}

function copyInto(library: string, target: string): void {
  const files = readdirSync(library, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(library.length + 1))
    .filter((path) => path === "package.json" || path.startsWith("dist"));
  addFiles(target, Object.fromEntries(files.map((path) => [path, readFileSync(join(library, path), "utf8")])));
}

const CONSUMER = `
  import { type CoreExports, type Dense, dense, instantiateCore, OdenetError } from "odenet";
  import { peaks } from "odenet/data";
  const core: CoreExports = instantiateCore();
  const layer: Dense = dense(3);
  // @ts-expect-error: units are numbers, so the declarations were found and say so
  const wrong: string = layer.units;
  let code = "";
  try { peaks(-1); } catch (error) { if (error instanceof OdenetError) code = error.code; }
  console.log(JSON.stringify([(core.abi_version as () => number)(), layer.units, code, typeof wrong]));
`;

test("what is built compiles and runs in a project of its own", { timeout: 60_000 }, async () => {
  const { folder, result } = await build(LIBRARY);
  expect(result).toMatchObject({ code: 0 });
  const project = consumer(folder, CONSUMER);
  const tsc = join(ROOT, "node_modules", "typescript", "bin", "tsc");
  for (const [module, moduleResolution] of [
    ["esnext", "bundler"],
    ["nodenext", "nodenext"],
  ]) {
    const compilerOptions = {
      strict: true,
      target: "es2022",
      lib: ["es2023", "dom"],
      types: [],
      module,
      moduleResolution,
    };
    addFiles(project, { "tsconfig.json": JSON.stringify({ compilerOptions, files: ["main.ts"] }) });
    expect(await runNode([tsc], project)).toMatchObject({ code: 0, stdout: "" });
  }
  const ran = await runNode(["main.js"], project);
  expect(ran).toMatchObject({ code: 0, stdout: `${JSON.stringify([1, 3, "value", "number"])}\n` });

  expect(readdirSync(join(folder, "dist")).sort()).toEqual([
    "chunks",
    "cli.js",
    "core.h",
    "core.wasm",
    "core.wasm.d.ts",
    "data.d.ts",
    "data.js",
    "data.workerd.js",
    "index.d.ts",
    "index.js",
    "index.workerd.js",
    "slim.d.ts",
    "slim.js",
  ]);
  expect(WebAssembly.Module.imports(new WebAssembly.Module(readFileSync(join(folder, "dist", "core.wasm"))))).toEqual(
    [],
  );
  expect((await runNode(["dist/cli.js"], folder)).stdout).toBe("3\n");
  const licences = readFileSync(join(folder, "THIRD-PARTY.md"), "utf8");
  expect(licences).toMatch(/^## @assemblyscript\/loader [\d.]+\n\nApache-2.0 /m);
  expect(licences).toContain("TERMS AND CONDITIONS FOR USE, REPRODUCTION, AND DISTRIBUTION");
});

test("no bundle of the library asks for a module of Node's", { timeout: 60_000 }, async () => {
  const { result } = await build({ ...LIBRARY, "src/layers/dense.ts": 'import "node:fs"; export const dense = 1;' });
  expect(result.code).toBe(1);
  expect(result.stderr).toMatch(/expected no module of Node's in the library, got node:fs\. Only the command may\./);
});

test("the core alone, and the core for a debugger", { timeout: 60_000 }, async () => {
  const { folder } = await build(CORE, "core");
  expect(readdirSync(folder)).not.toContain("dist");
  expect(readFileSync(join(folder, "src/core/core.generated.ts"), "utf8")).toContain("export const coreText: string");
  expect((await runNode(["scripts/build.mjs", "debug"], folder)).code).toBe(0);
  expect(existsSync(join(folder, "build/core.debug.wasm.map"))).toBe(true);
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
