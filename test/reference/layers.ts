import { activationOf } from "./activations.ts";
import { type Arithmetic, batched } from "./arithmetic.ts";
import { type DynamicsDescription, dynamicsOf } from "./dynamics.ts";
import { integrate } from "./integrators.ts";
import { applied, axpy, matrix, normalized, plus, product, times, transpose } from "./vectors.ts";
import { sets, type WeightsInTime, weightsAt } from "./weights.ts";

export interface LinearDescription {
  readonly kind: "linear";
  readonly units: number;
  readonly bias?: boolean;
}
export interface DenseDescription {
  readonly kind: "dense";
  readonly units: number;
  readonly activation?: string;
  readonly bias?: boolean;
  readonly scale?: number;
}
export interface OdeDescription {
  readonly kind: "ode";
  readonly dynamics: DynamicsDescription;
  readonly integrator: string;
  readonly steps: number;
  readonly finalTime?: number;
  readonly stepSize?: number;
  readonly weights?: WeightsInTime;
  readonly start?: "full" | "half";
}
export interface ResidualDescription {
  readonly kind: "residual";
  readonly steps: number;
  readonly activation?: string;
}
export interface PadDescription {
  readonly kind: "pad";
  readonly units: number;
}
export interface FlattenDescription {
  readonly kind: "flatten";
}
export interface AddDescription {
  readonly kind: "add";
  readonly branch: readonly LayerDescription[];
  readonly shortcut?: readonly LayerDescription[];
}
export interface StandardizeDescription {
  readonly kind: "standardize";
  readonly mean: readonly number[];
  readonly deviation: readonly number[];
}
export interface ActivationDescription {
  readonly kind: "activation";
  readonly name: string;
}
export interface LayerNormDescription {
  readonly kind: "layerNorm";
  readonly epsilon?: number;
  readonly affine?: boolean;
}
export interface BatchNormDescription {
  readonly kind: "batchNorm";
  readonly epsilon?: number;
  readonly affine?: boolean;
  /** Mean 0 and variance 1 in place of the batch's: what scores take before any training. */
  readonly running?: boolean;
}
export type LayerDescription =
  | LayerNormDescription
  | BatchNormDescription
  | LinearDescription
  | DenseDescription
  | OdeDescription
  | ResidualDescription
  | PadDescription
  | AddDescription
  | FlattenDescription
  | StandardizeDescription
  | ActivationDescription;

/** One parameter array: name and shape. */
export interface Parameter {
  readonly name: string;
  readonly shape: readonly number[];
}

/** Finds a layer's own array by the name it has inside that layer. */
export type Lookup<T> = (name: string) => readonly T[];

/** Examples × features. */
export type Batch<T> = readonly (readonly T[])[];

/** `residual` is this ode. */
const asOde = ({ steps, activation = "tanh" }: ResidualDescription): OdeDescription => ({
  kind: "ode",
  dynamics: { kind: "layerField", activation },
  integrator: "euler",
  steps,
  stepSize: 1,
});

/** Features that leave the layer when `n` enter it. */
export function widthAfter(layer: LayerDescription, n: number): number {
  switch (layer.kind) {
    case "linear":
    case "dense":
    case "pad":
      return layer.units;
    case "add":
      return layer.branch.reduce((width, inner) => widthAfter(inner, width), n);
    default:
      return n;
  }
}

const prefixed = (prefix: string, parameters: readonly Parameter[]): Parameter[] =>
  parameters.map(({ name, shape }) => ({ name: `${prefix}.${name}`, shape }));

/** The arrays of a chain of layers, `<index>.<name>`, in the order of theta. */
export function chainParameters(layers: readonly LayerDescription[], n: number): Parameter[] {
  let width = n;
  return layers.flatMap((layer, i) => {
    const own = prefixed(`${i}`, layerParameters(layer, width));
    width = widthAfter(layer, width);
    return own;
  });
}

function layerParameters(layer: LayerDescription, n: number): Parameter[] {
  switch (layer.kind) {
    case "linear":
    case "dense": {
      const letter = layer.kind === "linear" ? "W" : "K";
      const K = { name: letter, shape: [layer.units, n] };
      return (layer.bias ?? true) ? [K, { name: "b", shape: [layer.units] }] : [K];
    }
    case "layerNorm":
    case "batchNorm":
      return (layer.affine ?? true)
        ? [
            { name: "scale", shape: [n] },
            { name: "shift", shape: [n] },
          ]
        : [];
    case "residual":
      return layerParameters(asOde(layer), n);
    case "ode": {
      const kind = layer.weights ?? "perStep";
      const time = kind === "constant" ? [] : [sets[kind](layer.steps)];
      const letters = dynamicsOf(layer.dynamics).letters(layer.dynamics, n);
      return letters.map(([name, shape]) => ({ name, shape: [...time, ...shape] }));
    }
    case "add":
      return [
        ...prefixed("branch", chainParameters(layer.branch, n)),
        ...prefixed("shortcut", chainParameters(layer.shortcut ?? [], n)),
      ];
    default:
      return [];
  }
}

