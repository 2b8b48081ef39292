import { spawnSync } from "node:child_process";
import { readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { ROOT } from "../support/scratch.ts";

// The part of `npm run test:hosts` that Node alone can run, held against the hashes in docs/hosts.md.

interface Row {
  name: string;
  results?: Record<string, string>;
  missing?: string;
  failed?: string;
}
interface Hosts {
  installed(): Promise<string>;
  runScenario(app: string, hosts: unknown[]): Promise<Row[]>;
  runPlans(app: string, hosts: unknown[]): Promise<Row[]>;
}

const at = (path: string) => new URL(`../hosts/${path}`, import.meta.url).href;
const { installed, runScenario, runPlans } = (await import(at("run.mjs"))) as Hosts;
const { node } = (await import(at("hosts/programs.mjs"))) as { node: { run(context: object): unknown } };
const document = readFileSync(join(ROOT, "docs", "hosts.md"), "utf8");

/** The two hashes of a sentence in docs/hosts.md that ends "`…` in f32 and `…` in f64." */
function written(of: RegExp): { f32: string; f64: string } {
  const [, f32 = "", f64 = ""] =
    new RegExp(`${of.source} \`([0-9a-f ]+)\` in f32 and \`([0-9a-f ]+)\` in f64`).exec(document) ?? [];
  return { f32, f64 };
}

let app = "";
beforeAll(async () => {
  app = await installed();
});
afterAll(() => rmSync(app, { recursive: true, force: true, maxRetries: 5 }));

it("the installed package computes the hashes of docs/hosts.md, by one thread and by two", async () => {
  const { f32, f64 } = written(/scores begins with/);
  expect(f32).toMatch(/^[0-9a-f]{12}$/);
  const [row] = await runScenario(app, [node]);
  expect(row?.results, row?.failed).toEqual({ "f32 × 1": f32, "f64 × 1": f64, "f32 × 2": f32, "f64 × 2": f64 });
});

it("and so does a plan without the library", async () => {
  const { f32, f64 } = written(/of the scores is/);
  expect(f32).toMatch(/^[0-9a-f]{8} [0-9a-f]{8}$/);
  const [row] = await runPlans(app, []);
  expect(row?.results, row?.failed).toEqual({ f32, f64 });
});

it("a host that fails, and one that is missing, are told apart from one that works", async () => {
  const { Missing } = (await import(at("tools.mjs"))) as { Missing: new (message: string) => Error };
  const failing = (error: Error) => ({
    name: "host",
    run() {
      throw error;
    },
  });
  const rows = await runScenario(app, [failing(new Error("broken")), failing(new Missing("not installed"))]);
  expect(rows).toEqual([
    { name: "host", failed: "broken" },
    { name: "host", missing: "not installed" },
  ]);
});

it("core.h is C: a compiler takes it, where there is one, and it says what the module exports", () => {
  const header = readFileSync(join(ROOT, "dist", "core.h"), "utf8");
  const module = new WebAssembly.Module(readFileSync(join(ROOT, "dist", "core.wasm")));
  const functions = WebAssembly.Module.exports(module).filter(({ kind }) => kind === "function");
  const declared = [...header.matchAll(/^typedef \w+ odenet_(\w+)\(/gm)].map(([, name]) => name);
  expect(declared.sort()).toEqual(functions.map(({ name }) => name).sort());
  const { status, error, stderr } = spawnSync(
    "cc",
    ["-xc", "-std=c99", "-Wall", "-Werror", "-pedantic", "-fsyntax-only", "-"],
    {
      input: header,
      encoding: "utf8",
    },
  );
  if (!error) expect(stderr || status).toBe(0);
});
