/** SHA-256 of what a model learns from: features, targets and how often each counts, example by example, in double precision. */
import { Sha256 } from "../../core/sha256.ts";
import type { Engine } from "../../model/engine.ts";
import type { Rows, Targets } from "../../model/examples.ts";

const CHUNK = 256; // examples at once

/** The same for the same numbers, whatever arrays they come in. */
export function dataHash({ features, outputs }: Engine, rows: Rows, targets: Targets): string {
  const { importances } = targets;
  const hash = new Sha256().text(JSON.stringify([rows.count, features, outputs, importances !== undefined]));
  const parts: [Rows, number][] = [
    [rows, features],
    [targets.rows, outputs],
  ];
  if (importances) parts.push([importances, outputs]);
  for (const [part, width] of parts) {
    const numbers = new Float64Array(CHUNK * width);
    for (let first = 0; first < rows.count; first += CHUNK) {
      const count = Math.min(CHUNK, rows.count - first);
      part.write(numbers, 0, width, first, count);
      hash.update(numbers.subarray(0, count * width));
    }
  }
  return hash.hex();
}
