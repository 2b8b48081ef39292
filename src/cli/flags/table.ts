/** Flags that say how to read a table. */
import { InvalidArgumentError } from "commander";
import type { Flag, Values } from "./flag.ts";
import { oneOf, text } from "./kinds.ts";

type Missing = "error" | "mean" | "drop" | number;

const WORDS: readonly Missing[] = ["error", "mean", "drop"];

const missing: Flag<Missing> = {
  value: "<how>",
  help: "missing values: error, mean, drop or a number (default: error)",
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
  help: "the first row has the columns' names (default: if none of its cells is a number)",
  no: "it does not",
};

export const tableFlags = {
  label,
  features: text("<columns>", "the columns of the features, parted by commas (default: all but the label)"),
  missing,
  header,
  delimiter: text("<sign>", "between cells: one character, or tab (default: found by itself)"),
  decimal: oneOf("<sign>", "decimal sign (default: .)", [".", ","]),
  task: oneOf("<task>", "how to take labels (default: by their look)", ["auto", "classification", "regression"]),
};

export type TableFlags = Values<typeof tableFlags>;
