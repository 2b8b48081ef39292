import { spawnSync } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { transform } from "esbuild";
import { expect, it } from "vitest";
import { runNode } from "../support/runNode.ts";
import { ROOT } from "../support/scratch.ts";

interface Packed {
  size: number;
  files: { path: string }[];
}

const manifest = JSON.parse(readFileSync(join(ROOT, "package.json"), "utf8"));

function pack(): Packed {
  const { stdout, stderr } = spawnSync("npm", ["pack", "--dry-run", "--json", "--ignore-scripts"], {
    cwd: ROOT,
    encoding: "utf8",
    env: { ...process.env, npm_config_loglevel: "error" },
  });
  const parsed = JSON.parse(stdout || `["${stderr}"]`);
  return (Array.isArray(parsed) ? parsed[0] : Object.values(parsed)[0]) as Packed;
}

it("npm pack lists what is meant, and little", () => {
  const { files, size } = pack();
  const strange = files.map(({ path }) => path).filter((path) => !MEANT.some((pattern) => pattern.test(path)));
  expect(strange).toEqual([]);
  expect(size).toBeLessThan(690_000); // 110 kB are the worker as one text, for bundlers that leave its file behind
});

const MEANT = [
  /^(package\.json|README\.md|CHANGELOG\.md|LICENSE|THIRD-PARTY\.md)$/,
  /^dist\/(index|slim|data|tables|plots|worker|formats)\.(js|d\.ts)$/,
  /^dist\/(index|data)\.workerd\.js$/,
  /^dist\/(cli\.js|serving\.js|core\.wasm|core\.wasm\.d\.ts|core\.h|llms\.txt)$/,
  /^dist\/lab(\.worker|\.thread)?\.js$/,
  /^dist\/lab\/[\w.]+$/,
  /^dist\/chunks\/[\w.-]+-[A-Z0-9]{8}\.js$/,
  /^dist\/chunks\/[\w.]+\.d\.ts$/,
];

function* targets(exports: unknown): Generator<string> {
  if (typeof exports === "string") yield exports;
  else for (const value of Object.values(exports as object)) yield* targets(value);
}

it("every export is there, with its types first", () => {
  const published = new Set(pack().files.map(({ path }) => `./${path}`));
  for (const target of targets(manifest.exports)) expect(published).toContain(target);
  for (const conditions of Object.values(manifest.exports as object)) {
    if (typeof conditions === "object") expect(Object.keys(conditions)[0]).toBe("types");
  }
});

it("nothing is installed beside it and nothing runs then", () => {
  expect(manifest.dependencies).toBeUndefined();
  expect(Object.keys(manifest.scripts).filter((name) => /install|prepare/.test(name))).toEqual([]);
});

it("no file waits at its top level: esbuild would refuse to make a script of it", async () => {
  const files = readdirSync(join(ROOT, "dist"), { recursive: true, encoding: "utf8" }).filter((f) => f.endsWith(".js"));
  expect(files.length).toBeGreaterThan(8);
  for (const file of files) await transform(readFileSync(join(ROOT, "dist", file), "utf8"), { format: "cjs" });
  await expect(transform("await 0; export {};", { format: "cjs", logLevel: "silent" })).rejects.toThrow(
    /[Tt]op-level await/,
  );
});

it("publint and the licences of what is bundled are in order", async () => {
  const { stdout, code } = await runNode(["scripts/checkPackage.mjs", "publint", "licences"], ROOT);
  expect(stdout).toBe("check:package: publint, licences in order.\n");
  expect(code).toBe(0);
});

it("the core imports nothing", () => {
  const core = new WebAssembly.Module(readFileSync(join(ROOT, "dist", "core.wasm")));
  expect(WebAssembly.Module.imports(core)).toEqual([]);
});

it("the licences of what is bundled are there as they were given", () => {
  const licences = readFileSync(join(ROOT, "THIRD-PARTY.md"), "utf8");
  expect(licences).toMatch(/^## @assemblyscript\/loader [\d.]+\n\nApache-2.0 /m);
  expect(licences).toContain("TERMS AND CONDITIONS FOR USE, REPRODUCTION, AND DISTRIBUTION");
});
