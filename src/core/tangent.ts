/**
 * The tangent recording: every call is followed by the calls that push a direction through it (forward accumulation;
 * Griewank & Walther 2008, ch. 2). A recording is rewritten in place, loops included, so no features need to be saved.
 * Applied to a forward recording it gives J v; applied to a recording with its backward part, exact Hessian products.
 */
import { type Accumulation, dependents } from "./derive.ts";
import { type Recorder, shapeOf } from "./recorder.ts";
import { type Call, isLoop, type Loop, type Scope, type Tensor } from "./tensor.ts";

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
  if (!call.outputs.some((t) => active.has(t))) {
    scope.nodes.push(call);
    return;
  }
  const { operation } = call;
  if (!operation.jvp) throw new Error(`operation ${operation.name} has no jvp rule`);
  // Tangent calls come first: the call itself may overwrite its inputs' memory, never the other way round.
  const result = call.into ? tangentInto(record, call, tangents, accumulation) : undefined;
  scope.nodes.push(call);
  operation.jvp(record, call, tangents);
  if (result) result();
}

/** With `into`, out = into + f(x): the tangent of into is added to that of f. */
function tangentInto(record: Recorder, call: Call, tangents: Tangents, accumulation: Accumulation): () => void {
  const into = tangents.get(call.into as Tensor);
  const output = call.outputs[0] as Tensor;
  return () => {
    const own = tangents.get(output);
    if (into && own) tangents.set(output, accumulation.add(record, into, own));
    else if (into) tangents.set(output, into);
  };
}

function pushLoop(
  record: Recorder,
  loop: Loop,
  tangents: Tangents,
  active: ReadonlySet<Tensor>,
  accumulation: Accumulation,
): void {
  const tangentOf = (tensor: Tensor): Tensor => tangents.get(tensor) ?? accumulation.zero(record, tensor);
  for (const { source, first, step, slice } of [...loop.slices]) {
    const t = tangents.get(source);
    if (t) tangents.set(slice, record.slice(loop, { source: t, first, step, count: slice.count }));
  }
  const carried = loop.carries
    .filter((c) => active.has(c.argument))
    .map((of) => {
      const carry = record.carry(loop, tangentOf(of.initial));
      tangents.set(of.argument, carry.argument);
      return { of, carry };
    });
  // Stacks that several slots share have one tangent stack, which starts as one tangent.
  const grown = new Map<Tensor, { stack: Tensor; initial: Tensor | undefined }>();
  const stacks = loop.stacks
    .filter((s) => active.has(s.stack))
    .map((of) => {
      const known = grown.get(of.stack) ?? {
        stack: record.tensor(shapeOf(of.stack), undefined, { scope: record.current }),
        initial: of.initial && tangentOf(of.initial),
      };
      grown.set(of.stack, known);
      const before = of.before && record.tensor(shapeOf(of.before), undefined, { scope: loop.body });
      if (of.before && before) tangents.set(of.before, before);
      return { of, before, ...known };
    });
  pushTangents(record, loop.body, tangents, accumulation);
  record.within(loop.body, () => {
    for (const { of, carry } of carried) carry.result = tangentOf(of.result);
    for (const { of, before, stack, initial } of stacks) {
      const { first, step } = of;
      const slot = { item: tangentOf(of.item), first, step, stack };
      loop.stacks.push(before && initial ? { ...slot, before, initial } : slot);
      tangents.set(of.stack, stack);
    }
  });
  record.append(loop);
  for (const { of, carry } of carried) tangents.set(of.final, carry.final);
}
