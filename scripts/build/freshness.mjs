// Is the build fresh? A stamp in build/ holds the hash of all sources and the names of what was made from them.
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";

const CORE = [
  "assembly",
  "src/activations",
  "src/losses",
  "src/optimizers",
  "src/lowering/binary.ts",
  "asconfig.json",
  "scripts/build",
  "scripts/build.mjs",
  "package-lock.json",
];
const ALL = [...CORE, "src", "tsconfig.json", "tsconfig.build.json", "package.json"];

/** The sources of each build: "core" is the wasm module alone, "all" is everything. */
const SOURCES = { core: CORE, all: ALL };

const stampFile = (root, name) => join(root, "build", `${name}.stamp.json`);

function* filesIn(root, path) {
  const full = join(root, path);
  if (!existsSync(full)) return;
  if (!statSync(full).isDirectory()) {
    yield path;
    return;
  }
  for (const name of readdirSync(full).sort()) {
    if (!name.endsWith(".generated.ts")) yield* filesIn(root, `${path}/${name}`);
  }
}

/** A hash over the names and contents of the sources. */
export function sourceHash(root, name) {
  const hash = createHash("sha256");
  for (const path of SOURCES[name].flatMap((source) => [...filesIn(root, source)])) {
    hash
      .update(`${path}\0`)
      .update(readFileSync(join(root, path)))
      .update("\0");
  }
  return hash.digest("hex");
}

/** Undefined when the build is fresh, else what is wrong, to be shown. */
export function buildProblem(root, name) {
  let stamp;
  try {
    stamp = JSON.parse(readFileSync(stampFile(root, name), "utf8"));
  } catch {
    return "is missing";
  }
  if (!stamp.outputs.every((path) => existsSync(join(root, path)))) return "is incomplete";
  return stamp.sources === sourceHash(root, name) ? undefined : "is older than the sources";
}

export function forgetBuild(root, name) {
  rmSync(stampFile(root, name), { force: true });
}

/** `sources` is the hash taken before building, so that an edit meanwhile makes the build stale. */
export function rememberBuild(root, name, sources, outputs) {
  mkdirSync(join(root, "build"), { recursive: true });
  writeFileSync(stampFile(root, name), JSON.stringify({ sources, outputs }));
}
