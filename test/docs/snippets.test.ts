import { mkdtempSync, readFileSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import * as odenet from "../../src/index.ts";
import type { Finished } from "../support/runNode.ts";
import { ROOT } from "../support/scratch.ts";
import { fencesOf } from "./markdown.ts";
import { isQuotation, run, type Snippet, showsOutput, snippetsOf, typeErrors } from "./snippets.ts";

const snippets = snippetsOf();
const folder = realpathSync(mkdtempSync(join(tmpdir(), "odenet-docs-")));
let errors: Map<string, string[]>;
let results: Map<string, Finished>;

beforeAll(async () => {
  // The programs run while this process checks types.
  const running = run(snippets, folder);
  await new Promise((resolve) => setTimeout(resolve, 500));
  errors = typeErrors(snippets, Object.keys(odenet));
  results = await running;
}, 60_000);
afterAll(() => rmSync(folder, { recursive: true, force: true, maxRetries: 5 }));

/** Puts what a snippet prints now into the document: for ODENET_WRITE_DOCS=1. */
function rewriteOutput({ document, text, expected }: Snippet, printed: string): void {
  const whole = readFileSync(join(ROOT, document), "utf8");
  const at = whole.indexOf(`\`\`\`text output\n${expected}`, whole.indexOf(text));
  const start = at + "```text output\n".length;
  writeFileSync(join(ROOT, document), whole.slice(0, start) + printed + whole.slice(start + (expected ?? "").length));
}

describe("every snippet of the documents", () => {
  it.each(snippets.filter((s) => !isQuotation(s)))("$name has the right types", ({ path }) => {
    expect(errors.get(path) ?? []).toEqual([]);
  });

  it.each(snippets.filter((s) => s.runs))("$name runs, and prints what the document shows", (snippet) => {
    const { path, expected } = snippet;
    const { code, stdout, stderr } = results.get(path) as Finished;
    expect(code, stderr).toBe(0);
    if (expected === undefined || showsOutput(stdout, expected)) return;
    if (process.env.ODENET_WRITE_DOCS) rewriteOutput(snippet, stdout.trimEnd());
    else expect(stdout.trimEnd()).toBe(expected);
  });

  it.each(snippets.filter(isQuotation))("$name is what its file says", ({ path, text }) => {
    expect(readFileSync(path, "utf8")).toContain(text);
  });

  it("shows output only after a snippet that runs", () => {
    const claimed = [...new Set(snippets.map((s) => s.document))].flatMap((document) =>
      fencesOf(document).filter((f) => f.language === "text" && f.marks.includes("output")),
    );
    expect(claimed.length).toBe(snippets.filter((s) => s.runs && s.expected !== undefined).length);
  });
});

describe("npm commands in the documents", () => {
  const scripts = Object.keys(JSON.parse(readFileSync(join(ROOT, "package.json"), "utf8")).scripts);
  const shells = ["README.md", "CONTRIBUTING.md"].flatMap((d) => fencesOf(d).filter((f) => f.language === "sh"));

  it.each(shells)("$document:$line calls scripts that exist", ({ text }) => {
    for (const [, script] of text.matchAll(/npm (?:run )?(start|test|(?<=run )\w+)/g))
      expect(scripts).toContain(script);
  });
});

describe("the comparison of output", () => {
  it("is exact but for lines left out", () => {
    expect(showsOutput("a\nb\nc\n", "a\nb\nc")).toBe(true);
    expect(showsOutput("a\nb\nc\n", "a\n…\nc")).toBe(true);
    expect(showsOutput("a\nc\n", "a\n…\nc")).toBe(true);
    expect(showsOutput("a\nb\nc\n", "a\nc")).toBe(false);
    expect(showsOutput("a\nb\nc\n", "a\nb")).toBe(false);
    expect(showsOutput("a (1.5)\n", "a (125)")).toBe(false);
  });
});
