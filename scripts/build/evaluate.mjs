// Modules of TypeScript that the build itself runs, for what they export.
import { build } from "esbuild";

/** Imports a module of TypeScript that has no needs at run time. */
export async function evaluate(path) {
  const { outputFiles } = await build({
    entryPoints: [path],
    bundle: true,
    format: "esm",
    write: false,
    logLevel: "silent",
  });
  return import(`data:text/javascript;base64,${Buffer.from(outputFiles[0].contents).toString("base64")}`);
}
