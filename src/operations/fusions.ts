/**
 * Which calls become one. Forward: bias + activation + residual (`layerTail`); backward: step size + slope + column sum
 * (`slopeSum`). The kernels do the same arithmetic in the same order, so a fused plan gives the same bits.
 */
import type { Fusion, Readers } from "../core/plan/fuse.ts";
import {
  type Attributes,
  type Call,
  callOf,
  isCallOf,
  type Operation,
  type Tensor,
  type Tensors,
} from "../core/recording/tensor.ts";
import { activation, activationSlope } from "./activation.ts";
import { bias, columnSums, rowShards } from "./bias.ts";
import { combination } from "./combine.ts";
import * as encoders from "./encoders.generated.ts";

/** Which parts a layer's tail has beside its activation. */
type Tail = {
  readonly kind: number;
  readonly h: number;
  readonly biased: number;
  readonly keeps: number;
  readonly residual: number;
};

/** outputs: a, then z where it is kept, then next; inputs: x, then b, then y, as `attributes` says. */
const layerTail: Operation<[x: Tensor, ...rest: Tensor[]], [a: Tensor, ...rest: Tensor[]], Tail> = {
  name: "layer-tail",
  examples: ({ inputs, attributes }) => (attributes.residual ? [0, inputs.length - 1] : [0]),
  overwrites: [0],
  alsoOverwrites({ inputs, outputs, attributes }) {
    const pairs: [number, number][] = [];
    if (attributes.keeps) pairs.push([1, 0]);
    if (attributes.residual) pairs.push([outputs.length - 1, inputs.length - 1]);
    return pairs;
  },
  encode({ inputs: [x, ...given], outputs: [a, ...made], attributes: { kind, h, biased, keeps, residual } }) {
    const b = biased ? given.shift() : undefined;
    const z = keeps ? made.shift() : undefined;
    const [y, next] = residual ? [given[0], made[0]] : [];
    return encoders.layerTail({ z, a, next, x, b, y, rows: a.rows, columns: a.columns, kind, h });
  },
};

/** outputs: dz, behind the column sum where there is one. */
type Slopes = [dz: Tensor] | [sum: Tensor, dz: Tensor];

const slopeSum: Operation<
  [u: Tensor, s: Tensor],
  Slopes,
  { readonly kind: number; readonly c: number; readonly per?: number }
> = {
  name: "slope-sum",
  examples: "all",
  sums: ({ outputs }) => outputs.length > 1,
  alsoOverwrites: ({ outputs }) => [[outputs.length - 1, 0]],
  encode({ inputs: [u, s], outputs, into, attributes: { kind, c, per = 1 }, shards }) {
    const [dz, sum] = outputs.length === 1 ? outputs : [outputs[1], outputs[0]];
    const sizes = { rows: dz.rows, columns: dz.columns, kind, beta: Number(!!into), c };
    return encoders.slopeSum({ sum, dz, u, s, ...sizes, ...rowShards(dz, per, shards) });
  },
};

/** A call that the rule asks about, as its operation has it. */
interface Found<Inputs extends Tensors, Outputs extends Tensors, Numbers extends Attributes> {
  readonly call: Call;
  readonly typed: Call<Inputs, Outputs, Numbers>;
}

/** The only call of an operation that reads the tensor as its first input. */
function soleReader<Inputs extends Tensors, Outputs extends Tensors, Numbers extends Attributes>(
  tensor: Tensor,
  operation: Operation<Inputs, Outputs, Numbers>,
  readers: Readers,
): Found<Inputs, Outputs, Numbers> | undefined {
  const found = readers.of(tensor).flatMap((call) => (call.inputs[0] === tensor ? asCallOf(call, operation) : []));
  return found.length === 1 ? found[0] : undefined;
}

function asCallOf<Inputs extends Tensors, Outputs extends Tensors, Numbers extends Attributes>(
  call: Call,
  operation: Operation<Inputs, Outputs, Numbers>,
): Found<Inputs, Outputs, Numbers>[] {
  return isCallOf(call, operation) ? [{ call, typed: call }] : [];
}

/** The combine y + h a that reads a as its second term, y first with factor 1. */
function residualOf(a: Tensor, readers: Readers) {
  return readers
    .of(a)
    .flatMap((call) => asCallOf(call, combination))
    .find(({ typed: { inputs, into, attributes } }) => {
      return !into && inputs.length === 2 && attributes.c0 === 1 && inputs[1] === a && inputs[0] !== a;
    });
}

/** [bias +] activation [+ residual]. */
const forward: Fusion = (call, readers) => {
  if (call.into) return undefined;
  const [added] = asCallOf(call, bias);
  const act = added ? soleReader(added.typed.outputs[0], activation, readers) : asCallOf(call, activation)[0];
  if (!act || act.call.into) return undefined;
  const {
    inputs: [z],
    outputs: [a],
    attributes: { kind },
  } = act.typed;
  const step = residualOf(a, readers);
  if (!added && !step) return undefined;
  const calls = [...(added ? [call] : []), act.call, ...(step ? [step.call] : [])];
  // Without a bias z is the input itself, which stays as it is.
  const needed = readers.neededBeyond(z, calls);
  if (!added && needed) return undefined;
  const keeps = added !== undefined && needed;
  const [x, b] = added ? added.typed.inputs : [z];
  const inputs: [Tensor, ...Tensor[]] = [x, ...(b ? [b] : []), ...(step ? [step.typed.inputs[0]] : [])];
  const outputs: [Tensor, ...Tensor[]] = [a, ...(keeps ? [z] : []), ...(step ? step.typed.outputs : [])];
  const h = step?.typed.attributes.c1 ?? 0;
  const parts = { biased: Number(!!added), keeps: Number(keeps), residual: Number(!!step) };
  return { calls, by: callOf(layerTail, inputs, outputs, { kind, h, ...parts }) };
};

/** [c ·] slope [+ column sum]. */
const backward: Fusion = (call, readers) => {
  const [scaled] = asCallOf(call, combination).filter(({ typed }) => typed.inputs.length === 1 && !typed.into);
  const slope = scaled
    ? soleReader(scaled.typed.outputs[0], activationSlope, readers)
    : asCallOf(call, activationSlope)[0];
  if (!slope || slope.call.into) return undefined;
  if (scaled && readers.neededBeyond(scaled.typed.outputs[0], [slope.call])) return undefined;
  const [dz] = slope.typed.outputs;
  const sum = soleReader(dz, columnSums, readers);
  if (!scaled && !sum) return undefined;
  const [given, s] = slope.typed.inputs;
  const [u] = scaled ? scaled.typed.inputs : [given];
  const { per } = sum?.typed.attributes ?? {};
  const c = scaled ? (scaled.typed.attributes.c0 ?? 1) : 1;
  const attributes = { kind: slope.typed.attributes.kind, c, ...(per === undefined ? {} : { per }) };
  const outputs: Slopes = sum ? [sum.typed.outputs[0], dz] : [dz];
  const calls = [...(scaled ? [call] : []), slope.call, ...(sum ? [sum.call] : [])];
  return { calls, by: callOf(slopeSum, [u, s], outputs, attributes, sum?.call.into) };
};

export const fusions: readonly Fusion[] = [forward, backward];
