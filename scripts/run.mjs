// Runs a command of this package on any clone: installs what is missing, builds what is stale, then does the work.
//   node scripts/run.mjs start [arguments]     the showcase: a ResNet learns handwritten digits
//   node scripts/run.mjs test [files]          lint, types and all tests; with arguments, vitest alone on these
//   node scripts/run.mjs <script> [arguments]  any other script of package.json
// Node's own modules only: this runs before anything is installed.
import { existsSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { buildProblem } from "./build/freshness.mjs";
import { endLike, runChild } from "./run/child.mjs";
import { dependenciesProblem, installCommand, installDependencies } from "./run/dependencies.mjs";
import { withLock } from "./run/lock.mjs";
import { test } from "./run/test.mjs";

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const [command, ...args] = process.argv.slice(2);

const say = (sentence) => console.error(`odenet: ${sentence}`);

function fail(sentence, code = 1) {
  say(sentence);
  process.exit(code);
}

const isReady = () => !dependenciesProblem(root) && !buildProblem(root, "all");

/** Installs and builds where needed, one process at a time. Resolves to a child that was stopped by a signal, if any. */
async function prepare() {
  if (isReady()) return undefined;
  return withLock(join(root, ".cache", "prepare.lock"), installAndBuild, (pid) =>
    say(`another run${pid ? ` (process ${pid})` : ""} is installing or building; waiting for it.`),
  );
}

async function installAndBuild() {
  const dependencies = dependenciesProblem(root);
  if (dependencies) {
    say(`the dependencies ${dependencies}: running npm ci (once, about a minute).`);
    const result = await installDependencies(root).catch((error) =>
      fail(`npm could not be started: ${error.message}.`),
    );
    if (result.signal) return result;
    if (result.code !== 0) {
      fail(
        `installing the dependencies failed, so nothing was run. npm's message is above; by hand: ${installCommand}`,
      );
    }
  }
  const build = buildProblem(root, "all");
  if (build) {
    say(`the build ${build}: running node scripts/build.mjs.`);
    const result = await runChild(process.execPath, ["scripts/build.mjs"], { cwd: root, stdio: ["ignore", 2, 2] });
    if (result.signal) return result;
    if (result.code !== 0) fail("the build failed, so nothing was run. The compiler's message is above.");
  }
  return undefined;
}

/** A script of package.json, run as npm would, but without a shell between us and its exit code where it is plain node. */
async function script() {
  const { scripts = {} } = JSON.parse(readFileSync(join(root, "package.json"), "utf8"));
  const own = Object.keys(scripts).filter((name) => !scripts[name].includes("scripts/run.mjs"));
  if (!own.includes(command)) {
    fail(`expected a command, got ${command ?? "none"}. Use one of: ${["start", "test", ...own].join(", ")}.`, 2);
  }
  const bin = join(root, "node_modules", ".bin");
  const separator = process.platform === "win32" ? ";" : ":";
  const env = { ...process.env, PATH: `${bin}${separator}${process.env.PATH ?? ""}` };
  return runChild(`${scripts[command]} ${args.map(quote).join(" ")}`.trim(), [], { cwd: root, shell: true, env });
}

const quote = (word) =>
  process.platform === "win32" ? `"${word.replaceAll('"', '""')}"` : `'${word.replaceAll("'", "'\\''")}'`;

const commands = {
  start: () => {
    const entry = join("build", "start.js");
    if (!existsSync(join(root, entry))) fail("npm start has nothing to run yet: src/cli/start/main.ts does not exist.");
    return runChild(process.execPath, [entry, ...args], { cwd: root });
  },
  lab: () => runChild(process.execPath, [join("dist", "cli.js"), "lab", ...args], { cwd: root }),
  test: () => test(root, args, say),
};

const stopped = await prepare();
endLike(stopped ?? (await (Object.hasOwn(commands, command ?? "") ? commands[command] : script)()));
