// The laboratory: dist/lab holds its page, dist/lab.js, dist/lab.worker.js and dist/lab.thread.js its code, which shares its chunks with the library.
// A site has both in one folder, the files that dist/lab/files.json lists.
import { copyFileSync, existsSync, mkdirSync, writeFileSync } from "node:fs";
import { build } from "esbuild";

const SOURCE = "src/lab";
const OUT = "dist/lab";
const CODE = ["dist/lab.js", "dist/lab.worker.js", "dist/lab.thread.js"];
const COPIED = ["index.html", "icon.svg", "data.json"];

/** Builds of the core that the lab never asks for. */
const NOT_ASKED_FOR = /^dist\/chunks\/core\w*Relaxed\.generated/;

/** All that the page may load: what its code imports, and so on. */
function reached(imports) {
  const files = new Set(CODE);
  for (const file of files) {
    for (const path of imports.get(file)) if (!NOT_ASKED_FOR.test(path)) files.add(path);
  }
  return [...files].map((file) => file.slice("dist/".length));
}

/** `imports` are those of each bundled file. Returns the files made. */
export async function lab(imports) {
  if (!existsSync(SOURCE)) return [];
  mkdirSync(OUT, { recursive: true });
  const { metafile } = await build({
    entryPoints: ["offline.ts", "style.css"].map((name) => `${SOURCE}/${name}`),
    outdir: OUT,
    bundle: true,
    format: "iife", // the offline worker is a classic script
    minify: true,
    target: "es2022",
    charset: "utf8",
    metafile: true,
    logLevel: "warning",
  });
  const made = Object.keys(metafile.outputs);
  for (const name of COPIED) copyFileSync(`${SOURCE}/${name}`, `${OUT}/${name}`);
  const site = [...COPIED, ...made.map((file) => file.slice(OUT.length + 1)), ...reached(imports), "files.json"];
  writeFileSync(`${OUT}/files.json`, `${JSON.stringify(site.sort())}\n`);
  return [...made, ...[...COPIED, "files.json"].map((name) => `${OUT}/${name}`)];
}
