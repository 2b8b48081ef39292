/**
 * Where a loop that follows another, its transpose or its tangent, has the other's body tensors from: sliced again, computed
 * again, saved over time, or given back by a reversible step.
 */
import { cloneNode, substitute } from "./clone.ts";
import { eachUseInside, madeBy } from "./graph.ts";
import type { Recorder } from "./recorder.ts";
import { isLoop, type Loop, type Node, type Scope, type Tensor } from "./tensor.ts";

/**
 * Gives the loop `target` the body tensors of `loop` that it reads: slices are sliced again; what depends on slices and
 * outside tensors alone is computed again, being cheap; everything else is as `loop.keeps` says.
 */
export function provideBodyTensors(
  record: Recorder,
  loop: Loop,
  target: Loop,
  recovered: ReadonlyMap<Tensor, Tensor> = new Map(),
  prologue = 0,
  backwards = true,
): void {
  // Iteration i of the target meets iteration last − i of the loop, or i.
  const at = (first: number, step: number) =>
    backwards ? { first: first + step * (loop.count - 1), step: -step } : { first, step };
  const known = new Map(recovered);
  const slices = new Map(loop.slices.map((s) => [s.slice, s]));
  const producers = new Map<Tensor, Node>();
  for (const node of loop.body.nodes) for (const t of madeBy(node)) producers.set(t, node);
  const again: Scope = { parent: target.body.parent, nodes: [] };
  const weightsOnly = new Map<Tensor, boolean>();

  const independent = (tensor: Tensor): boolean => {
    if (tensor.scope !== loop.body || slices.has(tensor)) return true;
    const node = producers.get(tensor);
    if (!node || isLoop(node) || node.into) return false;
    const found = weightsOnly.get(tensor) ?? node.inputs.every(independent);
    weightsOnly.set(tensor, found);
    return found;
  };
  const from = (tensor: Tensor): Tensor => {
    if (tensor.scope !== loop.body) return tensor;
    const found = known.get(tensor);
    if (found) return found;
    const s = slices.get(tensor);
    const node = producers.get(tensor);
    let result: Tensor;
    if (s) {
      const { source, first, step } = s;
      result = record.slice(target, { source, ...at(first, step), count: tensor.count });
    } else if (node && ((loop.keeps?.kind ?? "all") !== "all" || independent(tensor))) {
      cloneNode(record, node, again, known, from);
      return known.get(tensor) ?? tensor;
    } else {
      const { count } = tensor;
      result = record.slice(target, { source: record.save(loop, tensor), ...at(0, count), count });
    }
    known.set(tensor, result);
    return result;
  };
  substitute(target.body, from);
  for (const carry of target.carries) carry.result = from(carry.result);
  for (const stack of target.stacks) stack.item = from(stack.item);
  target.body.nodes.splice(prologue, 0, ...again.nodes);
  dropUnread(loop);
}

/** Stacks of inner loops that only a copy of the loop needs are not kept by the original. */
function dropUnread(loop: Loop): void {
  const read = new Set<Tensor>();
  eachUseInside(loop, (t) => read.add(t));
  for (const node of loop.body.nodes) {
    if (!isLoop(node)) continue;
    const kept = node.stacks.filter((s) => read.has(s.stack));
    node.stacks.splice(0, node.stacks.length, ...kept);
  }
}
