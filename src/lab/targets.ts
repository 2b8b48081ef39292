/** Classes as a loss takes them: indices, or for least squares one row an example with a one in the class's place. */
import type { Data } from "../model/examples.ts";
import type { Examples } from "./compute/examples.ts";
import { labelsOf } from "./families.ts";
import type { State } from "./state.ts";

export function dataFor({ features, labels, classes }: Examples, loss: State["loss"]): Data {
  if (labelsOf(loss) !== "rows") return { features, labels };
  const rows = new Float64Array(labels.length * classes.length);
  labels.forEach((label, i) => {
    rows[i * classes.length + label] = 1;
  });
  return { features, labels: rows };
}
