import { expect } from "vitest";
import { browserTest } from "../support/browser.ts";
import type { InPage } from "./threads.page.ts";
import { oneAndTwo } from "./threads.ts";

const entry = new URL("./threads.page.ts", import.meta.url);

browserTest(
  "an isolated page: its worker shares the work, its main thread does it alone, to the same bits",
  async (open) => {
    const { one } = await oneAndTwo();
    const { isolated, page, worker } = await open<InPage>(entry, { isolated: true });
    expect(isolated).toBe(true);
    expect([page.two.shared, worker.one.shared, worker.two.shared]).toEqual([1, 1, 2]);
    for (const { theta, surface } of [page.one, page.two, worker.one, worker.two]) {
      expect(theta).toEqual(one.theta);
      expect(surface).toEqual(one.surface);
    }
  },
);

const policy = "default-src 'none'; img-src data:; worker-src 'self'; script-src 'self' 'wasm-unsafe-eval'";

browserTest("under a policy without workers of text, threads with a file share the work", async (open) => {
  const { one } = await oneAndTwo();
  const { page, worker, filed } = await open<InPage>(entry, { isolated: true, policy });
  expect([page.two.shared, worker.two.shared, filed.one.shared, filed.two.shared]).toEqual([1, 1, 1, 2]);
  for (const { theta, surface } of [page.two, worker.two, filed.two]) {
    expect(theta).toEqual(one.theta);
    expect(surface).toEqual(one.surface);
  }
});

browserTest("without shared memory one thread does it all", async (open) => {
  const { one } = await oneAndTwo();
  const { isolated, page, worker, filed } = await open<InPage>(entry);
  expect(isolated).toBe(false);
  expect([page.two.shared, worker.two.shared, filed.two.shared]).toEqual([1, 1, 1]);
  for (const { theta, surface } of [page.two, worker.two, filed.two]) {
    expect(theta).toEqual(one.theta);
    expect(surface).toEqual(one.surface);
  }
});
