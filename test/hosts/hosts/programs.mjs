// Programs that run a module: Node in its versions, Deno, Bun.
import { existsSync } from "node:fs";
import { join } from "node:path";
import { output } from "../run-child.mjs";
import { Missing, tool } from "../tools.mjs";

const { platform, arch } = process;

async function runModule(command, args, app) {
  if (!existsSync(command)) throw new Missing(`no program for ${platform} on ${arch}`);
  const said = await output(command, [...args, "main.mjs"], { cwd: app, env: { NODE_OPTIONS: "" } });
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

const own = process.versions.node.split(".")[0];
export default [node, ...["22", "24", "26"].filter((v) => v !== own).map(otherNode), deno, bun];
