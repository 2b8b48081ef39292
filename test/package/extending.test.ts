import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { applyHunk, blocksOf } from "../support/page.ts";
import { runNode } from "../support/runNode.ts";
import { addFiles, copyFromRoot, linkDependencies, ROOT, scratchFolder } from "../support/scratch.ts";

const tool = (...path: string[]) => join("node_modules", ...path);

it("docs/extending.md: every block, applied to a copy of the repository, builds, type-checks and does what it says", {
  timeout: 240_000,
}, async () => {
  const blocks = blocksOf(readFileSync(join(ROOT, "docs", "extending.md"), "utf8"));
  expect(blocks.filter(({ kind }) => kind === "run")).toHaveLength(1);
  const cwd = scratchFolder();
  const sources = ["assembly", "src", "scripts", "test/reference", "test/support", "test/laws", "test/fixtures"];
  const settings = [
    "package.json",
    "package-lock.json",
    "asconfig.json",
    "biome.json",
    ".gitignore",
    "vitest.config.ts",
  ];
  copyFromRoot(cwd, ...sources, ...settings, "tsconfig.json", "tsconfig.build.json");
  linkDependencies(cwd);
  for (const block of blocks) {
    if (block.kind === "file") addFiles(cwd, { [block.path]: block.text });
    if (block.kind !== "change") continue;
    const text = readFileSync(join(cwd, block.path), "utf8");
    addFiles(cwd, { [block.path]: block.hunks.reduce(applyHunk, text) });
  }
  blocks.forEach((block, i) => {
    if (block.kind === "run") addFiles(cwd, { [`check${i}.mjs`]: block.text });
  });

  const done = async (...args: string[]) => {
    const { code, stdout, stderr } = await runNode(args, cwd);
    expect(code, `${args.join(" ")}\n${stdout}\n${stderr}`).toBe(0);
  };
  await done("scripts/build.mjs", "trial");
  const changed = blocks.flatMap((block) => (block.kind === "run" ? [] : [block.path]));
  const files = ["src/index.ts", "src/f64.d.ts", ...changed.filter((path) => /^(src|test)\/.*\.ts$/.test(path))];
  addFiles(cwd, { "tsconfig.changed.json": JSON.stringify({ extends: "./tsconfig.json", include: [], files }) });
  const checks = blocks.flatMap(({ kind }, i) => (kind === "run" ? [`check${i}.mjs`] : []));
  await Promise.all([
    ...checks.map((check) => done(check)),
    done(tool("typescript", "bin", "tsc"), "--noEmit", "--project", "tsconfig.changed.json"),
    done(tool("@biomejs", "biome", "bin", "biome"), "lint", "--colors=off", "--vcs-enabled=false", ...new Set(changed)),
    done(tool("vitest", "vitest.mjs"), "run", "--reporter=dot", "test/laws/derivatives.test.ts", "-t", "algebraic"),
  ]);
});
