/**
 * The tangent recording: every call is followed by the calls that push a direction through it (forward accumulation;
 * Griewank & Walther 2008, ch. 2). A recording is rewritten in place, loops included, so no features need to be saved.
 * Applied to a forward recording it gives J v; applied to a recording with its backward part, exact Hessian products.
 */
import { nth } from "../nth.ts";
import { provideBodyTensors } from "./bodyTensors.ts";
import type { Accumulation } from "./cotangents.ts";
import { dependents, eachUseOf } from "./graph.ts";
import { type Recorder, shapeOf } from "./recorder.ts";
import { type Call, isLoop, type Loop, type Node, type Scope, type Tensor } from "./tensor.ts";

/** Tangents by tensor; a tensor without an entry has tangent zero. */
export type Tangents = Map<Tensor, Tensor>;

/** Adds the tangent calls to a scope; `tangents` holds those of its sources and receives those of everything else. */
export function pushTangents(record: Recorder, scope: Scope, tangents: Tangents, accumulation: Accumulation): void {
  const nodes = scope.nodes;
  const active = dependents(nodes, tangents.keys());
  scope.nodes = [];
  record.within(scope, () => {
    for (const node of nodes) {
      if (isLoop(node)) pushLoop(record, node, tangents, active, accumulation);
      else pushCall(record, scope, node, tangents, active, accumulation);
    }
  });
}

function pushCall(
  record: Recorder,
  scope: Scope,
  call: Call,
  tangents: Tangents,
  active: ReadonlySet<Tensor>,
  accumulation: Accumulation,
): void {
  scope.nodes.push(call);
  if (call.outputs.some((t) => active.has(t))) pushRule(record, call, tangents, accumulation);
}

/** By the operation's rule. With `into`, out = into + f(x): the tangent of into is added to that of f. */
function pushRule(record: Recorder, call: Call, tangents: Tangents, accumulation: Accumulation): void {
  const { operation } = call;
  const into = call.into && tangents.get(call.into);
  if (!operation.jvp) throw new Error(`operation ${operation.name} has no jvp rule`);
  operation.jvp(record, call, tangents);
  if (!into) return;
  const output = nth(call.outputs, 0);
  const own = tangents.get(output);
  tangents.set(output, own ? accumulation.add(record, into, own) : into);
}

function pushLoop(
  record: Recorder,
  loop: Loop,
  tangents: Tangents,
  active: ReadonlySet<Tensor>,
  accumulation: Accumulation,
): void {
  pushThrough(record, loop, loop, tangents, active, accumulation, () =>
    pushTangents(record, loop.body, tangents, accumulation),
  );
  record.append(loop);
}

/** Gives `target` the tangents of what `loop` carries, slices and stacks; `body` records those of its body. */
function pushThrough(
  record: Recorder,
  loop: Loop,
  target: Loop,
  tangents: Tangents,
  active: ReadonlySet<Tensor>,
  accumulation: Accumulation,
  body: () => void,
  wanted: (stack: Tensor) => boolean = () => true,
): void {
  const tangentOf = (tensor: Tensor): Tensor => tangents.get(tensor) ?? accumulation.zero(record, tensor);
  for (const { source, first, step, slice } of [...loop.slices]) {
    const t = tangents.get(source);
    if (t) tangents.set(slice, record.slice(target, { source: t, first, step, count: slice.count }));
  }
  const carried = loop.carries
    .filter((c) => active.has(c.argument))
    .map((of) => {
      const carry = record.carry(target, tangentOf(of.initial));
      tangents.set(of.argument, carry.argument);
      return { of, carry };
    });
  // Stacks that several slots share have one tangent stack, which starts as one tangent.
  const grown = new Map<Tensor, { stack: Tensor; initial: Tensor | undefined }>();
  const stacks = loop.stacks
    .filter((s) => active.has(s.stack) && wanted(s.stack))
    .map((of) => {
      const known = grown.get(of.stack) ?? {
        stack: record.tensor(shapeOf(of.stack), undefined, { scope: record.current }),
        initial: of.initial && tangentOf(of.initial),
      };
      grown.set(of.stack, known);
      const before = of.before && record.tensor(shapeOf(of.before), undefined, { scope: target.body });
      if (of.before && before) tangents.set(of.before, before);
      return { of, before, ...known };
    });
  body();
  record.within(target.body, () => {
    for (const { of, carry } of carried) carry.result = tangentOf(of.result);
    for (const { of, before, stack, initial } of stacks) {
      const { first, step } = of;
      const slot = { item: tangentOf(of.item), first, step, stack };
      target.stacks.push(before && initial ? { ...slot, before, initial } : slot);
      tangents.set(of.stack, stack);
    }
  });
  for (const { of, carry } of carried) tangents.set(of.final, carry.final);
}

/**
 * The same as calls and loops of their own, behind the recorded ones, which stay as they are: the linear map that a direction
 * goes through, at features that are computed once.
 */
export function pushTangentsApart(
  record: Recorder,
  nodes: readonly Node[],
  tangents: Tangents,
  accumulation: Accumulation,
  read: ReadonlySet<Tensor> = readByAll(record.root, nodes),
): void {
  const active = dependents(nodes, tangents.keys());
  for (const node of nodes) {
    if (isLoop(node)) pushLoopApart(record, node, tangents, active, accumulation, read);
    else if (node.outputs.some((t) => active.has(t))) pushRule(record, node, tangents, accumulation);
  }
}

function readByAll(scope: Scope, nodes: readonly Node[]): Set<Tensor> {
  const found = new Set<Tensor>();
  for (const node of nodes) eachUseOf(node, scope, (t) => found.add(t));
  return found;
}

function pushLoopApart(
  record: Recorder,
  loop: Loop,
  tangents: Tangents,
  active: ReadonlySet<Tensor>,
  accumulation: Accumulation,
  read: ReadonlySet<Tensor>,
): void {
  const body: Scope = { parent: record.current, nodes: [] };
  const apart: Loop = { count: loop.count, body, carries: [], slices: [], stacks: [] };
  const inner = () => pushTangentsApart(record, loop.body.nodes, tangents, accumulation, read);
  // What is saved over time for others has no tangent here.
  const wanted = (stack: Tensor) => read.has(stack);
  pushThrough(record, loop, apart, tangents, active, accumulation, () => record.within(body, inner), wanted);
  provideBodyTensors(record, loop, apart, undefined, 0, false);
  if (body.nodes.length > 0) record.append(apart);
}
