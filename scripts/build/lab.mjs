// The laboratory's page: a folder of files that any static host can serve, dist/lab.
import { copyFileSync, existsSync, mkdirSync, readdirSync, writeFileSync } from "node:fs";
import { build } from "esbuild";

const SOURCE = "src/lab";
const OUT = "dist/lab";

/** What the offline worker need not keep: itself, its list, and the cores that the lab never loads. */
const NOT_KEPT = /^(files\.json|offline\.js|core[RT]\w+\.generated.*)$/;

/** The offline worker is a classic script and stands alone; page and worker share chunks. */
const GROUPS = [
  { entries: ["main.tsx", "worker.ts", "style.css"], options: { format: "esm", splitting: true } },
  { entries: ["offline.ts"], options: { format: "iife" } },
];

/** Returns the files made, and the sources that went into them. */
export async function lab() {
  if (!existsSync(SOURCE)) return { outputs: [], inputs: [] };
  mkdirSync(OUT, { recursive: true });
  const outputs = [];
  const inputs = new Set();
  for (const { entries, options } of GROUPS) {
    const { metafile } = await build({
      entryPoints: entries.map((name) => `${SOURCE}/${name}`),
      outdir: OUT,
      bundle: true,
      minify: true,
      chunkNames: "chunks/[name]-[hash]",
      target: "es2022",
      platform: "browser",
      charset: "utf8",
      jsx: "automatic",
      jsxImportSource: "preact",
      legalComments: "none",
      metafile: true,
      logLevel: "warning",
      ...options,
    });
    outputs.push(...Object.keys(metafile.outputs));
    for (const path of Object.keys(metafile.inputs)) inputs.add(path);
  }
  for (const name of ["index.html", "icon.svg", "data.json"]) {
    copyFileSync(`${SOURCE}/${name}`, `${OUT}/${name}`);
    outputs.push(`${OUT}/${name}`);
  }
  const files = readdirSync(OUT, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && !NOT_KEPT.test(entry.name))
    .map((entry) => `${entry.parentPath}/${entry.name}`.slice(OUT.length + 1));
  writeFileSync(`${OUT}/files.json`, `${JSON.stringify(files.sort())}\n`);
  return { outputs: [...outputs, `${OUT}/files.json`], inputs: [...inputs] };
}
