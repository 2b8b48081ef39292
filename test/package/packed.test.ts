import { spawn, spawnSync } from "node:child_process";
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { ROOT, scratchFolder } from "../support/scratch.ts";

/** Runs a program found on PATH, without a terminal and without anything npm would tell its scripts. */
function run(command: string, args: string[], cwd: string): Promise<{ code: number | null; output: string }> {
  const env = Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.startsWith("npm_")));
  const child = spawn(command, args, { cwd, env: { ...env, NO_COLOR: "1" }, stdio: ["ignore", "pipe", "pipe"] });
  let output = "";
  for (const stream of [child.stdout, child.stderr]) {
    stream.on("data", (part: Buffer) => {
      output += part.toString();
    });
  }
  return new Promise((resolve, reject) => {
    child.on("error", reject);
    child.on("close", (code) => resolve({ code, output }));
  });
}

const quiet = ["--no-audit", "--no-fund", "--no-update-notifier", "--loglevel=error"];

it("the packed package, installed in an empty folder without a network, trains and is imported", {
  timeout: 60_000,
}, async () => {
  const cwd = scratchFolder({ "package.json": '{ "private": true, "type": "module" }' });
  const packed = await run("npm", ["pack", "--pack-destination", cwd, ...quiet], ROOT);
  expect(packed.code, packed.output).toBe(0);
  const tarball = readdirSync(cwd).find((name) => name.endsWith(".tgz")) as string;
  const installed = await run("npm", ["install", "--offline", ...quiet, `./${tarball}`], cwd);
  expect(installed.code, installed.output).toBe(0);
  expect(readdirSync(join(cwd, "node_modules")).filter((name) => !name.startsWith("."))).toEqual(["odenet"]);

  const trained = await run(
    "npx",
    ["--offline", "odenet", "train", "peaks", "--epochs", "2", "--out", "m.safetensors"],
    cwd,
  );
  expect(trained.output).toMatch(/saved: m\.safetensors/);
  expect(trained.code).toBe(0);
  const script = `
    import { readFileSync } from "node:fs";
    import { modelFromBytes } from "odenet";
    const model = await modelFromBytes(readFileSync("m.safetensors"));
    console.log(model.predict([0, 0]).classes.length, model.network.classes.join());
  `;
  expect(await run(process.execPath, ["--input-type=module", "--eval", script], cwd)).toEqual({
    code: 0,
    output: "1 0,1,2,3,4\n",
  });
});

it("at a terminal there is a bar that moves, and the cursor comes back", async (context) => {
  if (spawnSync("script", ["--version"]).status !== 0)
    return context.skip("there is no script(1) to make a terminal with");
  const command = `stty cols 100 rows 30; ${process.execPath} ${join(ROOT, "dist", "cli.js")} train peaks --epochs 60 --batch 8`;
  const { code, output } = await run("script", ["-qec", command, "/dev/null"], scratchFolder());
  expect(code).toBe(0);
  expect(output).toMatch(/epoch \d+\/60 .*━/);
  expect(output).toContain("\u001b[?25l");
  expect(output.lastIndexOf("\u001b[?25h")).toBeGreaterThan(output.lastIndexOf("\u001b[?25l"));
  expect(output).toContain("finished: 60 epochs done");
});
