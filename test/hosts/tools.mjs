// Programs that the hosts are, installed once into .cache/hosts by npm: whole versions, no install scripts.
import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const CACHE = fileURLToPath(new URL("../../.cache/hosts", import.meta.url));
const { platform, arch } = process;

/** Names of packages by tool. Runtimes come as the package that holds the program for this machine. */
const PACKAGES = {
  "node-22": [`node-${platform}-${arch}@22`],
  "node-24": [`node-${platform}-${arch}@24`],
  "node-26": [`node-${platform}-${arch}@26`],
  deno: [`@deno/${platform}-${arch}${platform === "linux" ? "-glibc" : ""}`],
  bun: [`@oven/bun-${platform}-${arch}${arch === "x64" ? "-baseline" : ""}`],
  workerd: [`@cloudflare/workerd-${platform}-${arch === "x64" ? "64" : arch}`],
  wabt: ["wabt@1.0.39"],
  wizer: ["@bytecodealliance/wizer"],
  vite: ["vite@8"],
  "vite-7": ["vite@7"],
  parcel: ["parcel@2"],
  next: ["next@16", "react@19", "react-dom@19"],
  webpack: ["webpack@5"],
  rollup: ["rollup@4", "@rollup/plugin-node-resolve"],
  esbuild: ["esbuild@0.28"],
  puppeteer: ["puppeteer-core"],
};

export const tools = Object.keys(PACKAGES);

/** The folder of a tool, installed when first asked for; throws `missing …` where it cannot be had. */
export function tool(name) {
  const folder = join(CACHE, name);
  if (!existsSync(join(folder, "node_modules"))) {
    mkdirSync(folder, { recursive: true });
    writeFileSync(join(folder, "package.json"), '{ "private": true }\n');
    const args = ["install", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error", ...PACKAGES[name]];
    const { status } = spawnSync("npm", args, { cwd: folder, encoding: "utf8" });
    if (status !== 0) throw new Missing(`npm could not install ${PACKAGES[name].join(" ")}`);
  }
  return folder;
}

/** What a host throws that is not on this machine: the table says so. */
export class Missing extends Error {}

/** A program of the machine, by name or by a variable of the environment. */
export function program(name, hint, variable = "") {
  const { stdout } = spawnSync("sh", ["-c", `command -v ${name}`], { encoding: "utf8" });
  const found = process.env[variable] || stdout.trim();
  if (!found) throw new Missing(`no ${name}: ${hint}`);
  return found;
}
