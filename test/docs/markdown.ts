/** The documents of the repository: their snippets, headings, links and the paths that they name. */
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { ROOT } from "../support/scratch.ts";

/** One fenced block of a document. */
export interface Fence {
  readonly document: string;
  /** Line of the opening fence, from 1. */
  readonly line: number;
  /** First word after the fence: the language. */
  readonly language: string;
  /** The words after it. */
  readonly marks: readonly string[];
  readonly text: string;
}

/** Every document, by its path from the root. */
export const documents: readonly string[] = [
  ...["README.md", "CHANGELOG.md", "CONTRIBUTING.md"].filter((name) => existsSync(join(ROOT, name))),
  ...(existsSync(join(ROOT, "docs")) ? readdirSync(join(ROOT, "docs")) : [])
    .filter((name) => name.endsWith(".md"))
    .sort()
    .map((name) => `docs/${name}`),
];

export const readDocument = (document: string): string => readFileSync(join(ROOT, document), "utf8");

/** All fenced blocks of a document, in order. A fence inside a list may be indented; its text is then shifted back. */
export function fencesOf(document: string, text = readDocument(document)): Fence[] {
  const fences: Fence[] = [];
  let open: { line: number; indent: string; words: string[]; lines: string[] } | undefined;
  text.split("\n").forEach((content, index) => {
    const fence = /^(\s*)```(.*)$/.exec(content);
    if (!open) {
      if (fence)
        open = { line: index + 1, indent: fence[1] ?? "", words: (fence[2] ?? "").trim().split(/\s+/), lines: [] };
    } else if (fence && (fence[2] ?? "") === "") {
      const { line, words, lines } = open;
      fences.push({ document, line, language: words[0] ?? "", marks: words.slice(1), text: lines.join("\n") });
      open = undefined;
    } else {
      open.lines.push(content.startsWith(open.indent) ? content.slice(open.indent.length) : content.trimStart());
    }
  });
  if (open) throw new Error(`${document}:${open.line}: the fence is never closed`);
  return fences;
}

/** A document without its fenced blocks, so that what stands in code is no link and no heading. */
export function proseOf(document: string, text = readDocument(document)): string {
  return text.replaceAll(/^(\s*)```.*$[\s\S]*?^\s*```$/gm, "");
}

/** The anchors of a document's headings, as GitHub makes them. */
export function anchorsOf(document: string): string[] {
  const seen = new Map<string, number>();
  return [...proseOf(document).matchAll(/^#{1,6}\s+(.+?)\s*$/gm)].map(([, heading]) => {
    const anchor = (heading ?? "")
      .replaceAll(/[`*]/g, "")
      .replaceAll(/\[([^\]]*)\]\([^)]*\)/g, "$1")
      .toLowerCase()
      .replaceAll(/[^\p{L}\p{N}\s_-]/gu, "")
      .replaceAll(" ", "-");
    const times = seen.get(anchor) ?? 0;
    seen.set(anchor, times + 1);
    return times === 0 ? anchor : `${anchor}-${times}`;
  });
}

/** The targets of all Markdown links of a document. */
export function linksOf(document: string): string[] {
  return [...proseOf(document).matchAll(/\]\(([^)\s]+)\)/g)].map(([, target]) => target ?? "");
}

/** The paths of the repository that a document names in backquotes, as `src/core/recording/derive.ts` or `test/docs/`. */
export function namedPathsOf(document: string): string[] {
  return [...proseOf(document).matchAll(/`((?:src|assembly|test|scripts|docs|bench|examples)\/[^`\s]*)`/g)]
    .map(([, path]) => path ?? "")
    .filter((path) => !/[<>*{}…]/.test(path));
}

/** The rows of the first table whose first column is headed `first`, cell by cell, without the heading. */
export function tableOf(document: string, first: string): string[][] {
  const lines = proseOf(document).split("\n");
  const cells = (line: string) =>
    line
      .replaceAll("\\|", "∣")
      .split("|")
      .slice(1, -1)
      .map((cell) => cell.trim());
  const start = lines.findIndex((line) => line.startsWith("|") && cells(line)[0] === first);
  if (start < 0) throw new Error(`${document}: no table is headed "${first}"`);
  const rows: string[][] = [];
  for (let at = start + 2; lines[at]?.startsWith("|"); at++) rows.push(cells(lines[at] as string));
  return rows;
}
