/** llms.txt, which the build writes, names everything that the entries of the package export. */
import { describe, expect, it } from "vitest";
import * as data from "../../src/data/index.ts";
import * as formats from "../../src/formats.ts";
import * as odenet from "../../src/index.ts";
import * as plots from "../../src/plots/index.ts";
import * as slim from "../../src/slim.ts";
import * as worker from "../../src/worker/index.ts";
import { runNode } from "../support/runNode.ts";
import { ROOT } from "../support/scratch.ts";

const { stdout: text } = await runNode(["scripts/docs.mjs", "summary"], ROOT);
const sectionOf = (entry: string) => text.split(/^## /m).find((section) => section.startsWith(`${entry}\n`)) ?? "";
const entries = {
  odenet,
  "odenet/data": data,
  "odenet/formats": formats,
  "odenet/plots": plots,
  "odenet/worker": worker,
};

describe("llms.txt", () => {
  it.each(Object.entries(entries))("names every export of %s", (entry, module) => {
    const named = [...sectionOf(entry).matchAll(/^- `(\w+)/gm)].map(([, name]) => name);
    expect(named).toEqual(expect.arrayContaining(Object.keys(module)));
  });

  it("names what odenet/slim has beside all of odenet", () => {
    const own = Object.keys(slim).filter((name) => !(name in odenet));
    for (const name of own) expect(sectionOf("odenet/slim")).toContain(`- \`${name}`);
    expect(sectionOf("odenet/slim")).toContain("everything of `odenet`");
  });
});
