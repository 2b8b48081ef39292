/**
 * y = σ(x) entry by entry, and its derivatives.
 *
 * What the backward pass keeps ("saved") is y for tanh, relu, identity and sigmoid, whose σ' is a function of y, and x for
 * the others; `slope` is u ∘ σ' and `curvature` u ∘ v ∘ dσ'/ds, both functions of the saved s.
 */
import type { ActivationEntry } from "../activations/activation.ts";
import { activations } from "../activations/members.generated.ts";
import { type Recorder, shapeOf } from "../core/recording/recorder.ts";
import {
  type CallRecorder,
  callOf,
  isLoop,
  type Operation,
  type Scope,
  type Tensor,
} from "../core/recording/tensor.ts";
import * as encoders from "./encoders.generated.ts";
import { multiply } from "./multiply.ts";

export { activations };

export type ActivationName = keyof typeof activations;

const byCode = new Map<number, ActivationEntry & { readonly name: ActivationName }>(
  Object.values(activations).map((entry) => [entry.code, entry]),
);

/** The activation of a kernel code. */
export function activationByCode(code: number): ActivationEntry & { readonly name: ActivationName } {
  const found = byCode.get(code);
  if (!found) throw new Error(`activation ${code} is unknown`);
  return found;
}

/** σ(x). */
export function activate(record: CallRecorder, x: Tensor, name: ActivationName): Tensor {
  if (name === "identity") return x;
  return record.call(activation, [x], [x], { kind: activations[name].code })[0];
}

/** Σ(x) with Σ' = σ, entry by entry: what energies are made of. Not differentiated. */
export function antiderivative(record: CallRecorder, x: Tensor, name: ActivationName): Tensor {
  return record.call(activationAntiderivative, [x], [x], { kind: activations[name].code })[0];
}

/** u ∘ σ'(s). */
export function slope(record: CallRecorder, u: Tensor, saved: Tensor, kind: number, into?: Tensor): Tensor {
  return record.call(activationSlope, [u, saved], [u], { kind }, into)[0];
}

/** Which function. */
type Kind = { readonly kind: number };

/** What σ' is computed from: the output, or the input. */
const savedOf = (x: Tensor, y: Tensor, kind: number): Tensor => (activationByCode(kind).fromOutput ? y : x);

export const activation: Operation<[x: Tensor], [y: Tensor], Kind> = {
  name: "activation",
  examples: "all",
  overwrites: [0],
  encode: ({ inputs: [x], outputs: [y], attributes: { kind } }) =>
    encoders.activate({ y, x, rows: y.rows, columns: y.columns, kind }),
  vjp(record, { inputs: [x], outputs: [y], attributes: { kind } }, cotangents) {
    const d = cotangents.of(y);
    cotangents.add(x, (into) => slope(record, d, savedOf(x, y, kind), kind, into));
  },
  jvp(record, { inputs: [x], outputs: [y], attributes: { kind } }, tangents) {
    const dx = tangents.get(x);
    if (dx) tangents.set(y, slope(record, dx, savedOf(x, y, kind), kind));
  },
};

/** σ with σ' beside it, computed once: of first derivatives only. */
const activationWithSlope: Operation<[x: Tensor], [y: Tensor, d: Tensor], Kind> = {
  name: "activation-with-slope",
  examples: "all",
  encode({ inputs: [x], outputs: [y, d], attributes: { kind } }) {
    const { rows, columns } = x;
    return encoders.activateWithSlope({ y, slope: d, x, saved: savedOf(x, y, kind), rows, columns, kind });
  },
  vjp(record, { inputs: [x], outputs: [y, d] }, cotangents) {
    const dy = cotangents.of(y);
    cotangents.add(x, (into) => multiply(record, dy, d, into));
  },
  jvp(record, { inputs: [x], outputs: [y, d] }, tangents) {
    const dx = tangents.get(x);
    if (dx) tangents.set(y, multiply(record, dx, d));
  },
};

/** Makes the activations of a recording keep σ' where it takes work: for recordings whose derivatives are run more than once. */
export function keepSlopes(record: Recorder, scope: Scope = record.root): void {
  scope.nodes.forEach((node, k) => {
    if (isLoop(node)) {
      keepSlopes(record, node.body);
      return;
    }
    const { kind = 0 } = node.attributes;
    const [x, y] = [node.inputs[0], node.outputs[0]];
    if (node.operation !== activation || !x || !y || activationByCode(kind).fromOutput) return;
    const slope = record.within(scope, () => record.tensor(shapeOf(y)));
    scope.nodes[k] = callOf(activationWithSlope, [x], [y, slope], { kind });
  });
}

export const activationAntiderivative: Operation<[x: Tensor], [y: Tensor], Kind> = {
  name: "antiderivative",
  encode: ({ inputs: [x], outputs: [y], attributes: { kind } }) =>
    encoders.activateAntiderivative({ y, x, rows: y.rows, columns: y.columns, kind }),
};

export const activationSlope: Operation<[u: Tensor, s: Tensor], [out: Tensor], Kind> = {
  name: "slope",
  examples: "all",
  overwrites: [0],
  encode({ inputs: [u, s], outputs: [out], into, attributes: { kind } }) {
    const { rows, columns } = out;
    return encoders.activateDerivative({ out, u, s, rows, columns, kind, beta: Number(!!into) });
  },
  jvp(record, { inputs: [u, s], outputs: [out], attributes: { kind } }, tangents) {
    const du = tangents.get(u);
    const ds = tangents.get(s);
    let d = du && slope(record, du, s, kind);
    if (ds && activationByCode(kind).curved) d = record.call(activationCurvature, [u, ds, s], [u], { kind }, d)[0];
    if (d) tangents.set(out, d);
  },
};

export const activationCurvature: Operation<[u: Tensor, v: Tensor, s: Tensor], [out: Tensor], Kind> = {
  name: "curvature",
  examples: "all",
  overwrites: [0],
  encode({ inputs: [u, v, s], outputs: [out], into, attributes: { kind } }) {
    const { rows, columns } = out;
    return encoders.activateSecond({ out, u, v, s, rows, columns, kind, beta: Number(!!into) });
  },
};
