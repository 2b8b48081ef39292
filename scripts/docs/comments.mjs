// What is said about an export: the comment above it, or else the one at the head of its file, which is about one idea.
import ts from "typescript";

/** The text of the comment that a file begins with; empty where there is none. */
export function headOf(source) {
  const [first] = ts.getLeadingCommentRanges(source.text, 0) ?? [];
  const text = first ? source.text.slice(first.pos, first.end) : "";
  if (!text.startsWith("/**")) return "";
  const lines = text.slice(3, -2).split("\n");
  return lines
    .map((line) => line.replace(/^\s*\* ?/, ""))
    .join("\n")
    .trim();
}

/** One sentence on one line. */
export function firstSentence(text) {
  const [paragraph = ""] = text.trim().split(/\n\s*\n/);
  const line = paragraph.replaceAll(/\s+/g, " ");
  const end = /(?<!\b(?:e\.g|i\.e|cf|Sec|Eq|vol|al))[.!?](?= [A-Z`⟨‖])/.exec(line);
  return end ? line.slice(0, end.index + 1) : line;
}
