import { expect, test } from "vitest";
import { browserTest } from "../support/browser.ts";
import { trainingHashes } from "./trainingHashes.ts";

const page = new URL("./training.page.ts", import.meta.url);

test("generated data and trained parameters have the hashes written down", async () => {
  // `npx vitest run test/browser -u` writes them anew: only where the arithmetic was meant to change.
  await expect(`${JSON.stringify(await trainingHashes(), null, 2)}\n`).toMatchFileSnapshot("../golden/training.json");
});

browserTest("the bundle trains in a page, to the same bits", async (openPage) => {
  expect(await openPage(page)).toEqual(await trainingHashes());
});

browserTest("the same under a policy that allows wasm and nothing else to be compiled", async (openPage) => {
  const policy = "default-src 'none'; img-src data:; script-src 'self' 'wasm-unsafe-eval'";
  expect(await openPage(page, { policy })).toEqual(await trainingHashes());
});
