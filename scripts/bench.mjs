// Runs a measurement: bench/<name>.ts to build/bench/<name>.js by esbuild, then node with --expose-gc on it.
//   node scripts/bench.mjs <name> [arguments]
import { existsSync, readdirSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import { endLike, runChild } from "./run/child.mjs";

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const [name, ...args] = process.argv.slice(2);
const source = join(root, "bench", `${name}.ts`);

if (!/^\w+$/.test(name ?? "") || !existsSync(source)) {
  const names = readdirSync(join(root, "bench")).filter((file) => file.endsWith(".ts") && file !== "harness.ts");
  console.error(`bench: expected one of ${names.map((file) => file.slice(0, -3)).join(", ")}, got ${name ?? "none"}.`);
  process.exit(2);
}
const outfile = join(root, "build", "bench", `${name}.js`);
await build({
  entryPoints: [source],
  outfile,
  bundle: true,
  format: "esm",
  target: "es2022",
  platform: "node",
  packages: "external", // found from build/bench/ as from the source
  sourcemap: true,
  logLevel: "warning",
});
endLike(await runChild(process.execPath, ["--expose-gc", "--enable-source-maps", outfile, ...args], { cwd: root }));
