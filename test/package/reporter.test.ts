import { join } from "node:path";
import { expect, test } from "vitest";
import { runNode } from "../support/runNode.ts";
import { addFiles, copyFromRoot, type Files, linkDependencies, scratchFolder } from "../support/scratch.ts";

const HEAD = 'import { beforeAll, describe, expect, test } from "vitest";\n';

/** Runs vitest with our reporter over these test files; returns the exit code, everything said and the last line. */
async function report(tests: Files, env: Record<string, string> = {}) {
  const folder = scratchFolder({ "package.json": '{ "type": "module" }' });
  copyFromRoot(folder, "vitest.config.ts", "test/support");
  linkDependencies(folder);
  addFiles(folder, Object.fromEntries(Object.entries(tests).map(([name, text]) => [`test/${name}`, HEAD + text])));
  const vitest = join("node_modules", "vitest", "vitest.mjs");
  const unset = { VITEST: undefined, VITEST_MODE: undefined, VITEST_POOL_ID: undefined, VITEST_WORKER_ID: undefined };
  const clean = { ...unset, ODENET_FAILED_CHECKS: "", NO_COLOR: "1", ...env };
  const { code, stdout, stderr } = await runNode([vitest, "run"], folder, clean);
  return { code, all: stdout + stderr, last: stdout.trimEnd().split("\n").at(-1) };
}

const PASSING = 'test("holds", () => {});';

test("counts what passed and was skipped, and says why", async () => {
  const { code, all, last } = await report({
    "a.test.ts": `${PASSING} test.skip("later", () => {}); test("here", ({ skip }) => skip("no such machine."));`,
  });
  expect(last).toBe("1 passed, 0 failed, 2 skipped");
  expect(all).toContain("1 skipped: no such machine.");
  expect(code).toBe(0);
});

test("counts failures and shows them", async () => {
  const { code, all, last } = await report({ "a.test.ts": `${PASSING} test("breaks", () => expect(1).toBe(2));` });
  expect(last).toBe("1 passed, 1 failed, 0 skipped");
  expect(all).toContain("expected 1 to be 2");
  expect(code).toBe(1);
});

test.each([
  ["a file that does not compile", "const = 1;"],
  ["a file that throws", 'throw new Error("at once");'],
  ["a hook that throws", `describe("group", () => { beforeAll(() => { throw new Error("no"); }); ${PASSING} });`],
  ["an unhandled rejection", `${PASSING} Promise.reject(new Error("nobody waits"));`],
])("counts %s as failed", async (_, text) => {
  const { code, last } = await report({ "good.test.ts": PASSING, "bad.test.ts": text });
  expect(last).toMatch(/^[12] passed, 1 failed, [01] skipped$/);
  expect(code).toBe(1);
});

test("counts a check that failed before the tests", async () => {
  const { code, all, last } = await report({ "a.test.ts": PASSING }, { ODENET_FAILED_CHECKS: "lint, types" });
  expect(last).toBe("1 passed, 2 failed, 0 skipped");
  expect(all).toContain("Failed before the tests: lint.");
  expect(code).toBe(1);
});

test.each<[string, Files]>([
  ["no file", {}],
  ["only a file without tests", { "a.test.ts": "" }],
])("a run with %s fails", async (_, files) => {
  const { code, last } = await report(files);
  expect(last).toMatch(/^0 passed, [01] failed, 0 skipped$/);
  expect(code).toBe(1);
});
