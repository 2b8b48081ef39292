// Programs that run a module: Node in its versions, Deno, Bun.
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { output } from "../run-child.mjs";
import { Missing, tool } from "../tools.mjs";

const { platform, arch } = process;

async function runModule(command, args, app, module = "main.mjs") {
  if (!existsSync(command)) throw new Missing(`no program for ${platform} on ${arch}`);
  const said = await output(command, [...args, module], { cwd: app, env: { NODE_OPTIONS: "" } });
  return JSON.parse(said.trim().split("\n").at(-1));
}

export const node = {
  name: `Node ${process.versions.node.split(".")[0]}`,
  run: ({ app }) => runModule(process.execPath, [], app),
};

const otherNode = (version) => ({
  name: `Node ${version}`,
  run: ({ app }) =>
    runModule(join(tool(`node-${version}`), "node_modules", `node-${platform}-${arch}`, "bin", "node"), [], app),
});

const deno = {
  name: "Deno",
  run: ({ app }) => {
    const folder = `${platform}-${arch}${platform === "linux" ? "-glibc" : ""}`;
    return runModule(join(tool("deno"), "node_modules", "@deno", folder, "deno"), ["run", "-A", "--no-lock"], app);
  },
};

const bun = {
  name: "Bun",
  run: ({ app }) => {
    const folder = `bun-${platform}-${arch}${arch === "x64" ? "-baseline" : ""}`;
    return runModule(join(tool("bun"), "node_modules", "@oven", folder, "bin", "bun"), ["run"], app);
  },
};

/** The scenario through odenet/slim, which rewrites the core for an engine without SIMD. */
const slim = `import { data, load } from "odenet/slim";
await load(new URL(import.meta.resolve("odenet/core.wasm")));
const { peaks } = data;
`;

/** V8 has no SIMD on a processor without SSE 4.1. */
const withoutSimd = {
  name: `${node.name}, without SIMD`,
  run: ({ app }) => {
    if (arch !== "x64") throw new Missing(`SIMD cannot be switched off on ${arch}`);
    const texts = ["scenario", "main"].map((name) => readFileSync(join(app, `${name}.mjs`), "utf8"));
    const [scenario, main] = texts.map((text) =>
      text
        .replace('import { peaks } from "odenet/data";', slim)
        .replace('from "odenet"', 'from "odenet/slim"')
        .replace("./scenario.mjs", "./scenario-slim.mjs"),
    );
    writeFileSync(join(app, "scenario-slim.mjs"), scenario);
    writeFileSync(join(app, "main-slim.mjs"), main);
    return runModule(process.execPath, ["--no-enable-sse4-1"], app, "main-slim.mjs");
  },
};

const own = process.versions.node.split(".")[0];
export default [node, ...["22", "24", "26"].filter((v) => v !== own).map(otherNode), withoutSimd, deno, bun];
