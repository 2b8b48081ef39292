/** llms.txt is what `npm run docs` writes, and names everything that the entries of the package export. */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import * as data from "../../src/data/index.ts";
import * as formats from "../../src/formats.ts";
import * as odenet from "../../src/index.ts";
import * as plots from "../../src/plots/index.ts";
import * as slim from "../../src/slim.ts";
import * as worker from "../../src/worker/index.ts";
import { runNode } from "../support/runNode.ts";
import { ROOT } from "../support/scratch.ts";
import { readDocument } from "./markdown.ts";

const text = readDocument("llms.txt");
const sectionOf = (entry: string) => text.split(/^## /m).find((section) => section.startsWith(`${entry}\n`)) ?? "";
const entries = {
  odenet,
  "odenet/data": data,
  "odenet/formats": formats,
  "odenet/plots": plots,
  "odenet/worker": worker,
};

describe("llms.txt", () => {
  it("is what the sources and README.md say; npm run docs writes it anew", async () => {
    const { code, stdout } = await runNode(["scripts/docs.mjs", "summary"], ROOT);
    expect(code).toBe(0);
    if (process.env.ODENET_WRITE_DOCS) writeFileSync(join(ROOT, "llms.txt"), stdout);
    else expect(text).toBe(stdout);
  });

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
