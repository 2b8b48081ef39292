/** JSON text from an untrusted file → its value, refused where objects nest too deep or a key comes twice. */
import { nth } from "../core/nth.ts";

const DEEPEST = 64;

/** A string literal that starts at `start`; its end is the index after the closing quotation mark, or −1 without one. */
function endOfString(text: string, start: number): number {
  for (let i = start + 1; i < text.length; i++) {
    const c = text[i];
    if (c === "\\") i++;
    else if (c === '"') return i + 1;
  }
  return -1;
}

const isKey = (text: string, after: number): boolean => {
  let i = after;
  while (i < text.length && " \t\r\n".includes(nth(text, i))) i++;
  return text[i] === ":";
};

/** What JSON.parse would not say: the depth, and keys that come twice in an object. Undefined when both are in order. */
function problemOf(text: string): string | undefined {
  const open: Set<string>[] = [];
  for (let i = 0; i < text.length; i++) {
    const c = text[i];
    if (c === "{" || c === "[") {
      open.push(new Set());
      if (open.length > DEEPEST) return `more than ${DEEPEST} levels of nesting`;
    } else if (c === "}" || c === "]") open.pop();
    else if (c === '"') {
      const end = endOfString(text, i);
      if (end < 0) return "text without a closing quotation mark";
      if (isKey(text, end)) {
        const keys = open[open.length - 1];
        const key = String(JSON.parse(text.slice(i, end)));
        if (keys?.has(key)) return `the key ${JSON.stringify(key.slice(0, 60))} twice`;
        keys?.add(key);
      }
      i = end - 1;
    }
  }
  return undefined;
}

/** The value, or a SyntaxError whose message completes the sentence "…, got". */
export function parseUntrusted(text: string): unknown {
  let problem: string | undefined;
  try {
    problem = problemOf(text);
    if (problem === undefined) return JSON.parse(text);
  } catch {
    problem = "text that is not JSON";
  }
  throw new SyntaxError(problem);
}
