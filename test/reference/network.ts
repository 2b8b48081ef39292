import type { Arithmetic } from "./arithmetic.ts";
import { type Batch, chain, chainParameters, type LayerDescription, type Parameter } from "./layers.ts";
import { matrix } from "./vectors.ts";

export interface NetworkDescription {
  readonly input: number;
  /** Channels, height and width, where the input is an image. */
  readonly shape?: readonly [number, number, number];
  readonly layers: readonly LayerDescription[];
}

const size = (shape: readonly number[]) => shape.reduce((product, extent) => product * extent, 1);

/** The network as its scores see it: batch normalisation takes running statistics, those of a model that was never trained. */
export function scored({ input, layers }: NetworkDescription): NetworkDescription {
  return { input, layers: layers.map(running) };
}

function running(layer: LayerDescription): LayerDescription {
  if (layer.kind === "batchNorm") return { ...layer, running: true };
  if (layer.kind === "ode" && layer.dynamics.norm === "batch") {
    return { ...layer, dynamics: { ...layer.dynamics, running: true } };
  }
  if (layer.kind !== "add") return layer;
  const { shortcut, ...add } = layer;
  const branch = layer.branch.map(running);
  return shortcut ? { ...add, branch, shortcut: shortcut.map(running) } : { ...add, branch };
}

/** Names and shapes in the order of theta. */
export function parametersOf({ input, layers }: NetworkDescription): Parameter[] {
  return chainParameters(layers, input);
}

/** How many numbers theta has. */
export function thetaSize(network: NetworkDescription): number {
  return parametersOf(network).reduce((total, { shape }) => total + size(shape), 0);
}

/** Theta cut into its named arrays. */
export function named<T>(network: NetworkDescription, theta: readonly T[]): Map<string, readonly T[]> {
  let from = 0;
  return new Map(
    parametersOf(network).map(({ name, shape }) => {
      const values = theta.slice(from, from + size(shape));
      from += size(shape);
      return [name, values];
    }),
  );
}

/** Named arrays joined to theta. */
export function joined<T>(network: NetworkDescription, arrays: ReadonlyMap<string, readonly T[]>): T[] {
  return parametersOf(network).flatMap(({ name, shape }) => {
    const values = arrays.get(name);
    if (values?.length !== size(shape)) {
      throw new Error(`reference: parameter ${name} has ${values?.length} numbers instead of ${size(shape)}`);
    }
    return values;
  });
}

/** S of the whole network: examples × outputs. Features come example by example. */
export function forward<T>(
  a: Arithmetic<T>,
  network: NetworkDescription,
  theta: readonly T[],
  features: readonly T[],
  see?: (layer: LayerDescription, states: readonly Batch<T>[]) => void,
): Batch<T> {
  const arrays = named(network, theta);
  const get = (name: string) => {
    const values = arrays.get(name);
    if (!values) throw new Error(`reference: no parameter ${name}`);
    return values;
  };
  return chain(a, network.layers, matrix(features, network.input), get, see);
}
