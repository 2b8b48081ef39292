/**
 * Sections: a recording that is replayed piece by piece. What one section has made is still there when a later one is run, any
 * number of times, as long as no section before it is run again.
 */
import { Control } from "../../../assembly/opcodes.ts";
import { eachUseOf, madeBy } from "./graph.ts";
import type { Recorder } from "./recorder.ts";
import { isLoop, type Operation, type Tensor } from "./tensor.ts";

/** Ends a section. It computes nothing and has no record in a plan. */
export const pause: Operation = {
  name: "pause",
  encode: () => ({ op: Control.Pause, sizes: [], coefficients: [], operands: [] }),
  vjp() {},
  jvp() {},
};

/** Ends the section at hand. */
export function endSection(record: Recorder): void {
  record.call(pause, [], []);
}

/** Keeps to the end what a section reads and did not make itself: call it when the recording is complete. */
export function keepSections(record: Recorder): void {
  let own = new Set<Tensor>();
  for (const node of record.root.nodes) {
    if (!isLoop(node) && node.operation === pause) own = new Set();
    eachUseOf(node, record.root, (t) => {
      if (t.scope === record.root && t.home === undefined && !own.has(t)) record.kept.add(t);
    });
    for (const t of madeBy(node)) own.add(t);
  }
}
