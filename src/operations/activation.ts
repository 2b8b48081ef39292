/**
 * y = σ(x) entry by entry, and its derivatives.
 *
 * What the backward pass keeps ("saved") is y for tanh, relu, identity and sigmoid, whose σ' is a function of y, and x for
 * the others; `slope` is u ∘ σ' and `curvature` u ∘ v ∘ dσ'/ds, both functions of the saved s.
 */
import { Activation, Op } from "../../assembly/opcodes.ts";
import { type Recorder, shapeOf } from "../core/recording/recorder.ts";
import { type CallRecorder, isLoop, type Operation, type Scope, type Tensor } from "../core/recording/tensor.ts";
import { multiply } from "./multiply.ts";

interface ActivationKind {
  readonly code: Activation;
  /** Whether σ' is computed from the output rather than the input. */
  readonly fromOutput: boolean;
  /** Whether σ' ≥ 0 everywhere: the stability statements need it. */
  readonly monotone: boolean;
  /** Whether σ has a kink, at 0. */
  readonly kinked: boolean;
}

/** Every activation by name. smoothRelu: (x + η)²/(4η) for |x| ≤ η = 0.1, else max(x, 0). relu'(0) = 0. */
export const activations = {
  tanh: { code: Activation.Tanh, fromOutput: true, monotone: true, kinked: false },
  relu: { code: Activation.Relu, fromOutput: true, monotone: true, kinked: true },
  identity: { code: Activation.Identity, fromOutput: true, monotone: true, kinked: false },
  sigmoid: { code: Activation.Sigmoid, fromOutput: true, monotone: true, kinked: false },
  softplus: { code: Activation.Softplus, fromOutput: false, monotone: true, kinked: false },
  sin: { code: Activation.Sin, fromOutput: false, monotone: false, kinked: false },
  smoothRelu: { code: Activation.SmoothRelu, fromOutput: false, monotone: true, kinked: false },
} as const satisfies Record<string, ActivationKind>;

export type ActivationName = keyof typeof activations;

const byCode = new Map<number, ActivationKind & { name: ActivationName }>(
  Object.entries(activations).map(([name, kind]) => [kind.code, { ...kind, name: name as ActivationName }]),
);

/** The activation of a kernel code. */
export function activationByCode(code: number): ActivationKind & { name: ActivationName } {
  const found = byCode.get(code);
  if (!found) throw new Error(`activation ${code} is unknown`);
  return found;
}

/** σ(x). */
export function activate(record: CallRecorder, x: Tensor, name: ActivationName): Tensor {
  if (name === "identity") return x;
  return record.call(activation, [x], [x], { kind: activations[name].code })[0] as Tensor;
}

/** Σ(x) with Σ' = σ, entry by entry: what energies are made of. Not differentiated. */
export function antiderivative(record: CallRecorder, x: Tensor, name: ActivationName): Tensor {
  return record.call(activationAntiderivative, [x], [x], { kind: activations[name].code })[0] as Tensor;
}

/** u ∘ σ'(s). */
export function slope(record: CallRecorder, u: Tensor, saved: Tensor, kind: number, into?: Tensor): Tensor {
  return record.call(activationSlope, [u, saved], [u], { kind }, into)[0] as Tensor;
}

const kindOf = (attributes: Readonly<Record<string, number>>): number => attributes.kind ?? 0;

export const activation: Operation = {
  name: "activation",
  examples: "all",
  overwrites: [0],
  encode({ inputs: [x], outputs: [y], attributes }) {
    const { rows, columns } = y as Tensor;
    return { op: Op.Activate, sizes: [rows, columns, kindOf(attributes)], operands: [y as Tensor, x as Tensor] };
  },
  vjp(record, { inputs: [x], outputs: [y], attributes }, cotangents) {
    const kind = kindOf(attributes);
    const saved = (byCode.get(kind)?.fromOutput ? y : x) as Tensor;
    const d = cotangents.get(y as Tensor) as Tensor;
    cotangents.add(x as Tensor, (into) => slope(record, d, saved, kind, into));
  },
  jvp(record, { inputs: [x], outputs: [y], attributes }, tangents) {
    const dx = tangents.get(x as Tensor);
    if (!dx) return;
    const kind = kindOf(attributes);
    const saved = (byCode.get(kind)?.fromOutput ? y : x) as Tensor;
    tangents.set(y as Tensor, slope(record, dx, saved, kind));
  },
};