/** One layer after the other. */
export function chain<T>(
  a: Arithmetic<T>,
  layers: readonly LayerDescription[],
  Y: Batch<T>,
  get: Lookup<T>,
  see?: (layer: LayerDescription, states: readonly Batch<T>[]) => void,
): Batch<T> {
  return layers.reduce((batch, layer, i) => forward(a, layer, batch, (name) => get(`${i}.${name}`), see), Y);
}

/** One layer's formula; `see` is given the states of every ode layer. */
function forward<T>(
  a: Arithmetic<T>,
  layer: LayerDescription,
  Y: Batch<T>,
  get: Lookup<T>,
  see?: (layer: LayerDescription, states: readonly Batch<T>[]) => void,
): Batch<T> {
  const n = Y[0]?.length ?? 0;
  switch (layer.kind) {
    case "linear": {
      const W = matrix(get("W"), n);
      const b = (layer.bias ?? true) ? get("b") : undefined;
      return Y.map((y) => plus(a, product(a, W, y), b));
    }
    case "dense": {
      const { sigma } = activationOf(layer.activation ?? "tanh");
      const K = matrix(get("K"), n);
      const b = (layer.bias ?? true) ? get("b") : undefined;
      return Y.map((y) => times(a, layer.scale ?? 1, applied(a, sigma, plus(a, product(a, K, y), b))));
    }
    case "residual":
      return forward(a, asOde(layer), Y, get, see);
    case "ode": {
      const { dynamics: description, steps, finalTime = 1, stepSize: h = finalTime / steps, start = "full" } = layer;
      const dynamics = dynamicsOf(description);
      const solve = <S>(a: Arithmetic<S>, y: readonly S[], get: Lookup<S>) => {
        const weights = weightsAt(a, layer.weights ?? "perStep", dynamics.letters(description, n), get);
        return integrate(layer.integrator, dynamics, { a, description, weights, y, steps, h, start });
      };
      const states: readonly Batch<T>[] =
        description.norm === "batch"
          ? solve(batched(a, Y.length), transpose(Y), (name) => get(name).map((w) => Y.map(() => w))).map(transpose)
          : transpose(Y.map((y) => solve(a, y, get)));
      see?.(layer, states);
      return states[steps] as Batch<T>;
    }
    case "pad":
      return Y.map((y) => Array.from({ length: layer.units }, (_, i) => y[i] ?? a.constant(0)));
    case "add": {
      const branch = chain(a, layer.branch, Y, (name) => get(`branch.${name}`), see);
      const shortcut = chain(a, layer.shortcut ?? [], Y, (name) => get(`shortcut.${name}`), see);
      return shortcut.map((y, i) => axpy(a, y, 1, branch[i] as readonly T[]));
    }
    case "standardize":
      return Y.map((y) =>
        y.map((entry, i) => {
          const centred = a.add(entry, a.constant(-(layer.mean[i] as number)));
          return a.scale(1 / (layer.deviation[i] as number), centred);
        }),
      );
    case "activation":
      return Y.map((y) => applied(a, activationOf(layer.name).sigma, y));
    case "layerNorm":
    case "batchNorm": {
      const { epsilon = 1e-5, affine = true } = layer;
      const normal = normalizedBatch(a, layer, Y, epsilon);
      if (!affine) return normal;
      const [scale, shift] = [get("scale"), get("shift")];
      return normal.map((y) => y.map((x, i) => a.add(a.multiply(scale[i] as T, x), shift[i] as T)));
    }
    case "flatten":
      return Y;
  }
}

/** x̂ of every example: over its own numbers, over each feature of the batch, or with mean 0 and variance 1. */
function normalizedBatch<T>(
  a: Arithmetic<T>,
  layer: LayerNormDescription | BatchNormDescription,
  Y: Batch<T>,
  epsilon: number,
): Batch<T> {
  if (layer.kind === "layerNorm") return Y.map((y) => normalized(a, y, epsilon));
  if (layer.running) return Y.map((y) => times(a, 1 / Math.sqrt(1 + epsilon), y));
  return transpose(transpose(Y).map((column) => normalized(a, column, epsilon)));
}
