// The wasm core: AssemblyScript to build/core.wasm, and the same bytes as text for the bundles.
import { spawnSync } from "node:child_process";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";

const GENERATED = "src/core/core.generated.ts";

function asc(target) {
  mkdirSync("build", { recursive: true });
  const command = ["node_modules/assemblyscript/bin/asc.js", "--config", "asconfig.json", "--target", target];
  const { status, error } = spawnSync(process.execPath, command, { stdio: "inherit" });
  if (status !== 0) throw new Error(`compiling assembly/ failed${error ? `: ${error.message}` : ""}.`);
}

/** Returns the files made. */
export function core() {
  asc("release");
  const base64 = readFileSync("build/core.wasm").toString("base64");
  const header = "// Made by scripts/build.mjs from assembly/.";
  writeFileSync(GENERATED, `${header}\nexport const coreBase64: string =\n  "${base64}";\n`);
  return ["build/core.wasm", GENERATED];
}

/** With names, assertions and a source map, for a debugger. */
export function debugCore() {
  asc("debug");
}
