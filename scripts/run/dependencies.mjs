// Are the dependencies of package-lock.json installed? If not, npm ci.
import { createHash } from "node:crypto";
import { existsSync, lstatSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";
import { runChild } from "./child.mjs";

const INSTALL = ["ci", "--include=dev", "--include=optional", "--ignore-scripts", "--no-audit", "--no-fund"];

/** What to type to try it by hand. */
export const installCommand = `npm ${INSTALL.join(" ")}`;

const stampFile = (root) => join(root, "node_modules", ".odenet-lock");

/** The platform belongs to it: esbuild and Biome are different files in a container that shares the folder. */
function stamp(root) {
  const lock = readFileSync(join(root, "package-lock.json"));
  return `${process.platform} ${process.arch} ${createHash("sha256").update(lock).digest("hex")}`;
}

const read = (file) => (existsSync(file) ? readFileSync(file, "utf8") : undefined);

function packagesOf(file) {
  try {
    return JSON.parse(readFileSync(file, "utf8")).packages ?? {};
  } catch {
    return undefined;
  }
}

const allows = (list, value) =>
  !list || list.includes(value) || (list.every((x) => x.startsWith("!")) && !list.includes(`!${value}`));

/** Undefined when everything is installed and as locked, else what is wrong, to be shown. */
export function dependenciesProblem(root) {
  const installed = packagesOf(join(root, "node_modules", ".package-lock.json"));
  if (!installed) return "are not installed";
  const locked = Object.entries(packagesOf(join(root, "package-lock.json")) ?? {}).filter(([path]) => path !== "");
  const needed = locked.filter(([, entry]) => !entry.optional && !entry.link);
  if (!needed.every(([path]) => existsSync(join(root, path, "package.json")))) return "are incomplete";
  if (read(stampFile(root)) === stamp(root)) return undefined;

  // No stamp of ours, or another lock: somebody ran npm by hand. What npm noted in node_modules decides.
  const fits = locked.filter(
    ([, entry]) => allows(entry.os, process.platform) && allows(entry.cpu, process.arch) && !entry.libc,
  );
  const same = fits.every(([path, entry]) => installed[path]?.version === entry.version);
  if (!same) return "differ from package-lock.json";
  writeFileSync(stampFile(root), stamp(root));
  return undefined;
}

/** npm's own JavaScript when npm started us, else the npm on PATH (a .cmd file on Windows, which needs a shell). */
function npmCall() {
  const path = process.env.npm_execpath;
  if (path && /^npm-cli\.[cm]?js$/.test(basename(path)) && existsSync(path))
    return [process.execPath, [path, ...INSTALL]];
  return process.platform === "win32" ? [installCommand, [], { shell: true }] : ["npm", INSTALL];
}

/** Runs npm ci and leaves the stamp. Its report goes to stderr, so that stdout stays the command's own. */
export async function installDependencies(root) {
  const folder = join(root, "node_modules");
  if (lstatSync(folder, { throwIfNoEntry: false })?.isSymbolicLink()) {
    // npm ci would empty the folder behind the link, which somebody else uses.
    console.error(
      `odenet: node_modules is a link to another folder, which npm ci would empty. Remove the link, or run ${installCommand} there.`,
    );
    return { code: 1, signal: null };
  }
  rmSync(stampFile(root), { force: true });
  const [file, args, options] = npmCall();
  const result = await runChild(file, args, { cwd: root, stdio: ["ignore", 2, 2], ...options });
  if (result.code === 0) writeFileSync(stampFile(root), stamp(root));
  return result;
}
