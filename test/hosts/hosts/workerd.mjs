// workerd, which runs Cloudflare's workers. It refuses to compile from bytes: the condition `workerd` of the package imports
// core.wasm as a module. Bundled as wrangler does it.
import { copyFileSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { build } from "esbuild";
import { eventually, serving } from "../run-child.mjs";
import { freePort } from "../serve.mjs";
import { tool } from "../tools.mjs";

const configuration = (port) => `using Workerd = import "/workerd/workerd.capnp";
const config :Workerd.Config = (
  services = [(name = "main", worker = .main)],
  sockets = [(name = "http", address = "127.0.0.1:${port}", http = (), service = "main")],
);
const main :Workerd.Worker = (
  modules = [(name = "main.js", esModule = embed "main.js"), (name = "core.wasm", wasm = embed "core.wasm")],
  compatibilityDate = "2025-01-01",
);
`;

async function run({ app }) {
  const folder = join(app, "workerd");
  mkdirSync(folder, { recursive: true });
  await build({
    entryPoints: [join(app, "fetch.mjs")],
    outfile: join(folder, "main.js"),
    bundle: true,
    format: "esm",
    conditions: ["workerd", "worker"],
    external: ["*.wasm"],
    logLevel: "error",
  });
  copyFileSync(join(app, "node_modules", "odenet", "dist", "core.wasm"), join(folder, "core.wasm"));
  const port = await freePort();
  writeFileSync(join(folder, "config.capnp"), configuration(port));
  const machine = `workerd-${process.platform}-${process.arch === "x64" ? "64" : process.arch}`;
  const workerd = serving(
    join(tool("workerd"), "node_modules", "@cloudflare", machine, "bin", "workerd"),
    ["serve", "config.capnp"],
    { cwd: folder },
  );
  try {
    const answer = await eventually(() => fetch(`http://127.0.0.1:${port}/`));
    const text = await answer.text();
    if (!answer.ok) throw new Error(`${text} ${workerd.said()}`);
    return JSON.parse(text);
  } finally {
    await workerd.stop();
  }
}

export default [{ name: "workerd", run }];
