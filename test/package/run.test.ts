import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { hostname } from "node:os";
import { delimiter, join } from "node:path";
import { expect, test } from "vitest";
import { runNode, startNode } from "../support/runNode.ts";
import { copyFromRoot, scratchFolder } from "../support/scratch.ts";

/** Writes down how it was called, then installs one package as npm ci would. */
const FAKE_NPM = `
  const { appendFileSync, mkdirSync, rmSync, writeFileSync } = require("node:fs");
  const { setTimeout: sleep } = require("node:timers/promises");
  appendFileSync("calls.log", "npm " + process.argv.slice(2).join(" ") + "\\n");
  (async () => {
    rmSync("node_modules", { recursive: true, force: true });
    await sleep(Number(process.env.FAKE_NPM_TAKES ?? 0));
    if (process.env.FAKE_NPM_FAILS) { console.error("npm error no such version"); process.exit(7); }
    mkdirSync("node_modules/thing", { recursive: true });
    writeFileSync("node_modules/thing/package.json", "{}");
    writeFileSync("node_modules/.package-lock.json", require("node:fs").readFileSync("package-lock.json"));
  })();
`;

const FAKE_BUILD = `
  import { appendFileSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
  import { rememberBuild, sourceHash } from "./build/freshness.mjs";
  appendFileSync("calls.log", "build\\n");
  if (readFileSync("src/index.ts", "utf8").includes("broken")) { console.error("src/index.ts: syntax"); process.exit(3); }
  mkdirSync("build", { recursive: true });
  writeFileSync("build/start.js", readFileSync("src/start.js"));
  rememberBuild(".", "all", sourceHash(".", "all"), ["build/start.js"]);
`;

/** Says its arguments; ends as its environment asks. */
const START = `
  console.log("started", JSON.stringify(process.argv.slice(2)));
  if (process.env.START_WAITS) setInterval(() => {}, 1000);
  else process.exit(Number(process.env.START_EXITS ?? 0));
`;

const lock = (version: string) =>
  JSON.stringify({ lockfileVersion: 3, packages: { "": {}, "node_modules/thing": { version, dev: true } } });

/** A clone of a small package with our scripts, an npm that takes no time, and nothing installed. */
function clone() {
  const folder = scratchFolder({
    "package.json": JSON.stringify({
      type: "module",
      scripts: { start: "node scripts/run.mjs start", greet: "node greet.mjs" },
    }),
    "greet.mjs": 'console.log("greet", JSON.stringify(process.argv.slice(2))); process.exit(5);',
    "package-lock.json": lock("1.0.0"),
    "src/index.ts": "export {};",
    "src/start.js": START,
    "bin/npm.cjs": FAKE_NPM,
    "bin/npm-cli.cjs": FAKE_NPM,
    "bin/npm.cmd": `@"${process.execPath}" "%~dp0npm.cjs" %*`,
  });
  writeFileSync(join(folder, "bin", "npm"), `#!/bin/sh\nexec "${process.execPath}" "$(dirname "$0")/npm.cjs" "$@"\n`, {
    mode: 0o755,
  });
  copyFromRoot(folder, "scripts");
  writeFileSync(join(folder, "scripts", "build.mjs"), FAKE_BUILD);

  const env = {
    PATH: `${join(folder, "bin")}${delimiter}${process.env.PATH}`,
    npm_execpath: undefined,
    NODE_ENV: "production",
    npm_config_ignore_scripts: "true",
  };
  return {
    folder,
    run: (args: string[], more: Record<string, string> = {}) =>
      runNode(["scripts/run.mjs", ...args], folder, { ...env, ...more }),
    start: (args: string[], more: Record<string, string> = {}) =>
      startNode(["scripts/run.mjs", ...args], folder, { ...env, ...more }),
    write: (path: string, text: string) => writeFileSync(join(folder, path), text),
    calls: () => {
      const log = join(folder, "calls.log");
      const calls = existsSync(log) ? readFileSync(log, "utf8").trim().split("\n") : [];
      rmSync(log, { force: true });
      return calls;
    },
  };
}

const INSTALL = "npm ci --include=dev --include=optional --ignore-scripts --no-audit --no-fund";

test("on a fresh clone it installs, builds and runs, and the second time only runs", async () => {
  const { run, calls } = clone();
  const first = await run(["start"]);
  expect(first.stderr).toContain("dependencies are not installed: running npm ci");
  expect(first.stderr).toContain("build is missing: running node scripts/build.mjs");
  expect(first).toMatchObject({ code: 0, stdout: "started []\n" });
  expect(calls()).toEqual([INSTALL, "build"]);

  expect(await run(["start"])).toMatchObject({ code: 0, stdout: "started []\n", stderr: "" });
  expect(calls()).toEqual([]);
});

test("it installs with the npm that started it, where that is known", async () => {
  const { folder, run, calls } = clone();
  await run(["start"], { npm_execpath: join(folder, "bin", "npm-cli.cjs"), PATH: "" });
  expect(calls()).toEqual([INSTALL, "build"]);
});

