/**
 * Fusion: calls that pass a result from one to the next become one call. A rule looks at one call and names the calls it
 * can replace; here is checked that doing so changes no number: nothing outside the group reads an intermediate result
 * that the fused call does not give, and nothing reads one of its results before it is made.
 */
import { nth } from "../nth.ts";
import { eachUse } from "../recording/graph.ts";
import type { Recorder } from "../recording/recorder.ts";
import { type Call, isLoop, type Scope, type Tensor } from "../recording/tensor.ts";

/** Calls to be replaced, in order, by one. */
export interface Fused {
  readonly calls: readonly Call[];
  readonly by: Call;
}

/** What a rule can ask about a recording. */
export interface Readers {
  /** The calls of this scope that read the tensor. */
  of(tensor: Tensor): readonly Call[];
  /** Whether anything beyond these calls needs the tensor. */
  neededBeyond(tensor: Tensor, calls: readonly Call[]): boolean;
}

export type Fusion = (call: Call, readers: Readers) => Fused | undefined;

/** Applies the rules to every scope of a recording. */
export function fuse(record: Recorder, rules: readonly Fusion[]): void {
  // What anything but a call of its own scope reads, or a call adds to.
  const outside = new Set([...record.kept, ...record.homes.keys()]);
  eachUse(record.root, (t, use, scope) => {
    if (use !== "input" || t.scope !== scope) outside.add(t);
  });
  fuseScope(record.root, outside, rules);
}

function fuseScope(scope: Scope, outside: ReadonlySet<Tensor>, rules: readonly Fusion[]): void {
  for (const node of scope.nodes) if (isLoop(node)) fuseScope(node.body, outside, rules);
  for (let at = 0; at < scope.nodes.length; at++) {
    const call = nth(scope.nodes, at);
    if (isLoop(call)) continue;
    for (const rule of rules) {
      const found = rule(call, readersIn(scope, outside));
      if (found && replace(scope, found)) {
        // The fused call stands where the last of its calls stood; look at this place again.
        at--;
        break;
      }
    }
  }
}

function readersIn(scope: Scope, outside: ReadonlySet<Tensor>): Readers {
  const of = (tensor: Tensor) =>
    scope.nodes.filter((node): node is Call => !isLoop(node) && node.inputs.includes(tensor));
  return {
    of,
    neededBeyond: (tensor, calls) => outside.has(tensor) || of(tensor).some((c) => !calls.includes(c)),
  };
}

function replace(scope: Scope, { calls, by }: Fused): boolean {
  const places = calls.map((c) => scope.nodes.indexOf(c));
  const last = Math.max(...places);
  const first = Math.min(...places);
  const inside = new Set<unknown>(calls);
  const results = new Set(calls.flatMap((c) => c.outputs));
  for (let k = first; k < last; k++) {
    const node = scope.nodes[k];
    if (!node || inside.has(node)) continue;
    if (isLoop(node) || node.inputs.some((t) => results.has(t)) || (node.into && results.has(node.into))) return false;
  }
  scope.nodes = scope.nodes.flatMap((node, k) => (k === last ? [by] : inside.has(node) ? [] : [node]));
  return true;
}
