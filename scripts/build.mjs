// Builds everything that is published, and the showcase:
//   node scripts/build.mjs            the wasm core, the bundles, the declarations, the licences
//   node scripts/build.mjs core       the wasm core alone
//   node scripts/build.mjs trial      the core without optimisation and the bundles, to try a change out
//   node scripts/build.mjs debug      the wasm core with names and source map, in build/
import { rmSync } from "node:fs";
import { dirname } from "node:path";
import { fileURLToPath } from "node:url";
import { bundle } from "./build/bundles.mjs";
import { core, debugCore, unoptimisedCore } from "./build/core.mjs";
import { declarations } from "./build/declarations.mjs";
import { buildProblem, forgetBuild, rememberBuild, sourceHash } from "./build/freshness.mjs";
import { writeHeader } from "./build/header.mjs";
import { lab } from "./build/lab.mjs";
import { writeThirdParty } from "./build/thirdParty.mjs";
import { writeSummary } from "./docs/summary.mjs";

const root = dirname(dirname(fileURLToPath(import.meta.url)));
process.chdir(root);

/** Runs one build under its stamp: forgotten first, remembered only when all of it succeeded. */
async function stamped(name, build) {
  const sources = sourceHash(root, name);
  forgetBuild(root, name);
  rememberBuild(root, name, sources, await build());
}

async function buildCore() {
  if (buildProblem(root, "core")) await stamped("core", core);
}

async function buildAll() {
  await stamped("all", async () => {
    await buildCore();
    rmSync("dist", { recursive: true, force: true }); // old chunks would be published
    const { outputs, inputs, imports } = await bundle();
    return [
      ...outputs,
      ...(await lab(imports)),
      ...(await declarations()),
      ...writeHeader(),
      ...writeThirdParty(inputs),
      ...writeSummary(),
    ];
  });
}

/** No stamp: what this leaves is not fit to be published. */
async function buildTrial() {
  forgetBuild(root, "core");
  forgetBuild(root, "all");
  await unoptimisedCore();
  await bundle();
}

const targets = { all: buildAll, core: () => stamped("core", core), trial: buildTrial, debug: debugCore };
const target = process.argv[2] ?? "all";
if (!Object.hasOwn(targets, target)) {
  console.error(`build: expected ${Object.keys(targets).join(", ")}, got ${target}.`);
  process.exit(2);
}
try {
  await targets[target]();
} catch (error) {
  console.error(`build: ${error.message}`);
  process.exit(1);
}
