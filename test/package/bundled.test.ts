import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { build } from "esbuild";
import { expect, it } from "vitest";
import { runNode } from "../support/runNode.ts";
import { ROOT, scratchFolder } from "../support/scratch.ts";

const PROGRAM = `
  import { createModel, resNet } from "odenet";
  import { peaks } from "odenet/data";
  const model = await createModel(resNet({ input: 2, outputs: 5, width: 4, steps: 2 }));
  console.log(model.scores(peaks({ examples: 3 }).features).length);
`;

it.each([true, false])("a bundler keeps what a program needs, without a warning (splitting: %s)", async (splitting) => {
  const folder = scratchFolder();
  const { warnings } = await build({
    stdin: { contents: PROGRAM, resolveDir: ROOT, sourcefile: "program.js" },
    outdir: folder,
    outExtension: { ".js": ".mjs" },
    bundle: true,
    splitting,
    minify: true,
    format: "esm",
    target: "es2022",
    logLevel: "silent",
  });
  expect(warnings.map(({ text }) => text)).toEqual([]);
  writeFileSync(join(folder, "run.mjs"), 'await import("./stdin.mjs");\n');
  const { stdout, stderr } = await runNode(["run.mjs"], folder);
  expect(stdout, stderr).toBe("15\n");
});
