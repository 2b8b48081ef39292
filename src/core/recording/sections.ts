/**
 * Sections: a recording that is replayed piece by piece. What one section has made is still there when a later one is run, any
 * number of times, as long as no section before it is run again.
 */
import { Control } from "../../../assembly/opcodes.ts";
import type { Recorder } from "./recorder.ts";
import { isLoop, type Node, type Operation, type Tensor } from "./tensor.ts";

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
    for (const t of readBy(node)) {
      if (t.scope === record.root && t.home === undefined && !own.has(t)) record.kept.add(t);
    }
    for (const t of madeBy(node)) own.add(t);
  }
}

/** What a node gives to its scope. */
export function madeBy(node: Node): Tensor[] {
  if (!isLoop(node)) return node.outputs;
  return [...node.carries.map(({ final }) => final), ...node.stacks.map(({ stack }) => stack)];
}

/** All tensors that these nodes read, at any depth. */
export function readByAll(nodes: readonly Node[]): Set<Tensor> {
  const found = new Set<Tensor>();
  for (const node of nodes) readBy(node, found);
  return found;
}

function readBy(node: Node, found = new Set<Tensor>()): Set<Tensor> {
  if (!isLoop(node)) {
    for (const t of node.inputs) found.add(t);
    if (node.into) found.add(node.into);
    return found;
  }
  for (const { initial, result } of node.carries) found.add(initial).add(result);
  for (const { source } of node.slices) found.add(source);
  for (const { item, initial } of node.stacks) {
    found.add(item);
    if (initial) found.add(initial);
  }
  for (const inner of node.body.nodes) readBy(inner, found);
  return found;
}
