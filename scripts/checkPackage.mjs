// npm run check:package [tools]: what is published, seen by the tools that know what goes wrong with packages. Needs a fresh build.
//   publint  the fields of package.json fit the files     attw  every way to import finds its types
//   knip     nothing is unused                            licences  all that is bundled may be passed on under MIT
//   tests    test/package: trees that are built, packed, installed and type-checked
import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const bin = (name) => join(root, "node_modules", ".bin", name);

const TOOLS = {
  publint: [bin("publint"), "run", "--strict"],
  attw: [bin("attw"), "--pack", ".", "--profile", "esm-only", "--exclude-entrypoints", "core.wasm", "core.h"],
  knip: [bin("knip"), "--no-progress"],
};

const PERMISSIVE = new Set(["MIT", "ISC", "BSD-2-Clause", "BSD-3-Clause", "Apache-2.0", "0BSD"]);

/** Headings and facts of THIRD-PARTY.md, which the build writes of everything that it bundles. */
function licences() {
  const text = readFileSync(join(root, "THIRD-PARTY.md"), "utf8");
  const packages = [...text.matchAll(/^## (.+)\n\n([^ \n]+)/gm)];
  const strange = packages.filter(([, , licence]) => !PERMISSIVE.has(licence));
  for (const [, name, licence] of strange) console.log(`${name}: ${licence}`);
  return packages.length > 0 && strange.length === 0;
}

function tool(name) {
  const [command, ...args] = TOOLS[name];
  const { status, stdout, stderr, error } = spawnSync(command, args, { cwd: root, encoding: "utf8" });
  if (status !== 0) console.log(error?.message ?? `${stdout}${stderr}`);
  return status === 0;
}

/** Their report ends with the count that the tests of npm test end with. */
function tests() {
  const vitest = [
    join(root, "node_modules", "vitest", "vitest.mjs"),
    "run",
    "--config",
    "test/package/vitest.config.ts",
  ];
  const env = { ...process.env, NODE_ENV: "test" };
  return spawnSync(process.execPath, vitest, { cwd: root, env, stdio: "inherit" }).status === 0;
}

const OWN = { licences, tests };
const all = [...Object.keys(TOOLS), ...Object.keys(OWN)];
const chosen = process.argv.length > 2 ? process.argv.slice(2) : all;
const unknown = chosen.find((name) => !all.includes(name));
if (unknown) {
  console.error(`check:package: expected ${all.join(", ")}, got ${unknown}.`);
  process.exit(2);
}
const failed = chosen.filter((name) => !(OWN[name] ?? (() => tool(name)))());
console.log(`check:package: ${failed.length === 0 ? `${chosen.join(", ")} in order` : `${failed.join(", ")} failed`}.`);
process.exitCode = failed.length === 0 ? 0 : 1;
