import { join } from "node:path";
import { expect, it } from "vitest";
import { runNode } from "../support/runNode.ts";
import { addFiles, copyFromRoot, ROOT, scratchFolder } from "../support/scratch.ts";

const PROGRAM = `
  import { createModel, type Model, OdenetError, resNet } from "odenet";
  import { peaks } from "odenet/data";
  export type * as others from "odenet/slim";
  export type { RemoteModel } from "odenet/worker";
  export type { OnnxOptions } from "odenet/formats";
  export type { SurfaceOptions } from "odenet/plots";
  const model: Model = await createModel(resNet({ input: 2, outputs: 5, width: 4, steps: 2 }));
  // @ts-expect-error: parameters are arrays of numbers, so the declarations were found and say so
  const wrong: string = model.parameters;
  let code = "";
  try { peaks({ examples: -1 }); } catch (error) { if (error instanceof OdenetError) code = error.code; }
  console.log(JSON.stringify([model.scores([[0, 0]]).length, code, typeof wrong]));
`;

it("the package type-checks and runs in a project of its own, under both ways to resolve modules", {
  timeout: 60_000,
}, async () => {
  const project = scratchFolder({ "package.json": '{ "type": "module" }', "main.ts": PROGRAM });
  copyFromRoot(join(project, "node_modules", "odenet"), "package.json", "dist");
  const tsc = join(ROOT, "node_modules", "typescript", "bin", "tsc");
  for (const [module, moduleResolution] of [
    ["esnext", "bundler"],
    ["nodenext", "nodenext"],
  ]) {
    const compilerOptions = {
      strict: true,
      target: "es2022",
      lib: ["es2023", "dom"],
      types: [],
      module,
      moduleResolution,
    };
    addFiles(project, { "tsconfig.json": JSON.stringify({ compilerOptions, files: ["main.ts"] }) });
    expect(await runNode([tsc], project)).toMatchObject({ code: 0, stdout: "" });
  }
  expect(await runNode(["main.js"], project)).toMatchObject({ code: 0, stdout: '[5,"option","object"]\n' });
});
