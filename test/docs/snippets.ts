/**
 * The TypeScript and JavaScript of the documents. How a fence is marked says what happens to it:
 *
 *   ts, js            complete: type-checked and run. Those of one document run in order, in one scratch folder.
 *   ts fragment       incomplete: type-checked only, with everything of `odenet` and the names of PRELUDE at hand.
 *   ts file=a/b.ts    the file a/b.ts: an excerpt of it where it exists; else type-checked as if it stood there.
 *   text output       what the snippet before it prints; a line of `…` stands for lines left out.
 */
import { existsSync, mkdirSync, readFileSync } from "node:fs";
import { dirname, join, relative, resolve } from "node:path";
import { build, type Plugin } from "esbuild";
import ts from "typescript";
import { type Finished, runNode } from "../support/runNode.ts";
import { ROOT } from "../support/scratch.ts";
import { documents, type Fence, fencesOf } from "./markdown.ts";

export interface Snippet extends Fence {
  /** As messages show it: document and line. */
  readonly name: string;
  readonly runs: boolean;
  readonly fragment: boolean;
  /** Where the snippet says that it stands. */
  readonly file?: string;
  /** Where it is type-checked, an absolute path at which no file lies. */
  readonly path: string;
  readonly expected?: string;
}

/** What fragments may use without declaring it. */
const PRELUDE = `
  import type * as odenet from "odenet";
  declare global {
    const model: odenet.Model;
    const data: odenet.Data;
    const features: Float64Array;
    const labels: Uint8Array;
    EXPORTS
  }
`;

/** Every snippet of the given documents. */
export function snippetsOf(names: readonly string[] = documents): Snippet[] {
  return names.flatMap((document) => {
    const fences = fencesOf(document);
    return fences.flatMap((fence, index): Snippet[] => {
      if (!["ts", "js"].includes(fence.language)) return [];
      const next = fences[index + 1];
      const isOutput = next?.language === "text" && next.marks.includes("output");
      const file = fence.marks.find((mark) => mark.startsWith("file="))?.slice(5);
      const fragment = fence.marks.includes("fragment");
      const place = `test/docs/${document.replaceAll(/\W/g, "-")}-${fence.line}.${fence.language}`;
      return [
        {
          ...fence,
          name: `${document}:${fence.line}`,
          fragment,
          runs: !fragment && file === undefined,
          path: join(ROOT, file ?? place),
          ...(file === undefined ? {} : { file }),
          ...(isOutput ? { expected: next.text } : {}),
        },
      ];
    });
  });
}

/** Whether the snippet quotes a file that exists. */
export const isQuotation = ({ path, file }: Snippet): boolean => file !== undefined && existsSync(path);

/** The source of every entry point, by the name that a user imports: `odenet`, `odenet/data` … */
export function entryPoints(): Record<string, string> {
  const { name, exports } = JSON.parse(readFileSync(join(ROOT, "package.json"), "utf8"));
  return Object.fromEntries(
    Object.entries(exports as Record<string, string | { default: string }>).flatMap(([key, target]) => {
      const output = typeof target === "string" ? target : target.default;
      const base = /^\.\/dist\/(\w+)\.js$/.exec(output)?.[1];
      const source = [`src/${base}.ts`, `src/${base}/index.ts`].find((path) => existsSync(join(ROOT, path)));
      return base && source ? [[key.replace(".", name), source]] : [];
    }),
  );
}

