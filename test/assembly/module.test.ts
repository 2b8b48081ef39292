import { readFileSync } from "node:fs";
import { expect, it } from "vitest";
import { coreModule, instantiateCore } from "../../src/core/host/load.ts";

it("the module imports nothing", () => {
  expect(WebAssembly.Module.imports(coreModule())).toEqual([]);
});

it("the module exports what assembly/index.ts says, and its memory", () => {
  const text = readFileSync(new URL("../../assembly/index.ts", import.meta.url), "utf8");
  const functions = [...text.matchAll(/export function (\w+)/g)].map((m) => m[1] as string);
  const passedOn = [...text.matchAll(/export \{([^}]*)\}/g)].flatMap((m) => (m[1] as string).split(","));
  const names = [...functions, ...passedOn.map((name) => name.trim()).filter(Boolean), "memory"];
  const found = WebAssembly.Module.exports(coreModule()).map((e) => e.name);
  expect(found.sort()).toEqual(names.sort());
});

it("every kernel exists in both precisions", () => {
  const names = Object.keys(instantiateCore());
  const singles = names.filter((n) => names.includes(`d${n.slice(1)}`) && n.startsWith("s"));
  expect(singles.length).toBeGreaterThan(12);
  for (const name of names.filter((n) => n.startsWith("d"))) expect(names).toContain(`s${name.slice(1)}`);
});

it("the ABI has its version", () => {
  expect((instantiateCore().abi_version as () => number)()).toBe(1);
});
