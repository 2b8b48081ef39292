import { existsSync } from "node:fs";
import { dirname, join } from "node:path";
import { describe, expect, it } from "vitest";
import { ROOT } from "../support/scratch.ts";
import { anchorsOf, documents, linksOf, namedPathsOf } from "./markdown.ts";

describe.each(documents)("%s", (document) => {
  it("links to files and headings that exist", () => {
    const broken = linksOf(document).filter((target) => {
      if (/^[a-z]+:/.test(target)) return false;
      const [path = "", anchor] = target.split("#");
      const file = path === "" ? document : join(dirname(document), path);
      if (!existsSync(join(ROOT, file))) return true;
      return anchor !== undefined && file.endsWith(".md") && !anchorsOf(file).includes(anchor);
    });
    expect(broken).toEqual([]);
  });

  it("names files of the repository that exist", () => {
    expect(namedPathsOf(document).filter((path) => !existsSync(join(ROOT, path)))).toEqual([]);
  });
});
