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

/** Returns the files made. Types are checked by npm test, not here. */
export async function declarations() {
  const published = typedEntries();
  if (published.length === 0) return [];
  emit(published.map(({ source }) => source));
  const input = Object.fromEntries(
    published.map(({ source, output }) => [basename(output, ".js"), `build/types/${source.replace(/\.ts$/, ".d.ts")}`]),
  );
  const bundle = await rollup({ input, plugins: [dts()] });
  const { output } = await bundle.write({ dir: "dist", chunkFileNames: "chunks/[name].d.ts" });
  await bundle.close();
  return output.map(({ fileName }) => `dist/${fileName}`);
}
