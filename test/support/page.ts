/** A page of documentation as instructions: its fenced blocks, in order. */
export type Block =
  | { readonly kind: "file"; readonly path: string; readonly text: string }
  | { readonly kind: "change"; readonly path: string; readonly hunks: readonly Hunk[] }
  | { readonly kind: "run"; readonly text: string };

/** Lines to be found, one after another, and what they become. */
export interface Hunk {
  readonly before: readonly string[];
  readonly after: readonly string[];
}

/**
 * Languages are spelt out, "typescript" and not "ts": test/docs runs the short ones as programs on the package as it is.
 * Reads blocks that begin with "// path", "// run" or, in a diff, "--- path". Throws for any other one.
 */
export function blocksOf(page: string): Block[] {
  return [...page.matchAll(/^```(\w+)\n([\s\S]*?)^```$/gm)].map(([, language, body = ""]): Block => {
    const [first = "", ...rest] = body.split("\n");
    const text = rest.join("\n");
    if (language === "diff" && first.startsWith("--- ")) {
      const hunks = text.split(/^@@\n/m).filter((hunk) => hunk.trim());
      return { kind: "change", path: first.slice(4), hunks: hunks.map(hunkOf) };
    }
    if (first === "// run") return { kind: "run", text };
    if (language === "typescript" && first.startsWith("// ")) return { kind: "file", path: first.slice(3), text };
    throw new Error(`a block of ${language} begins with ${JSON.stringify(first)}: nobody would run it`);
  });
}

function hunkOf(text: string): Hunk {
  const lines = text.replace(/\n$/, "").split("\n");
  const without = (sign: string) => lines.filter((line) => line[0] !== sign).map((line) => line.slice(1));
  return { before: without("+"), after: without("-") };
}

const literally = (text: string): string => text.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");

/** The text with the hunk applied; "…" in it is whatever stands there. Throws unless it fits in exactly one place. */
export function applyHunk(text: string, { before, after }: Hunk): string {
  const pattern = new RegExp(`^${before.map((line) => literally(line).replaceAll("…", "(.*)")).join("\n")}$`, "gm");
  const found = [...text.matchAll(pattern)];
  const [match] = found;
  if (!match || found.length > 1)
    throw new Error(`expected these lines once, got ${found.length} times:\n${before.join("\n")}`);
  const rest = match.slice(1);
  const replacement = after.join("\n").replaceAll("…", () => rest.shift() ?? "…");
  return text.slice(0, match.index) + replacement + text.slice(match.index + match[0].length);
}