/** Type-checks snippets in one program against the sources; returns the messages of each, by its path. */
export function typeErrors(snippets: readonly Snippet[], names: readonly string[]): Map<string, string[]> {
  const config = ts.readConfigFile(join(ROOT, "tsconfig.json"), ts.sys.readFile).config;
  const { options } = ts.parseJsonConfigFileContent({ ...config, include: [] }, ts.sys, ROOT);
  const sources = Object.entries(entryPoints()).map(([name, source]) => [name, [`./${source}`]]);
  const paths = Object.fromEntries([...sources, ["odenet/core.wasm", ["./dist/core.wasm.d.ts"]]]);
  const shared = { ...options, paths, allowJs: true, checkJs: true, noUnusedLocals: false, noUnusedParameters: false };
  const exports = names.map((name) => `const ${name}: typeof odenet.${name};`).join("\n");
  const errors = new Map<string, string[]>();
  const parsed = new Map<string, ts.SourceFile | undefined>();
  // Fragments see names that a complete snippet must import, so they have a program of their own.
  for (const fragment of [false, true]) {
    const texts = new Map<string, string>();
    for (const s of snippets)
      if (s.fragment === fragment && !isQuotation(s)) texts.set(s.path, `${s.text}\nexport {};\n`);
    if (texts.size === 0) continue;
    const roots = [...texts.keys()];
    if (fragment) {
      const prelude = join(ROOT, "test/docs/prelude.ts");
      texts.set(prelude, PRELUDE.replace("EXPORTS", exports));
      roots.push(prelude);
    }
    const host = ts.createCompilerHost({ ...shared, noEmit: true });
    const { getSourceFile, fileExists, readFile } = host;
    host.fileExists = (name) => texts.has(resolve(name)) || fileExists(name);
    host.readFile = (name) => texts.get(resolve(name)) ?? readFile(name);
    host.getSourceFile = (name, version, ...rest) => {
      const text = texts.get(resolve(name));
      if (text !== undefined) return ts.createSourceFile(name, text, version, true);
      if (!parsed.has(name)) parsed.set(name, getSourceFile(name, version, ...rest));
      return parsed.get(name);
    };
    const program = ts.createProgram(roots, { ...shared, noEmit: true }, host);
    for (const path of roots) {
      const source = program.getSourceFile(path);
      const found = [...program.getSyntacticDiagnostics(source), ...program.getSemanticDiagnostics(source)];
      if (found.length > 0)
        errors.set(
          path,
          found.map((d) =>
            messageOf(
              d,
              snippets.find((s) => s.path === path),
            ),
          ),
        );
    }
  }
  return errors;
}

function messageOf({ file, start = 0, messageText }: ts.Diagnostic, snippet: Snippet | undefined): string {
  const line = file && snippet ? snippet.line + 1 + file.getLineAndCharacterOfPosition(start).line : 0;
  return `${snippet?.document ?? "prelude"}:${line}: ${ts.flattenDiagnosticMessageText(messageText, "\n")}`;
}

/** Resolves snippets, files that exist in documents only, and the package's own names. */
function sources(snippets: readonly Snippet[]): Plugin {
  const texts = new Map(snippets.filter((s) => !isQuotation(s)).map((s) => [s.path, s]));
  const names = entryPoints();
  return {
    name: "documents",
    setup(build) {
      build.onResolve({ filter: /./ }, ({ path, resolveDir }) => {
        const own = names[path];
        if (own !== undefined) return { path: join(ROOT, own) };
        const full = resolve(resolveDir, path);
        return texts.has(full) ? { path: full, namespace: "documents" } : undefined;
      });
      build.onLoad({ filter: /./, namespace: "documents" }, ({ path }) => {
        const { text, language } = texts.get(path) as Snippet;
        return { contents: text, loader: language as "ts" | "js", resolveDir: dirname(path) };
      });
    },
  };
}

/** Bundles all complete snippets at once, runs each, and gives what it printed, by its path. */
export async function run(snippets: readonly Snippet[], folder: string): Promise<Map<string, Finished>> {
  const runnable = snippets.filter((s) => s.runs);
  const results = new Map<string, Finished>();
  if (runnable.length === 0) return results;
  const name = (s: Snippet) => relative(join(ROOT, "test/docs"), s.path).replace(/\.\w+$/, "");
  await build({
    entryPoints: runnable.map((s) => ({ in: s.path, out: name(s) })),
    outdir: folder,
    outExtension: { ".js": ".mjs" },
    bundle: true,
    splitting: true,
    format: "esm",
    platform: "node",
    target: "es2022",
    sourcemap: "inline",
    logLevel: "silent",
    absWorkingDir: ROOT,
    plugins: [sources(snippets)],
  });
  const inDocument = groups(runnable);
  const lanes = [...inDocument].map(async ([document, own]) => {
    const work = join(folder, "work", document);
    mkdirSync(work, { recursive: true });
    for (const s of own) {
      results.set(s.path, await runNode(["--enable-source-maps", join(folder, `${name(s)}.mjs`)], work));
    }
  });
  await Promise.all(lanes);
  return results;
}

function groups(snippets: readonly Snippet[]): Map<string, Snippet[]> {
  const found = new Map<string, Snippet[]>();
  for (const s of snippets) found.set(s.document, [...(found.get(s.document) ?? []), s]);
  return found;
}

/** Whether `printed` is what `expected` shows; a line of `…` stands for any number of lines. */
export function showsOutput(printed: string, expected: string): boolean {
  const pattern = (line: string) => `${line.replaceAll(/[.*+?^${}()|[\]\\]/g, "\\$&")}\\n`;
  const lines = expected.split("\n").map((line) => (line.trim() === "…" ? "(?:.*\\n)*?" : pattern(line.trimEnd())));
  return new RegExp(`^${lines.join("")}$`).test(`${printed.replaceAll(/[ \t]+$/gm, "").trimEnd()}\n`);
}
