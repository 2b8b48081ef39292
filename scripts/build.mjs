// Builds everything that is published: the wasm core, the bundles, the declarations.
import { spawnSync } from "node:child_process";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";

const only = process.argv[2] ?? "all";

function run(...command) {
  const result = spawnSync(process.execPath, command, { stdio: "inherit" });
  if (result.status !== 0) process.exit(result.status ?? 1);
}

function core() {
  mkdirSync("build", { recursive: true });
  run("node_modules/assemblyscript/bin/asc.js", "--config", "asconfig.json", "--target", "release");
  const base64 = readFileSync("build/core.wasm").toString("base64");
  writeFileSync(
    "src/core/core.generated.ts",
    `// Made by scripts/build.mjs from assembly/.\nexport const coreBase64 =\n  "${base64}";\n`,
  );
}

core();
if (only === "core") process.exit(0);