test("a changed lock is installed, a changed source is built", async () => {
  const { folder, run, write, calls } = clone();
  await run(["start"]);
  calls();

  write("package-lock.json", lock("1.1.0"));
  expect((await run(["start"])).stderr).toContain("dependencies differ from package-lock.json");
  expect(calls()).toEqual([INSTALL, "build"]);

  write("src/index.ts", "export const changed = 1;");
  expect((await run(["start"])).stderr).toContain("build is older than the sources");
  expect(calls()).toEqual(["build"]);

  rmSync(join(folder, "build", "start.js"));
  expect((await run(["start"])).stderr).toContain("build is incomplete");
  expect(calls()).toEqual(["build"]);

  rmSync(join(folder, "node_modules", "thing"), { recursive: true });
  expect((await run(["start"])).stderr).toContain("dependencies are incomplete");
  expect(calls()).toEqual([INSTALL]);
});

test("what somebody installed by hand is not installed again", async () => {
  const { folder, run, write, calls } = clone();
  mkdirSync(join(folder, "node_modules", "thing"), { recursive: true });
  write("node_modules/thing/package.json", "{}");
  write("node_modules/.package-lock.json", lock("1.0.0"));
  await run(["start"]);
  expect(calls()).toEqual(["build"]);
});

test("two at once install and build once", async () => {
  const { start, calls } = clone();
  const first = start(["start"], { FAKE_NPM_TAKES: "1500" });
  await first.says("running npm ci");
  const second = start(["start", "second"]);
  await second.says(`another run (process ${first.child.pid}) is installing or building; waiting for it.`);
  expect(await first.finished).toMatchObject({ code: 0, stdout: "started []\n" });
  expect(await second.finished).toMatchObject({ code: 0, stdout: 'started ["second"]\n' });
  expect(calls()).toEqual([INSTALL, "build"]);
});

test("a lock whose owner died is broken by one of many, and the work is done once", async () => {
  const { folder, run, write, calls } = clone();
  const { child, finished } = startNode(["-e", ""], folder);
  await finished;
  mkdirSync(join(folder, ".cache", "prepare.lock"), { recursive: true });
  write(".cache/prepare.lock/owner.json", JSON.stringify({ pid: child.pid, host: hostname() }));
  const runs = await Promise.all([1, 2, 3, 4].map(() => run(["start"])));
  expect(runs.map(({ code }) => code)).toEqual([0, 0, 0, 0]);
  expect(calls()).toEqual([INSTALL, "build"]);
  expect(existsSync(join(folder, ".cache", "prepare.lock"))).toBe(false);
});

test("a failing install is one clear sentence and is tried again the next time", async () => {
  const { run, calls } = clone();
  const { code, stdout, stderr } = await run(["start"], { FAKE_NPM_FAILS: "1" });
  expect(code).toBe(1);
  expect(stdout).toBe("");
  expect(stderr).toContain("npm error no such version");
  expect(stderr.trimEnd().split("\n").at(-1)).toMatch(
    /^odenet: installing the dependencies failed, so nothing was run\./,
  );
  expect(calls()).toEqual([INSTALL]);

  expect((await run(["start"])).code).toBe(0);
  expect(calls()).toEqual([INSTALL, "build"]);
});

test("npm that is not there is one clear sentence", async () => {
  const { code, stderr } = await clone().run(["start"], { PATH: "" });
  expect(code).toBe(1);
  expect(stderr.trimEnd().split("\n").at(-1)).toMatch(/^odenet: npm could not be started: .*ENOENT/);
});

test("a failing build is one clear sentence", async () => {
  const { run, write } = clone();
  write("src/index.ts", "broken");
  const { code, stdout, stderr } = await run(["start"]);
  expect(code).toBe(1);
  expect(stdout).toBe("");
  expect(stderr.trimEnd().split("\n").at(-1)).toBe(
    "odenet: the build failed, so nothing was run. The compiler's message is above.",
  );
});

const AWKWARD = ["--epochs", "3", "two words", "$HOME", "it's", '"quoted"', "*", ""];

test("arguments and exit code pass through", async () => {
  const { run } = clone();
  const { code, stdout } = await run(["start", ...AWKWARD], { START_EXITS: "42" });
  expect(stdout).toBe(`started ${JSON.stringify(AWKWARD)}\n`);
  expect(code).toBe(42);
});

test("so they do for a script of package.json", async () => {
  const { run } = clone();
  const { code, stdout } = await run(["greet", ...AWKWARD]);
  expect(stdout).toBe(`greet ${JSON.stringify(AWKWARD)}\n`);
  expect(code).toBe(5);
});

test("an unknown command is refused with those that exist", async () => {
  const { code, stderr } = await clone().run(["strat"]);
  expect(code).toBe(2);
  expect(stderr).toContain("odenet: expected a command, got strat. Use one of: start, test, greet.");
});

test.skipIf(process.platform === "win32").each(["SIGTERM", "SIGINT", "SIGHUP"] as const)(
  "%s reaches the command, and the run ends by it",
  async (signal) => {
    const running = clone().start(["start"], { START_WAITS: "1" });
    await running.says("started");
    running.child.kill(signal);
    expect(await running.finished).toMatchObject({ code: null, signal });
  },
);

test.skipIf(process.platform === "win32")("a signal while installing ends the run and frees the lock", async () => {
  const { folder, run, start } = clone();
  const running = start(["start"], { FAKE_NPM_TAKES: "60000" });
  await running.says("running npm ci");
  await new Promise((resolve) => setTimeout(resolve, 300));
  running.child.kill("SIGTERM");
  expect(await running.finished).toMatchObject({ signal: "SIGTERM", stdout: "" });
  expect(existsSync(join(folder, ".cache", "prepare.lock"))).toBe(false);
  expect((await run(["start"])).code).toBe(0);
});
