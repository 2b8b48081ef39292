// The wasm core, once for each of its builds: AssemblyScript to build/*.wasm, and the same bytes as text for the bundles; of
// the other builds only what they differ by from the first.
import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { deltaOf } from "./delta.mjs";
import { writeEarly } from "./early.mjs";
import { writeFamilies } from "./families.mjs";
import { writeSignatures } from "./signatures.mjs";
import { textOf } from "./text.mjs";

/** The target in asconfig.json and the TypeScript file of each build. Only the first is in the library's main entry. */
const BUILDS = [
  { target: "release", wasm: "build/core.wasm", generated: "src/core/host/core.generated.ts" },
  { target: "relaxed", wasm: "build/core-relaxed.wasm", generated: "src/core/host/coreRelaxed.generated.ts" },
  {
    target: "threads",
    entries: ["assembly/threads.ts"],
    wasm: "build/core-threads.wasm",
    generated: "src/core/host/coreThreads.generated.ts",
  },
  {
    target: "threadsRelaxed",
    entries: ["assembly/threads.ts"],
    wasm: "build/core-threads-relaxed.wasm",
    generated: "src/core/host/coreThreadsRelaxed.generated.ts",
  },
];

/** What works before the core is compiled. */
const EARLY = { generated: "src/core/host/early.generated.ts", waves: "build/waves.wasm", powers: "build/powers.wasm" };

function asc(target, entries = [], options = [], config = "asconfig.json") {
  mkdirSync("build", { recursive: true });
  const asc = "node_modules/assemblyscript/bin/asc.js";
  const command = [asc, ...entries, "--config", config, "--target", target, ...options];
  const { status, error } = spawnSync(process.execPath, command, { stdio: "inherit" });
  if (status !== 0) throw new Error(`compiling assembly/ failed${error ? `: ${error.message}` : ""}.`);
}

/** What receipts call the core by, on hosts too that have it compiled alone. */
const HASH = "src/core/host/coreHash.generated.ts";

const HEADER = "// Made by scripts/build.mjs from assembly/.";

/** Returns the files made. */
export async function core(builds = BUILDS, options = []) {
  const written = [...writeFamilies(), ...(await writeSignatures())];
  for (const { target, entries } of builds) asc(target, entries, options);
  const [standard] = BUILDS;
  const base = readFileSync(standard.wasm);
  for (const build of builds) {
    const bytes = readFileSync(build.wasm);
    const text = textOf(build === standard ? bytes : deltaOf(base, bytes));
    writeFileSync(build.generated, `${HEADER}\nexport const coreText: string =\n  "${text}";\n`);
  }
  const hash = createHash("sha256").update(base).digest("hex");
  writeFileSync(HASH, `${HEADER}\n/** SHA-256 of odenet/core.wasm. */\nexport const coreHash = "${hash}";\n`);
  for (const name of ["waves", "powers"]) asc(name, [`assembly/early/${name}.ts`], [], "assembly/early/asconfig.json");
  await writeEarly(base, EARLY.waves, EARLY.powers, EARLY.generated, HEADER);
  return [...written, HASH, ...Object.values(EARLY), ...builds.flatMap(({ wasm, generated }) => [wasm, generated])];
}

/** The first build alone, as asc leaves it: made in a third of the time. The others stay as they are. */
export const unoptimisedCore = () => core(BUILDS.slice(0, 1), ["--optimizeLevel", "0"]);

/** With names, assertions and a source map, for a debugger. */
export async function debugCore() {
  writeFamilies();
  await writeSignatures();
  asc("debug");
}
