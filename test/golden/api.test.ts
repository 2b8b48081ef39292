import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { ROOT } from "../support/scratch.ts";

const GOLDEN = join(ROOT, "test", "golden", "api.d.ts.txt");

/** What the build rolled up for each entry, as one text. Names of chunks are the bundler's, and say nothing. */
function surface(): string {
  const dist = join(ROOT, "dist");
  const files = readdirSync(dist, { recursive: true, encoding: "utf8" })
    .map((path) => path.replaceAll("\\", "/"))
    .filter((path) => /^(chunks\/)?[\w.]+\.d\.ts$/.test(path))
    .sort();
  return files.map((path) => `// ${path}\n${readFileSync(join(dist, path), "utf8").trim()}\n`).join("\n");
}

test("the public surface is the one that was reviewed (ODENET_GOLDEN=write accepts another)", () => {
  const found = surface();
  expect(found).toContain("declare function createModel(");
  if (process.env.ODENET_GOLDEN === "write") writeFileSync(GOLDEN, found);
  expect(found).toBe(readFileSync(GOLDEN, "utf8"));
});
