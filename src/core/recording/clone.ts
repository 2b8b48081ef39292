/** Copies of nodes with other tensors in place of those they read. */
import { type Recorder, shapeOf } from "./recorder.ts";
import { isLoop, type Node, type Scope, type Tensor } from "./tensor.ts";

/** Appends a copy of a node to `to`, which reads `from` of what the node reads; `copies` receives what the copy makes. */
export function cloneNode(
  record: Recorder,
  node: Node,
  to: Scope,
  copies: Map<Tensor, Tensor>,
  from: (tensor: Tensor) => Tensor,
): void {
  const fresh = (tensor: Tensor, scope: Scope): Tensor => {
    const copy = record.tensor(shapeOf(tensor), undefined, { scope });
    copies.set(tensor, copy);
    return copy;
  };
  const known = (tensor: Tensor): Tensor => copies.get(tensor) ?? from(tensor);
  if (!isLoop(node)) {
    const inputs = node.inputs.map(known);
    const into = node.into && known(node.into);
    to.nodes.push({ ...node, inputs, into, outputs: node.outputs.map((t) => fresh(t, to)) });
    return;
  }
  const body: Scope = { parent: to, nodes: [] };
  const carries = node.carries.map((c) => ({
    initial: known(c.initial),
    argument: fresh(c.argument, body),
    result: c.result,
    final: fresh(c.final, to),
  }));
  const slices = node.slices.map((s) => ({ ...s, source: known(s.source), slice: fresh(s.slice, body) }));
  const stacks = node.stacks.map((s) => ({ ...s, stack: fresh(s.stack, to) }));
  for (const child of node.body.nodes) cloneNode(record, child, body, copies, from);
  for (const c of carries) c.result = known(c.result);
  for (const s of stacks) s.item = known(s.item);
  const { count, keeps } = node;
  to.nodes.push({ count, body, carries, slices, stacks, ...(keeps ? { keeps } : {}) });
}

/** Puts other tensors in the place of those that a scope reads. */
export function substitute(scope: Scope, from: (tensor: Tensor) => Tensor): void {
  for (const node of scope.nodes) {
    if (isLoop(node)) {
      for (const c of node.carries) {
        c.initial = from(c.initial);
        c.result = from(c.result);
      }
      for (const s of node.slices) s.source = from(s.source);
      for (const s of node.stacks) s.item = from(s.item);
      substitute(node.body, from);
    } else {
      node.inputs = node.inputs.map(from);
      if (node.into) node.into = from(node.into);
    }
  }
}
