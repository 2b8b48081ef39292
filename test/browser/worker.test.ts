import { expect } from "vitest";
import { peaks } from "../../src/data/index.ts";
import { createModel } from "../../src/index.ts";
import { browserTest } from "../support/browser.ts";
import type { InPage } from "./worker.page.ts";
import { options, small, training } from "./worker.ts";

browserTest("a page's worker trains, breaks, is replaced, and ends with the same bits", async (open) => {
  const policy = "default-src 'none'; img-src data:; worker-src 'self'; script-src 'self' 'wasm-unsafe-eval'";
  const model = await createModel(small, options);
  await model.fit(peaks({ examples: 200, seed: 1 }), training);
  const page = await open<InPage>(new URL("./worker.page.ts", import.meta.url), { policy });
  expect(page).toEqual({ broken: true, status: "finished", theta: Array.from(model.get()), layers: 6 });
});
