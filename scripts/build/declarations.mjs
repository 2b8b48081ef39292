// TypeScript's declarations: by tsc, a file for each source in build/types; by rollup, one for each published entry, beside its
// JavaScript, without what no entry reaches.
import { spawnSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { basename } from "node:path";
import { rollup } from "rollup";
import { dts } from "rollup-plugin-dts";
import { typedEntries } from "./entries.mjs";

const CONFIG = "build/tsconfig.declarations.json";

function emit(files) {
  const paths = files.map((file) => `../${file}`);
  writeFileSync(CONFIG, JSON.stringify({ extends: "../tsconfig.build.json", files: paths, include: [] }));
  const { status } = spawnSync(process.execPath, ["node_modules/typescript/bin/tsc", "--project", CONFIG], {
    stdio: "inherit",
  });
  if (status !== 0) throw new Error("making the declarations failed.");
}

/** Each entry's name and a file of its own, so that all else can go to one chunk. */
function entryFile({ source, output }) {
  const name = basename(output, ".js");
  const file = `build/types/${name}.entry.d.ts`;
  writeFileSync(file, `export * from "./${source.replace(/\.ts$/, ".js")}";\n`);
  return [name, file];
}

/** Returns the files made. Types are checked by npm test, not here. */
export async function declarations() {
  const published = typedEntries();
  if (published.length === 0) return [];
  emit(published.map(({ source }) => source));
  const bundle = await rollup({ input: Object.fromEntries(published.map(entryFile)), plugins: [dts()] });
  // All in one file that the entries show parts of: a namespace of types from another file would be one of values.
  const { output } = await bundle.write({
    dir: "dist",
    chunkFileNames: "chunks/[name].d.ts",
    minifyInternalExports: false, // the names that readers and the reviewed surface see
    manualChunks: (id) => (id.endsWith(".entry.d.ts") ? undefined : "declarations"),
  });
  await bundle.close();
  return output.map(({ fileName }) => `dist/${fileName}`);
}
