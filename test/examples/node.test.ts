import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { runNode } from "../support/runNode.ts";
import { ROOT, scratchFolder } from "../support/scratch.ts";

const FOLDER = join(ROOT, "examples", "node");

/** What each example prints; one without an entry fails. */
const PRINTS: Readonly<Record<string, RegExp>> = {
  "train-and-save.mjs":
    /^epoch 0: loss [\s\S]+\n(finished|converged), best in epoch \d+: accuracy 0\.[89]\d*\. Saved as peaks\.safetensors\n$/,
  "load-and-predict.mjs": /^\[ '\d', '\d' \] Float32Array\(10\) \[/,
  "resume.mjs": /^the same bits: true\naccuracy (1|0\.9\d*)\n$/,
  "own-csv.mjs": /^weight in g, length in mm → apple, banana, cherry: accuracy 1\n165 g and 76 mm: apple\n$/,
};

/** In the order in which one is meant to read them: the second needs the first one's file. */
const files = Object.keys(PRINTS);

it("every example is run here", () => {
  expect(
    readdirSync(FOLDER)
      .filter((name) => name.endsWith(".mjs"))
      .sort(),
  ).toEqual([...files].sort());
});

it("the examples do what they say, in a folder of their own", async () => {
  expect(existsSync(join(ROOT, "dist", "index.js")), "run node scripts/build.mjs, or npm test").toBe(true);
  const cwd = scratchFolder();
  const run = async (name: string) => {
    const { code, stdout, stderr } = await runNode([join(FOLDER, name)], cwd);
    expect({ name, code, stderr }).toEqual({ name, code: 0, stderr: "" });
    expect(stdout).toMatch(PRINTS[name] as RegExp);
  };
  await Promise.all([
    run("train-and-save.mjs").then(() => run("load-and-predict.mjs")),
    run("resume.mjs"),
    run("own-csv.mjs"),
  ]);
});

it("a table larger than memory: 50 MB stream through in a fraction of it", async () => {
  const { code, stdout } = await runNode(["scripts/bench.mjs", "stream", "0.05"], ROOT);
  expect(stdout).toMatch(/209,715 rows of 64 numbers, 0\.05 GiB: .+, peak memory \d+ MiB/);
  expect(code).toBe(0);
});
