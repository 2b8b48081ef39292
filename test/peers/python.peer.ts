import { spawnSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { toNpz } from "../../src/formats.ts";
import { createModel, resNet } from "../../src/index.ts";
import { ROOT, scratchFolder } from "../support/scratch.ts";

it.each(["f32", "f64"] as const)("Python and NumPy read the parameters of a model, %s", async (precision) => {
  const folder = scratchFolder();
  const model = await createModel(resNet({ input: 2, outputs: 3, width: 5, steps: 3 }), { precision });
  const [saved, arrays] = [join(folder, "m.safetensors"), join(folder, "m.npz")];
  writeFileSync(saved, model.toBytes());
  writeFileSync(arrays, toNpz(model));
  const { stdout, stderr } = spawnSync("python3", [join(ROOT, "test", "peers", "read.py"), saved, arrays], {
    encoding: "utf8",
  });
  expect(stderr).toBe("");
  for (const found of JSON.parse(stdout)) {
    expect(Object.keys(found)).toEqual(model.parameters.map(({ name }) => name));
    for (const { name, shape } of model.parameters) {
      expect(found[name]).toEqual({ shape, values: Array.from(model.get(name)) });
    }
  }
  model.dispose();
});
