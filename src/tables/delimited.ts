/** Delimited text → records of cells: comments, `sep=`, delimiter, quotes, trailing delimiters and R's row names. */
import Papa from "papaparse";
import { OdenetError } from "../core/errors.ts";
import { findDelimiter, visitRows } from "../data/csvRows.ts";

/** Records of equally many cells, which can be visited again and again; `line` counts from 1. */
export interface Records {
  readonly width: number;
  /** Names that stand apart from the records, as behind a # or, for all but the first column, above R's row names. */
  readonly names?: readonly string[];
  visit(row: (cells: readonly string[], line: number) => void): void;
}

/** Blanks as the delimiter: any number of them. */
const BLANKS = " ";

export function delimited(text: string, given: string | undefined): Records {
  const { body, skipped, delimiter: announced, comment } = preamble(text);
  const delimiter = given ?? announced ?? delimiterOf(body);
  const rows = delimiter === BLANKS ? body.replace(/[^\S\n]+$/gm, "").replace(/^[^\S\n]+/gm, "") : body;
  const separate = delimiter === BLANKS ? rows.replace(/[^\S\n]+/g, "\t") : rows;
  const sign = delimiter === BLANKS ? "\t" : delimiter;
  const { first, second, trailing } = shapeOf(separate, sign);
  const width = Math.max(first, second) - trailing;
  const rowNames = second === first + 1 && !trailing;
  const names = rowNames ? headerOf(separate, sign) : namesOf(comment, delimiter, width);
  return {
    width,
    ...(names ? { names: rowNames ? ["", ...names] : names } : {}),
    visit(row) {
      let header = rowNames;
      visitRows(separate, sign, (cells, line) => {
        if (header) {
          header = false;
          return;
        }
        while (cells.length > width && cells[cells.length - 1] === "") cells.pop();
        if (cells.length !== width) {
          throw new OdenetError(
            "file",
            `readTable: expected ${width} cells in line ${line + skipped} as in the first rows, got ${cells.length}. Check delimiter and quotes there.`,
          );
        }
        row(cells, line + skipped);
      });
    },
  };
}

/** What stands above the table: Excel's `sep=;`, and lines that begin with #, the last of which may name the columns. */
function preamble(text: string): { body: string; skipped: number; delimiter?: string; comment?: string } {
  let body = text;
  let skipped = 0;
  let delimiter: string | undefined;
  let comment: string | undefined;
  for (;;) {
    const end = body.indexOf("\n");
    const line = end < 0 ? body : body.slice(0, end);
    const separator = /^"?sep=(.)"?\s*$/i.exec(line);
    if (separator) delimiter = separator[1];
    else if (/^\s*#/.test(line)) comment = line;
    else if (line.trim() !== "" || end < 0) break;
    if (end < 0) {
      body = "";
      break;
    }
    body = body.slice(end + 1);
    skipped++;
  }
  return { body, skipped, ...(delimiter ? { delimiter } : {}), ...(comment ? { comment } : {}) };
}

/** Tab, semicolon, bar or comma where they fit; else blanks, where they part every line into equally many cells. */
function delimiterOf(body: string): string {
  const found = findDelimiter(body);
  const lines = body
    .slice(0, 65536)
    .split("\n", 11)
    .filter((line) => line.trim() !== "");
  if (lines.every((line) => line.includes(found))) return found;
  const counts = lines.map((line) => line.trim().split(/\s+/).length);
  const [first = 1, second = first] = counts;
  const fits = second > 1 && counts.slice(1).every((n) => n === second) && (first === second || first === second - 1);
  return fits ? BLANKS : found;
}

const headerOf = (text: string, delimiter: string): string[] =>
  (Papa.parse<string[]>(text, { delimiter, newline: "\n", preview: 1 }).data[0] ?? []).map((cell) => cell.trim());

/** Cells of the first and of the second record, and whether each line ends with a delimiter. */
function shapeOf(text: string, delimiter: string): { first: number; second: number; trailing: number } {
  const rows: string[][] = [];
  const options = { delimiter, newline: "\n" as const, preview: 50, skipEmptyLines: true };
  for (const row of Papa.parse<string[]>(text.slice(0, 1 << 20), options).data) rows.push(row);
  if (rows.length > 2 && rows.length < 50 && text.length > 1 << 20) rows.pop(); // cut
  const first = rows[0]?.length ?? 0;
  const second = rows[1]?.length ?? first;
  // A delimiter behind every row but the header.
  const late = rows.length > 1 && rows.slice(1).every((row) => row.length === first + 1 && row[first]?.trim() === "");
  if (late) return { first, second: first, trailing: 0 };
  const trailing =
    rows.length > 0 && first > 1 && rows.every((row) => row.length > 1 && row[row.length - 1]?.trim() === "");
  return { first, second: trailing ? Math.min(first, second) : second, trailing: Number(trailing) };
}

/** Names in a comment right above the table, as NumPy writes them, where there are as many as columns. */
function namesOf(comment: string | undefined, delimiter: string, width: number): string[] | undefined {
  const text = comment?.replace(/^\s*#+\s*/, "").trim();
  if (!text || width < 2) return undefined;
  const names = delimiter === BLANKS ? text.split(/\s+/) : headerOf(text, delimiter);
  return names.length === width && names.every((name) => name !== "" && Number.isNaN(Number(name))) ? names : undefined;
}
