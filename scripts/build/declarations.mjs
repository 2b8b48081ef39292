// TypeScript's declarations of everything the library's entries reach, by tsc, into dist/types.
import { spawnSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { entries } from "./entries.mjs";

/** Returns the declaration of each published entry. Types are checked by npm test, not here. */
export function declarations() {
  const files = entries()
    .filter(({ output, platform }) => output.startsWith("dist/") && platform === "neutral")
    .map(({ source }) => source);
  if (files.length === 0) return [];
  const config = "build/tsconfig.declarations.json";
  const paths = files.map((file) => `../${file}`);
  writeFileSync(config, JSON.stringify({ extends: "../tsconfig.build.json", files: paths, include: [] }));
  const { status } = spawnSync(process.execPath, ["node_modules/typescript/bin/tsc", "--project", config], {
    stdio: "inherit",
  });
  if (status !== 0) throw new Error("making the declarations failed.");
  return files.map((file) => `dist/types/${file.replace(/\.ts$/, ".d.ts")}`);
}
