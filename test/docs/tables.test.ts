/** What the tables of docs/reference.md and docs/numerics.md claim, against the registries and against measurements. */
import { describe, expect, it } from "vitest";
import * as data from "../../src/data/index.ts";
import * as odenet from "../../src/index.ts";
import {
  activations,
  dynamics,
  imagePresets,
  integrators,
  kernels,
  layers,
  losses,
  optimizers,
  presets,
  regularizers,
} from "../../src/index.ts";
import type { Integrator } from "../../src/integrators/integrator.ts";
import { readDocument, tableOf } from "./markdown.ts";

/** The names in the first cell of each row: `verlet`, or `adam`, `adamW`. */
const namesIn = (first: string) =>
  tableOf("docs/reference.md", first).flatMap(([cell = ""]) =>
    [...cell.matchAll(/`(\w+)[^`]*`/g)].map(([, name]) => name),
  );

const registries = {
  activation: activations,
  dynamics,
  integrator: integrators,
  kernel: kernels,
  loss: losses,
  optimizer: optimizers,
  regularizer: regularizers,
};

describe("the tables of docs/reference.md", () => {
  it.each(Object.entries({ ...registries, preset: presets, "preset for images": imagePresets }))(
    "have every %s, and no other",
    (first, registry) => {
      expect(namesIn(first).sort()).toEqual(Object.keys(registry).sort());
    },
  );

  it("have every layer, and residual, a shorthand for one", () => {
    expect(namesIn("layer").sort()).toEqual([...Object.keys(layers), "residual"].sort());
  });

  it("have analyses that exist", () => {
    const names = namesIn("analysis");
    expect(names.length).toBeGreaterThan(0);
    expect(names.filter((name) => !(String(name) in odenet))).toEqual([]);
  });

  it("have generators and readers of odenet/data that exist, and every reader", () => {
    const names = namesIn("data");
    expect(names.filter((name) => !(String(name) in data))).toEqual([]);
    expect(Object.keys(data).filter((name) => name.startsWith("read") && !names.includes(name))).toEqual([]);
  });
});

/** How far along a half line from 0 the method stays bounded: |roots| ≤ 1, to one decimal. */
function bound(integrator: Integrator, point: (s: number) => { re: number; im: number }): string {
  const step = 1 / 256;
  let s = 0;
  while (s < 16 && integrator.amplification(point(s + step)) <= 1 + 1e-12) s += step;
  return s >= 16 ? "∞" : s === 0 ? "0" : s.toFixed(1);
}

describe("orders and stability in docs/reference.md", () => {
  const rows = tableOf("docs/reference.md", "integrator");

  it.each(Object.values(integrators) as unknown as Integrator[])("$name", (integrator) => {
    const row = rows.find(([cell]) => cell === `\`${integrator.name}\``) as string[];
    const [full, half] = [integrator.order("full"), integrator.order("half")];
    expect(row[2]).toBe(full === half ? String(full) : `${full}; ${half} with \`start: "half"\``);
    expect(row[3]).toBe(bound(integrator, (s) => ({ re: 0, im: s })));
    expect(row[4]).toBe(bound(integrator, (s) => ({ re: -s, im: 0 })));
  });
});

it("what README.md says is not there yet is not there", () => {
  const [, section = ""] = readDocument("README.md").split("## What is not there yet\n");
  const list = section.split("\n## ")[0] ?? "";
  expect(list).toMatch(/^- /m);
  const missing = [...list.matchAll(/`(\w+)`/g)].map(([, name]) => name ?? "");
  expect(missing.filter((name) => name in odenet)).toEqual([]);
});

it("README.md stays short: what is there in tables stands in docs/reference.md", () => {
  expect(readDocument("README.md").split("\n").length).toBeLessThanOrEqual(251);
});
