/**
 * Loop-invariant code motion: what an iteration computes from tensors of outside alone is computed once, before the loop. Of
 * weights that are constant in time these are K(θ), K − Kᵀ and their like; of a loop over many θ, what stands before the
 * first parameter. The same kernels on the same numbers: the same bits.
 */
import { eachUse, givenTo, madeBy, takenFrom } from "../recording/graph.ts";
import type { Recorder } from "../recording/recorder.ts";
import { type Call, isLoop, type Loop, type Node, type Scope, type Tensor } from "../recording/tensor.ts";

/** Moves calls out of every loop of a recording, as far as they may go. */
export function hoist(record: Recorder): void {
  hoistIn(record.root, new Set([...record.kept, ...record.homes.keys()]));
}

function hoistIn(scope: Scope, fixed: ReadonlySet<Tensor>): void {
  scope.nodes = scope.nodes.flatMap((node): Node[] => {
    if (!isLoop(node)) return [node];
    node.body.parent = scope; // loops of a transposed body were recorded beside it
    hoistIn(node.body, fixed); // what leaves an inner loop may leave this one too
    return [...takeInvariants(node, scope, fixed), node];
  });
}

/** Takes the calls out of a loop's body that give the same in every iteration. */
function takeInvariants(loop: Loop, scope: Scope, fixed: ReadonlySet<Tensor>): Call[] {
  const { body } = loop;
  const bound = new Set([...fixed, ...takenFrom(loop), ...takenOver(body)]);
  const changing = new Set(givenTo(loop));
  const found: Call[] = [];
  body.nodes = body.nodes.filter((node) => {
    if (isLoop(node) || !isInvariant(node, changing, bound)) {
      for (const t of madeBy(node)) changing.add(t);
      return true;
    }
    for (const t of node.outputs) t.scope = scope;
    found.push(node);
    return false;
  });
  return found;
}

/** Zeros and their like are made anew where they are needed: they are there to be overwritten. */
function isInvariant(call: Call, changing: ReadonlySet<Tensor>, bound: ReadonlySet<Tensor>): boolean {
  const { operation, inputs, outputs, into } = call;
  if (into || operation.once || inputs.length === 0 || outputs.length === 0) return false;
  return !inputs.some((t) => changing.has(t)) && !outputs.some((t) => bound.has(t));
}

/** Tensors whose memory something in a scope takes over: sums that go on in them, first values of carries and stacks. */
function takenOver(scope: Scope): Set<Tensor> {
  const found = new Set<Tensor>();
  eachUse(scope, (t, use) => {
    if (use === "into" || use === "initial" || use === "start") found.add(t);
  });
  return found;
}
