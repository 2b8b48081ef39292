// Bundlers without a configuration of the user's: each bundles page.mjs, whose result then runs in Chromium.
import { mkdirSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { serve } from "../serve.mjs";
import { tool } from "../tools.mjs";
import { inChromium } from "./browsers.mjs";

const load = (name, module = name) =>
  import(pathToFileURL(createRequire(pathToFileURL(join(tool(name), "package.json"))).resolve(module)));

function pageFor(folder, script, type = "module") {
  mkdirSync(folder, { recursive: true });
  writeFileSync(
    join(folder, "index.html"),
    `<!doctype html><title>odenet</title><script type="${type}" src="${script}"></script>`,
  );
}

async function resultsAt(folder) {
  const { url, close } = await serve(folder);
  try {
    return await inChromium(url, "globalThis.results");
  } finally {
    close();
  }
}

async function esbuild({ app }) {
  const folder = join(app, "out-esbuild");
  const { build } = await load("esbuild");
  await build({
    entryPoints: [join(app, "page.mjs")],
    outdir: folder,
    bundle: true,
    format: "esm",
    splitting: true,
    logLevel: "error",
  });
  pageFor(folder, "page.js");
  return resultsAt(folder);
}

async function rollup({ app }) {
  const folder = join(app, "out-rollup");
  const { rollup: bundle } = await load("rollup");
  const { nodeResolve } = await load("rollup", "@rollup/plugin-node-resolve");
  const made = await bundle({ input: join(app, "page.mjs"), plugins: [nodeResolve({ browser: true })] });
  await made.write({ dir: folder, entryFileNames: "page.js" });
  await made.close();
  pageFor(folder, "page.js");
  return resultsAt(folder);
}

async function webpack({ app }) {
  const folder = join(app, "out-webpack");
  const { default: compile } = await load("webpack");
  const stats = await new Promise((resolve, reject) =>
    compile(
      { mode: "production", context: app, entry: "./page.mjs", output: { path: folder, filename: "page.js" } },
      (error, made) => (error ? reject(error) : resolve(made)),
    ),
  );
  if (stats.hasErrors()) throw new Error(stats.toString({ all: false, errors: true }));
  pageFor(folder, "page.js", "text/javascript");
  return resultsAt(folder);
}

/** Vite wants its page at the root of a project. */
function viteProject(app) {
  writeFileSync(
    join(app, "index.html"),
    '<!doctype html><title>odenet</title><script type="module" src="/page.mjs"></script>',
  );
}

async function viteBuild({ app }) {
  viteProject(app);
  const { build } = await load("vite");
  await build({ root: app, configFile: false, logLevel: "error", build: { outDir: "out-vite", emptyOutDir: true } });
  return resultsAt(join(app, "out-vite"));
}

async function viteDev({ app }) {
  viteProject(app);
  const { createServer } = await load("vite");
  const server = await createServer({ root: app, configFile: false, logLevel: "error", server: { host: "127.0.0.1" } });
  try {
    await server.listen();
    return await inChromium(server.resolvedUrls.local[0], "globalThis.results");
  } finally {
    await server.close();
  }
}

export default [
  { name: "Vite, dev", run: viteDev },
  { name: "Vite, build", run: viteBuild },
  { name: "webpack", run: webpack },
  { name: "esbuild", run: esbuild },
  { name: "Rollup", run: rollup },
];
