import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { coreBuild } from "../../src/core/host/load.ts";
import { browserTest } from "../support/browser.ts";
import { runNode } from "../support/runNode.ts";
import { relaxedAndStandard, type Trained } from "./relaxed.ts";

const ROOT = fileURLToPath(new URL("../..", import.meta.url));

/** 112 steps with another rounding in every product. */
function expectNearlyEqual(results: readonly Trained[]): void {
  for (const { precision, standard, relaxed } of results) {
    const difference = Math.max(...standard.map((x, i) => Math.abs(x - (relaxed[i] as number))));
    expect(difference).toBeLessThan(precision === "f32" ? 1e-4 : 1e-12);
  }
}

test("relaxed: true trains to nearly the same numbers, or to the same where relaxed SIMD is unknown", async () => {
  const results = await relaxedAndStandard();
  if (await coreBuild("relaxed")) expectNearlyEqual(results);
  else for (const { standard, relaxed } of results) expect(relaxed).toEqual(standard);
});

test("with relaxed SIMD switched on, Node 20 trains to nearly the same numbers", async (context) => {
  if (await coreBuild("relaxed")) return context.skip("this Node knows relaxed SIMD");
  const script = `
    import { peaks } from "odenet/data";
    import { createModel, momentum, resNet } from "odenet";
    const network = resNet({ input: 2, outputs: 5, width: 12, steps: 6, finalTime: 2 });
    const results = [];
    for (const precision of ["f32", "f64"]) {
      const theta = async (relaxed) => {
        const model = await createModel(network, { precision, relaxed, seed: 2 });
        await model.fit(peaks({ examples: 500, seed: 1 }), { optimizer: momentum(), epochs: 4 });
        return Array.from(model.get());
      };
      results.push({ precision, standard: await theta(false), relaxed: await theta(true) });
    }
    console.log(JSON.stringify(results));
  `;
  const args = ["--experimental-wasm-relaxed-simd", "--input-type=module", "--eval", script];
  const { stdout, stderr, code } = await runNode(args, ROOT);
  expect(code, stderr).toBe(0);
  const results = JSON.parse(stdout) as Trained[];
  expectNearlyEqual(results);
  expect(results.map(({ standard }) => standard)).toEqual((await relaxedAndStandard()).map(({ standard }) => standard));
});

browserTest("relaxed: true trains in a page to nearly the same numbers", async (openPage) => {
  const results = await openPage<Trained[]>(new URL("./relaxed.page.ts", import.meta.url));
  expectNearlyEqual(results);
  expect(results.map(({ standard }) => standard)).toEqual((await relaxedAndStandard()).map(({ standard }) => standard));
});
