/**
 * How the tensors of a recording depend on one another: what nodes read and make, and how that goes on through loops: from
 * `initial` and `result` to `argument` and `final`, from `source` to `slice`, from `item` to `stack`.
 */
import { type Call, isLoop, type Loop, type Node, type Scope, type Tensor } from "./tensor.ts";

/** As what a node reads a tensor: `start` is the first content of a stack that is added to. */
export type Use = "input" | "into" | "initial" | "source" | "start" | "result" | "item";

/** Is told of a tensor that is read, as what, and in which scope. */
export type Visit = (tensor: Tensor, use: Use, scope: Scope) => void;

/** Everything that a scope reads, at any depth, in the order of its nodes; what a loop gives back comes behind its body. */
export function eachUse(scope: Scope, visit: Visit): void {
  for (const node of scope.nodes) eachUseOf(node, scope, visit);
}

/** Everything that a node of `scope` reads. */
export function eachUseOf(node: Node, scope: Scope, visit: Visit): void {
  if (!isLoop(node)) {
    for (const t of node.inputs) visit(t, "input", scope);
    if (node.into) visit(node.into, "into", scope);
    return;
  }
  for (const { initial } of node.carries) visit(initial, "initial", scope);
  for (const { source } of node.slices) visit(source, "source", scope);
  for (const { initial } of node.stacks) if (initial) visit(initial, "start", scope);
  eachUseInside(node, visit);
}

/** The same without what a loop reads once, before its first iteration. */
export function eachUseInside({ body, carries, stacks }: Loop, visit: Visit): void {
  eachUse(body, visit);
  for (const { result } of carries) visit(result, "result", body);
  for (const { item } of stacks) visit(item, "item", body);
}

/** What a call reads. */
export function readBy({ inputs, into }: Call): readonly Tensor[] {
  return into ? [...inputs, into] : inputs;
}

/** What a node gives to its scope. */
export function madeBy(node: Node): readonly Tensor[] {
  if (!isLoop(node)) return node.outputs;
  return [...node.carries.map(({ final }) => final), ...node.stacks.map(({ stack }) => stack)];
}

/** What a body has of its loop: no call of it makes these. */
export function givenTo({ carries, slices, stacks }: Loop): readonly Tensor[] {
  const before = stacks.flatMap((s) => (s.before ? [s.before] : []));
  return [...carries.map((c) => c.argument), ...slices.map((s) => s.slice), ...before];
}

/** What a body gives to its loop. */
export function takenFrom({ carries, stacks }: Loop): readonly Tensor[] {
  return [...carries.map((c) => c.result), ...stacks.map((s) => s.item)];
}

/** Whether `scope` is `of`, or a loop's body within it. */
export function isInside(scope: Scope | undefined, of: Scope): boolean {
  for (let s = scope; s; s = s.parent) if (s === of) return true;
  return false;
}

/** How many loops stand around a scope. */
export function depthOf(scope: Scope): number {
  let depth = 0;
  for (let s = scope.parent; s; s = s.parent) depth++;
  return depth;
}

/** Tensors that depend on the given ones, these included. */
export function dependents(nodes: readonly Node[], on: Iterable<Tensor>): Set<Tensor> {
  const active = new Set(on);
  spread(nodes, active);
  return active;
}

function spread(nodes: readonly Node[], active: Set<Tensor>): void {
  for (const node of nodes) {
    if (!isLoop(node)) {
      if (node.inputs.some((t) => active.has(t)) || (node.into && active.has(node.into))) {
        for (const output of node.outputs) active.add(output);
      }
      continue;
    }
    for (const { source, slice } of node.slices) if (active.has(source)) active.add(slice);
    let size = -1;
    while (size !== active.size) {
      size = active.size;
      for (const c of node.carries) if (active.has(c.initial) || active.has(c.result)) active.add(c.argument);
      for (const { initial, before, stack } of node.stacks) {
        if (initial && before && (active.has(initial) || active.has(stack))) active.add(before);
      }
      spread(node.body.nodes, active);
      for (const s of node.stacks) if (active.has(s.item) || (s.before && active.has(s.before))) active.add(s.stack);
    }
    for (const c of node.carries) if (active.has(c.argument) || active.has(c.result)) active.add(c.final);
  }
}

/** Body tensors that the given ones depend on, over any number of iterations, and what they take from outside. */
export function sources(loop: Loop, of: Iterable<Tensor>): Set<Tensor> {
  const needed = new Set(of);
  let size = -1;
  while (size !== needed.size) {
    size = needed.size;
    for (const { argument, result } of loop.carries) if (needed.has(argument)) needed.add(result);
    gather(loop.body.nodes, needed);
  }
  return needed;
}

function gather(nodes: readonly Node[], needed: Set<Tensor>): void {
  for (const node of [...nodes].reverse()) {
    if (!isLoop(node)) {
      if (node.outputs.some((t) => needed.has(t))) for (const t of readBy(node)) needed.add(t);
      continue;
    }
    for (const { final, result } of node.carries) if (needed.has(final)) needed.add(result);
    for (const { stack, item } of node.stacks) if (needed.has(stack)) needed.add(item);
    for (const t of sources(node, needed)) needed.add(t);
    for (const { argument, initial } of node.carries) if (needed.has(argument)) needed.add(initial);
    for (const { slice, source } of node.slices) if (needed.has(slice)) needed.add(source);
  }
}
