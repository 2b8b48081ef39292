/** Flags that say how to read a table. */
import { InvalidArgumentError } from "commander";
import type { Flag, Values } from "./flag.ts";
import { oneOf, text } from "./kinds.ts";

type Missing = "error" | "mean" | "drop" | number;

const WORDS: readonly Missing[] = ["error", "mean", "drop"];

const missing: Flag<Missing> = {
  value: "<how>",
  help: "gaps, for a model that is not of a table: error, mean, drop or a number",
  read(text) {
    const found = WORDS.find((word) => word === text) ?? (text.trim() === "" ? Number.NaN : Number(text));
    if (!Number.isNaN(found)) return found;
    throw new InvalidArgumentError("Expected error, mean, drop or a number.");
  },
};

const label: Flag<string | boolean> = {
  value: "<column>",
  help: "the column of the labels, by name or counted from 0 (default: the last one)",
};

const header: Flag<boolean> = {
  help: "the first row has the columns' names (default: by its look)",
  no: "it does not",
};

/** For a model that was not trained on a table. */
export const plainTableFlags = { missing };

export const tableFlags = {
  label,
  features: text("<columns>", "the columns of the features, parted by commas (default: all but the label)"),
  drop: text("<columns>", "columns that are not used, parted by commas"),
  gaps: text("<words>", "words for a missing value besides the usual ones, parted by commas"),
  header,
  delimiter: text("<sign>", "between cells: one character, or tab (default: found by itself)"),
  decimal: oneOf("<sign>", "decimal sign (default: found by itself)", [".", ","]),
  task: oneOf("<task>", "how to take labels (default: by their look)", ["auto", "classification", "regression"]),
};

export type TableFlags = Values<typeof tableFlags>;
export type PlainTableFlags = Values<typeof tableFlags & typeof plainTableFlags>;
