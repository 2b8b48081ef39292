/** An error that nobody catches is shown with the line that threw it: of published code, a short one. */
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { expect, it } from "vitest";
import { runNode } from "../support/runNode.ts";
import { addFiles, ROOT, scratchFolder } from "../support/scratch.ts";

it.each(["adam({ learningRate: -1 })", "network({ input: 0, layers: [] })", "await createModel(3)"])(
  "%s, not caught, prints its sentence and little else",
  async (statement) => {
    const entry = pathToFileURL(join(ROOT, "dist", "index.js")).href;
    const cwd = scratchFolder();
    addFiles(cwd, { "a.mjs": `import { adam, createModel, network } from ${JSON.stringify(entry)};\n${statement};\n` });
    const { code, stderr } = await runNode(["a.mjs"], cwd);
    expect(code).toBe(1);
    expect(stderr).toMatch(/OdenetError\]?: .+: expected /);
    expect(stderr.length).toBeLessThan(6000);
  },
);
