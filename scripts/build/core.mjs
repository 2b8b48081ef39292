// The wasm core, once for each of its builds: AssemblyScript to build/*.wasm, and the same bytes as text for the bundles.
import { spawnSync } from "node:child_process";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";

/** The target in asconfig.json and the TypeScript file of each build. Only the first is in the library's main entry. */
const BUILDS = [
  { target: "release", wasm: "build/core.wasm", generated: "src/core/core.generated.ts" },
  { target: "relaxed", wasm: "build/core-relaxed.wasm", generated: "src/core/coreRelaxed.generated.ts" },
];

function asc(target) {
  mkdirSync("build", { recursive: true });
  const command = ["node_modules/assemblyscript/bin/asc.js", "--config", "asconfig.json", "--target", target];
  const { status, error } = spawnSync(process.execPath, command, { stdio: "inherit" });
  if (status !== 0) throw new Error(`compiling assembly/ failed${error ? `: ${error.message}` : ""}.`);
}

/** Returns the files made. */
export function core() {
  return BUILDS.flatMap(({ target, wasm, generated }) => {
    asc(target);
    const base64 = readFileSync(wasm).toString("base64");
    const header = "// Made by scripts/build.mjs from assembly/.";
    writeFileSync(generated, `${header}\nexport const coreBase64: string =\n  "${base64}";\n`);
    return [wasm, generated];
  });
}

/** With names, assertions and a source map, for a debugger. */
export function debugCore() {
  asc("debug");
}
