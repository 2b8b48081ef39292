// Bundlers without a configuration of the user's: each bundles page.mjs, whose result then runs in Chromium.
import { cpSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { output } from "../run-child.mjs";
import { serve } from "../serve.mjs";
import { tool } from "../tools.mjs";
import { inChromium } from "./browsers.mjs";

const load = (name, module = name) =>
  import(pathToFileURL(createRequire(pathToFileURL(join(tool(name), "package.json"))).resolve(module)));

function pageFor(folder, script, type = "module", encoding = true) {
  mkdirSync(folder, { recursive: true });
  writeFileSync(
    join(folder, "index.html"),
    `<!doctype html>${encoding ? '<meta charset="utf-8">' : ""}<title>odenet</title><script type="${type}" src="${script}"></script>`,
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

/** A script of another format than "esm" stands in a page that says nothing of its encoding. */
const esbuild =
  (format) =>
  async ({ app }) => {
    const folder = join(app, `out-esbuild-${format}`);
    const { build } = await load("esbuild");
    const { warnings } = await build({
      entryPoints: [join(app, "page.mjs")],
      outdir: folder,
      bundle: true,
      format,
      splitting: format === "esm",
      logLevel: "silent",
    });
    quiet(warnings.map(({ text }) => text));
    pageFor(folder, "page.js", format === "esm" ? "module" : "text/javascript", format === "esm");
    return resultsAt(folder);
  };

/** A package should make no bundler warn. */
function quiet(warnings) {
  if (warnings.length > 0) throw new Error(`it warns: ${warnings[0]}`);
}

async function rollup({ app }) {
  const folder = join(app, "out-rollup");
  const { rollup: bundle } = await load("rollup");
  const { nodeResolve } = await load("rollup", "@rollup/plugin-node-resolve");
  const warnings = [];
  const made = await bundle({
    input: join(app, "page.mjs"),
    plugins: [nodeResolve({ browser: true })],
    onwarn: ({ message }) => warnings.push(message),
  });
  quiet(warnings);
  await made.write({ dir: folder, entryFileNames: "page.js" });
  await made.close();
  pageFor(folder, "page.js");
  return resultsAt(folder);
}

async function webpackRun(app, folder, options, filename = "page.js") {
  const { default: compile } = await load("webpack");
  const output = { path: folder, filename };
  const stats = await new Promise((resolve, reject) =>
    compile({ context: app, entry: "./page.mjs", performance: false, output, ...options }, (error, made) =>
      error ? reject(error) : resolve(made),
    ),
  );
  if (stats.hasErrors()) throw new Error(stats.toString({ all: false, errors: true }));
  const { warnings } = stats.toJson({ all: false, warnings: true });
  quiet(warnings.map(({ message }) => message).filter((text) => !text.includes("recommendations")));
}

const webpack =
  (mode) =>
  async ({ app }) => {
    const folder = join(app, `out-webpack-${mode}`);
    await webpackRun(app, folder, { mode });
    pageFor(folder, "page.js", "text/javascript");
    return resultsAt(folder);
  };

/** What a server bundles runs in Node. */
async function webpackServer({ app }) {
  const folder = join(app, "out-webpack-server");
  await webpackRun(app, folder, { mode: "production", target: "node" }, "page.cjs");
  const script =
    "require('./page.cjs'); globalThis.results.then((r) => { console.log(JSON.stringify(r)); process.exit(); });";
  return JSON.parse(await output(process.execPath, ["--input-type=commonjs", "--eval", script], { cwd: folder }));
}

async function parcel({ app }) {
  const folder = join(app, "out-parcel");
  pageFor(join(app, "parcel"), "../page.mjs");
  const bin = join(tool("parcel"), "node_modules", ".bin", "parcel");
  const args = ["build", "parcel/index.html", "--dist-dir", folder, "--no-cache", "--no-source-maps"];
  await output(bin, args, { cwd: app });
  return resultsAt(folder);
}

/** An application of one page, whose client runs the scenario. */
const next =
  (bundler) =>
  async ({ app }) => {
    const project = join(tool("next"), bundler);
    mkdirSync(join(project, "app"), { recursive: true });
    const installed = join(tool("next"), "node_modules", "odenet");
    rmSync(installed, { recursive: true, force: true });
    cpSync(join(app, "node_modules", "odenet"), installed, { recursive: true });
    for (const name of ["page", "scenario"])
      cpSync(join(app, `${name}.mjs`), join(project, "app", `${name}-of-hosts.mjs`));
    const inside = join(project, "app", "page-of-hosts.mjs");
    writeFileSync(inside, readFileSync(inside, "utf8").replace("./scenario.mjs", "./scenario-of-hosts.mjs"));
    writeFileSync(
      join(project, "app", "layout.js"),
      "export default ({ children }) => <html lang='en'><body>{children}</body></html>;\n",
    );
    writeFileSync(
      join(project, "app", "page.js"),
      `"use client";\nimport { useEffect } from "react";\nexport default function Page() {\n  useEffect(() => void import("./page-of-hosts.mjs"), []);\n  return <p>odenet</p>;\n}\n`,
    );
    writeFileSync(join(project, "package.json"), '{ "private": true }\n');
    writeFileSync(
      join(project, "next.config.mjs"),
      `export default { output: "export", turbopack: { root: ${JSON.stringify(tool("next"))} } };\n`,
    );
    const bin = join(tool("next"), "node_modules", ".bin", "next");
    const env = { ...process.env, NEXT_TELEMETRY_DISABLED: "1", NODE_ENV: "production" };
    await output(bin, ["build", `--${bundler}`], { cwd: project, env });
    return resultsAt(join(project, "out"));
  };

/** Vite wants its page at the root of a project. */
function viteProject(app) {
  writeFileSync(
    join(app, "index.html"),
    '<!doctype html><meta charset="utf-8"><title>odenet</title><script type="module" src="/page.mjs"></script>',
  );
}

const viteBuild =
  (version) =>
  async ({ app }) => {
    viteProject(app);
    const folder = `out-${version}`;
    const { build } = await load(version, "vite");
    await build({ root: app, configFile: false, logLevel: "error", build: { outDir: folder, emptyOutDir: true } });
    return resultsAt(join(app, folder));
  };

const viteDev =
  (version) =>
  async ({ app }) => {
    viteProject(app);
    const { createServer } = await load(version, "vite");
    const server = await createServer({
      root: app,
      configFile: false,
      logLevel: "error",
      server: { host: "127.0.0.1" },
      cacheDir: join(app, `.${version}`),
      optimizeDeps: { entries: ["index.html"] },
    });
    try {
      await server.listen();
      return await inChromium(server.resolvedUrls.local[0], "globalThis.results");
    } finally {
      await server.close();
    }
  };

export default [
  { name: "Vite 8, dev", run: viteDev("vite") },
  { name: "Vite 8, build", run: viteBuild("vite") },
  { name: "Vite 7, dev", run: viteDev("vite-7") },
  { name: "Vite 7, build", run: viteBuild("vite-7") },
  { name: "webpack", run: webpack("production") },
  { name: "webpack, development", run: webpack("development") },
  { name: "webpack, server", run: webpackServer },
  { name: "Next, Turbopack", run: next("turbopack") },
  { name: "Next, webpack", run: next("webpack") },
  { name: "Parcel", run: parcel },
  { name: "esbuild", run: esbuild("esm") },
  { name: "esbuild, script", run: esbuild("iife") },
  { name: "esbuild, CommonJS", run: esbuild("cjs") },
  { name: "Rollup", run: rollup },
];
