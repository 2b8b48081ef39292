/**
 * Which calls become one. Forward: bias + activation + residual (`layerTail`); backward: step size + slope + column sum
 * (`slopeSum`). The kernels do the same arithmetic in the same order, so a fused plan gives the same bits.
 */
import { Op } from "../../assembly/opcodes.ts";
import type { Fusion, Readers } from "../core/plan/fuse.ts";
import type { Call, Operation, Tensor } from "../core/recording/tensor.ts";
import { activation, activationSlope } from "./activation.ts";
import { bias, columnSums, rowShards } from "./bias.ts";
import { combination } from "./combine.ts";

/** outputs: a, then z where it is kept, then next; inputs: x, then b, then y, as `attributes` says. */
const layerTail: Operation = {
  name: "layer-tail",
  examples: ({ inputs, attributes }) => (attributes.residual ? [0, inputs.length - 1] : [0]),
  overwrites: [0],
  alsoOverwrites({ inputs, outputs, attributes }) {
    const pairs: [number, number][] = [];
    if (attributes.keeps) pairs.push([1, 0]);
    if (attributes.residual) pairs.push([outputs.length - 1, inputs.length - 1]);
    return pairs;
  },
  encode({ inputs, outputs, attributes }) {
    const { kind = 0, h = 0, biased = 0, keeps = 0, residual = 0 } = attributes;
    const x = inputs[0] as Tensor;
    const a = outputs[0] as Tensor;
    const z = keeps ? (outputs[1] as Tensor) : null;
    const b = biased ? (inputs[1] as Tensor) : null;
    const y = residual ? (inputs[inputs.length - 1] as Tensor) : null;
    const next = residual ? (outputs[outputs.length - 1] as Tensor) : null;
    return {
      op: Op.LayerTail,
      sizes: [a.rows, a.columns, kind],
      coefficients: [h],
      operands: [z, a, next, x, b, y],
    };
  },
};

/** outputs: the column sum where there is one, then dz; inputs: u, s. */
const slopeSum: Operation = {
  name: "slope-sum",
  examples: "all",
  sums: ({ outputs }) => outputs.length > 1,
  alsoOverwrites: ({ outputs }) => [[outputs.length - 1, 0]],
  encode({ inputs: [u, s], outputs, into, attributes: { kind = 0, c = 1, per = 1 }, shards }) {
    const dz = outputs[outputs.length - 1] as Tensor;
    const sum = outputs.length > 1 ? (outputs[0] as Tensor) : null;
    return {
      op: Op.SlopeSum,
      sizes: [dz.rows, dz.columns, kind, into ? 1 : 0, ...rowShards(dz, per, shards)],
      coefficients: [c],
      operands: [sum, dz, u as Tensor, s as Tensor],
    };
  },
};

function soleReader(tensor: Tensor | undefined, operation: Operation, readers: Readers): Call | undefined {
  if (!tensor) return undefined;
  const found = readers.of(tensor).filter((c) => c.operation === operation && c.inputs[0] === tensor);
  return found.length === 1 ? found[0] : undefined;
}

/** The combine y + h a that reads a as its second term, y first with factor 1. */
function residualOf(a: Tensor, readers: Readers): Call | undefined {
  return readers.of(a).find((c) => {
    const { inputs, into, attributes, operation } = c;
    return (
      operation === combination &&
      !into &&
      inputs.length === 2 &&
      attributes.c0 === 1 &&
      inputs[1] === a &&
      inputs[0] !== a
    );
  });
}

/** [bias +] activation [+ residual]. */
const forward: Fusion = (call, readers) => {
  const isBias = call.operation === bias;
  if (call.into || !(isBias || call.operation === activation)) return undefined;
  const act = isBias ? soleReader(call.outputs[0], activation, readers) : call;
  if (!act || act.into) return undefined;
  const a = act.outputs[0] as Tensor;
  const step = residualOf(a, readers);
  if (!isBias && !step) return undefined;
  const calls = [...(isBias ? [call] : []), act, ...(step ? [step] : [])];
  const z = act.inputs[0] as Tensor;
  // Without a bias z is the input itself, which stays as it is.
  const keeps = isBias && readers.neededBeyond(z, calls);
  if (!isBias && readers.neededBeyond(z, calls)) return undefined;
  const inputs = [call.inputs[0] as Tensor];
  const outputs = [a];
  if (isBias) inputs.push(call.inputs[1] as Tensor);
  if (keeps) outputs.push(z);
  if (step) {
    inputs.push(step.inputs[0] as Tensor);
    outputs.push(step.outputs[0] as Tensor);
  }
  const attributes = {
    kind: act.attributes.kind ?? 0,
    h: step?.attributes.c1 ?? 0,
    biased: isBias ? 1 : 0,
    keeps: keeps ? 1 : 0,
    residual: step ? 1 : 0,
  };
  return { calls, by: { operation: layerTail, inputs, outputs, into: undefined, attributes } };
};

/** [c ·] slope [+ column sum]. */
const backward: Fusion = (call, readers) => {
  const scaled = call.operation === combination && call.inputs.length === 1 && !call.into;
  const slope = scaled ? soleReader(call.outputs[0], activationSlope, readers) : call;
  if (!slope || slope.operation !== activationSlope || slope.into) return undefined;
  if (scaled && readers.neededBeyond(call.outputs[0] as Tensor, [slope])) return undefined;
  const dz = slope.outputs[0] as Tensor;
  const sum = soleReader(dz, columnSums, readers);
  if (!scaled && !sum) return undefined;
  const u = (scaled ? call.inputs[0] : slope.inputs[0]) as Tensor;
  const { per } = sum?.attributes ?? {};
  const attributes = {
    kind: slope.attributes.kind ?? 0,
    c: scaled ? (call.attributes.c0 ?? 1) : 1,
    ...(per === undefined ? {} : { per }),
  };
  const outputs = sum ? [sum.outputs[0] as Tensor, dz] : [dz];
  const calls = [...(scaled ? [call] : []), slope, ...(sum ? [sum] : [])];
  return {
    calls,
    by: { operation: slopeSum, inputs: [u, slope.inputs[1] as Tensor], outputs, into: sum?.into, attributes },
  };
};

export const fusions: readonly Fusion[] = [forward, backward];
