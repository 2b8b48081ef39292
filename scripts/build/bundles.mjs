// TypeScript to JavaScript by esbuild: one bundle an entry, what entries share in chunks of their own.
import { chmodSync, copyFileSync, mkdirSync } from "node:fs";
import { basename, dirname, extname } from "node:path";
import { build } from "esbuild";
import { entries } from "./entries.mjs";

// A bundled CommonJS package may call require, which an ES module does not have.
const NODE_BANNER = `import { createRequire as odenetRequire } from "node:module"; const require = odenetRequire(import.meta.url);`;

const base = (path) => basename(path, extname(path));

async function bundleGroup(group, outdir, platform) {
  const cli = platform === "node";
  const published = outdir.startsWith("dist");
  const result = await build({
    entryPoints: group.map(({ source, output }) => ({ in: source, out: base(output) })),
    outdir,
    bundle: true,
    format: "esm",
    splitting: true,
    chunkNames: cli ? `${base(group[0].output)}/[name]-[hash]` : "chunks/[name]-[hash]",
    target: "es2022", // newer targets make esbuild call Uint8Array.fromBase64, which Node 20 lacks
    platform,
    charset: "utf8", // the core's bytes are text, and escapes would double them
    // The library runs everywhere, so it takes the variants of packages that need no module of Node.
    mainFields: cli ? ["module", "main"] : ["browser", "module", "main"],
    banner: cli ? { js: NODE_BANNER } : {},
    legalComments: "none", // THIRD-PARTY.md has the whole licences
    minify: published, // what is imported is parsed first: a third of the time
    sourcemap: !published,
    metafile: true,
    logLevel: "warning",
  });
  return result.metafile;
}

/** Makes all bundles. Returns the files made, and the sources that went into what is published. */
export async function bundle() {
  const all = entries();
  // One call a folder and platform: chunks are shared among the library's entries, never with the command.
  const groups = new Map();
  for (const entry of all) {
    const key = `${dirname(entry.output)} ${entry.platform}`;
    groups.set(key, [...(groups.get(key) ?? []), entry]);
  }
  const outputs = [];
  const inputs = new Set();
  for (const group of groups.values()) {
    const outdir = dirname(group[0].output);
    const metafile = await bundleGroup(group, outdir, group[0].platform);
    outputs.push(...Object.keys(metafile.outputs));
    if (outdir === "dist") for (const path of Object.keys(metafile.inputs)) inputs.add(path);
  }
  mkdirSync("dist", { recursive: true });
  copyFileSync("build/core.wasm", "dist/core.wasm");
  if (all.some(({ output }) => output === "dist/cli.js")) chmodSync("dist/cli.js", 0o755);
  return { outputs: [...outputs, "dist/core.wasm"], inputs: [...inputs] };
}
