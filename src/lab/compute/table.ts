/** The reader's table: features in columns, the class in the last one. */
import { OdenetError } from "../../core/errors.ts";
import { readCsv } from "../../data/index.ts";
import type { State } from "../state.ts";
import { type Parts, partsOf } from "./examples.ts";

const MOST_CLASSES = 8;

/** The reader's sentences are about the table, not about the function that reads it. */
function read(text: string): ReturnType<typeof readCsv> {
  try {
    return readCsv(text);
  } catch (error) {
    if (!(error instanceof OdenetError)) throw error;
    throw new OdenetError(error.code, error.message.replace(/^readCsv\b/, "table"));
  }
}

export function makeTable({ seed }: State, text: string): Parts {
  const { features, labels, classes, shape } = read(text);
  if (!classes || !(labels instanceof Int32Array)) {
    throw new OdenetError(
      "label",
      "table: expected a last column of classes, got numbers. Take a table whose last column names a class.",
    );
  }
  if (classes.length > MOST_CLASSES) {
    throw new OdenetError(
      "label",
      `table: expected at most ${MOST_CLASSES} classes, got ${classes.length}. Merge some, or use the command odenet train.`,
    );
  }
  return partsOf({ features, labels, classes, width: shape }, seed);
}