/** σ with σ' beside it, computed once: of first derivatives only. */
const activationWithSlope: Operation = {
  name: "activation-with-slope",
  examples: "all",
  encode({ inputs: [x], outputs: [y, d], attributes }) {
    const kind = kindOf(attributes);
    const saved = (byCode.get(kind)?.fromOutput ? y : x) as Tensor;
    const { rows, columns } = x as Tensor;
    return {
      op: Op.ActivateWithSlope,
      sizes: [rows, columns, kind],
      operands: [y as Tensor, d as Tensor, x as Tensor, saved],
    };
  },
  vjp(record, { inputs: [x], outputs: [y, d] }, cotangents) {
    const dy = cotangents.get(y as Tensor) as Tensor;
    cotangents.add(x as Tensor, (into) => multiply(record, dy, d as Tensor, into));
  },
  jvp(record, { inputs: [x], outputs: [y, d] }, tangents) {
    const dx = tangents.get(x as Tensor);
    if (dx) tangents.set(y as Tensor, multiply(record, dx, d as Tensor));
  },
};

/** Makes the activations of a recording keep σ' where it takes work: for recordings whose derivatives are run more than once. */
export function keepSlopes(record: Recorder, scope: Scope = record.root): void {
  scope.nodes.forEach((node, k) => {
    if (isLoop(node)) keepSlopes(record, node.body);
    else if (node.operation === activation && !byCode.get(kindOf(node.attributes))?.fromOutput) {
      const slope = record.within(scope, () => record.tensor(shapeOf(node.outputs[0] as Tensor)));
      scope.nodes[k] = { ...node, operation: activationWithSlope, outputs: [...node.outputs, slope] };
    }
  });
}

export const activationAntiderivative: Operation = {
  name: "antiderivative",
  encode({ inputs: [x], outputs: [y], attributes }) {
    const { rows, columns } = y as Tensor;
    return {
      op: Op.ActivateAntiderivative,
      sizes: [rows, columns, kindOf(attributes)],
      operands: [y as Tensor, x as Tensor],
    };
  },
};

export const activationSlope: Operation = {
  name: "slope",
  examples: "all",
  overwrites: [0],
  encode({ inputs: [u, s], outputs: [out], into, attributes }) {
    const { rows, columns } = out as Tensor;
    const sizes = [rows, columns, kindOf(attributes), into ? 1 : 0];
    return { op: Op.ActivateDerivative, sizes, operands: [out as Tensor, u as Tensor, s as Tensor] };
  },
  jvp(record, { inputs: [u, s], outputs: [out], attributes }, tangents) {
    const kind = kindOf(attributes);
    const du = tangents.get(u as Tensor);
    const ds = tangents.get(s as Tensor);
    let d = du && slope(record, du, s as Tensor, kind);
    const code: Activation = kind;
    const curved = code !== Activation.Relu && code !== Activation.Identity;
    if (ds && curved) {
      d = record.call(activationCurvature, [u as Tensor, ds, s as Tensor], [u as Tensor], { kind }, d)[0] as Tensor;
    }
    if (d) tangents.set(out as Tensor, d);
  },
};

export const activationCurvature: Operation = {
  name: "curvature",
  examples: "all",
  overwrites: [0],
  encode({ inputs: [u, v, s], outputs: [out], into, attributes }) {
    const { rows, columns } = out as Tensor;
    const sizes = [rows, columns, kindOf(attributes), into ? 1 : 0];
    return { op: Op.ActivateSecond, sizes, operands: [out as Tensor, u as Tensor, v as Tensor, s as Tensor] };
  },
};
