/** CSV (RFC 4180): records end with a line, cells are parted by a delimiter, "…" quotes a cell and "" a quote in it. */
import Papa from "papaparse";
import { OdenetError } from "../core/errors.ts";

/** A record: its cells without surrounding blanks, and the line it begins on, from 1. */
export type RowVisitor = (cells: string[], line: number) => void;

/** The text without a byte-order mark and with \n at every line's end. Throws `file` unless it is text or UTF-8. */
export function csvText(text: string | Uint8Array): string {
  let decoded = text;
  if (typeof decoded !== "string") {
    try {
      decoded = new TextDecoder("utf-8", { fatal: true }).decode(decoded);
    } catch {
      throw new OdenetError(
        "file",
        "readCsv: expected text in UTF-8, got other bytes. Save the table as CSV with UTF-8 encoding.",
      );
    }
  }
  return decoded.replace(/^\uFEFF/, "").replace(/\r\n?/g, "\n");
}

/** Visits the records in order, blank lines left out. Throws `file` for a quotation mark that does not belong. */
export function visitRows(text: string, delimiter: string, visit: RowVisitor): void {
  let line = 1;
  Papa.parse<string[]>(text, {
    delimiter,
    newline: "\n",
    step({ data, errors }) {
      const quote = errors.find(({ type }) => type === "Quotes");
      if (quote) {
        throw new OdenetError(
          "file",
          `readCsv: expected a closing quotation mark at the end of a cell, got ${quote.code === "MissingQuotes" ? "none" : "one within it"} in the record that begins on line ${line}. Write a quotation mark inside a quoted cell twice.`,
        );
      }
      const first = line++;
      for (const cell of data) if (cell.includes("\n")) line += cell.split("\n").length - 1;
      if (data.length > 1 || data[0]?.trim()) {
        visit(
          data.map((cell) => cell.trim()),
          first,
        );
      }
    },
  });
}

// Tabs and semicolons before commas: where both occur, commas are decimal signs or belong to the text.
const DELIMITERS = ["\t", ";", "|", ","];
const SAMPLE = 65536;

/** The first of tab, semicolon, bar and comma that cuts the first ten records into equally many cells, at least two. */
export function findDelimiter(text: string): string {
  const sample = text.slice(0, SAMPLE);
  let widest = ",";
  let most = 1;
  for (const delimiter of DELIMITERS) {
    let rows = Papa.parse<string[]>(sample, { delimiter, newline: "\n", preview: 11 }).data;
    if (rows.length > 1) rows = rows.slice(0, -1); // the last one may be cut
    const lengths = rows.filter((row) => row.length > 1 || row[0]?.trim()).map((row) => row.length);
    const first = lengths[0] ?? 0;
    if (first > 1 && lengths.every((length) => length === first)) return delimiter;
    if (first > most) {
      widest = delimiter;
      most = first;
    }
  }
  return widest;
}
