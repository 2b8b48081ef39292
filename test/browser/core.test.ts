import { expect, test } from "vitest";
import { instantiateCore } from "../../src/core/host/load.ts";
import { browserTest } from "../support/browser.ts";

const ABI = 1;

test("the core answers in Node", () => {
  expect((instantiateCore().abi_version as () => number)()).toBe(ABI);
});

browserTest("the same core answers in a page", async (openPage) => {
  expect(await openPage<number>(new URL("./core.page.ts", import.meta.url))).toBe(ABI);
});

browserTest("it loads under a policy that allows wasm and nothing else to be compiled", async (openPage) => {
  const policy = "default-src 'none'; img-src data:; script-src 'self' 'wasm-unsafe-eval'";
  expect(await openPage<number>(new URL("./core.page.ts", import.meta.url), { policy })).toBe(ABI);
});
