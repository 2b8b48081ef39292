import type { DynamicsDescription } from "../reference/dynamics.ts";
import type { LayerDescription } from "../reference/layers.ts";
import type { LossDescription } from "../reference/losses.ts";
import type { NetworkDescription } from "../reference/network.ts";

type Numbers = ArrayLike<number>;

export interface LabelledData {
  readonly features: number[];
  readonly labels: number[];
}

/** The part of a model the tests call. The last two come with the second-order methods. */
export interface TestedModel {
  readonly parameters: readonly { readonly name: string; readonly shape: readonly number[] }[];
  get(name?: string): Numbers;
  set(values: Numbers): void;
  set(name: string, values: Numbers): void;
  scores(features: number[]): Numbers;
  states(features: number[]): readonly { readonly times: Numbers; readonly values: readonly Numbers[] }[];
  value(data: LabelledData): number;
  gradient(data: LabelledData): { readonly value: number; readonly gradient: Numbers };
  inputGradient(data: LabelledData): Numbers;
  jacobianVector(features: number[], v: Numbers): Numbers;
  vectorJacobian(features: number[], u: Numbers): Numbers;
  gaussNewton?(data: LabelledData, v: Numbers): Numbers;
  hessianVector?(data: LabelledData, v: Numbers): Numbers;
  dispose(): void;
}

export type Precision = "f32" | "f64";

type Factory = (...values: unknown[]) => unknown;

/** The package, seen by name: a description says which factory, this calls it. */
export type Surface = Readonly<Record<string, unknown>>;

function factory(surface: Surface, name: string): Factory {
  const found = surface[name];
  if (typeof found !== "function") throw new Error(`the package exports no factory "${name}"`);
  return found as Factory;
}

const dynamicsFrom = (surface: Surface, { kind, image: _, ...options }: DynamicsDescription) =>
  factory(surface, kind)(options);

/** The package's own layer for a description of the reference. */
export function layerFrom(surface: Surface, layer: LayerDescription): unknown {
  const layersFrom = (layers: readonly LayerDescription[]) => layers.map((inner) => layerFrom(surface, inner));
  const make = factory(surface, layer.kind);
  switch (layer.kind) {
    case "linear":
    case "dense": {
      const { kind: _, units, ...options } = layer;
      return make(units, options);
    }
    case "ode": {
      const { kind: _, dynamics, integrator, ...options } = layer;
      return make(dynamicsFrom(surface, dynamics), surface[integrator], options);
    }
    case "residual": {
      const { kind: _, steps, ...options } = layer;
      return make(steps, options);
    }
    case "pad":
      return make(layer.units);
    case "add":
      return layer.shortcut
        ? make(layersFrom(layer.branch), layersFrom(layer.shortcut))
        : make(layersFrom(layer.branch));
    case "standardize":
      return make({ mean: layer.mean, deviation: layer.deviation });
    case "activation":
      return make(layer.name);
    case "flatten":
      return make();
  }
}

/** The package's own network for a description of the reference, through the public factories. */
export function networkFrom(surface: Surface, { input, shape, layers }: NetworkDescription): unknown {
  return factory(
    surface,
    "network",
  )({ input: shape ?? input, layers: layers.map((layer) => layerFrom(surface, layer)) });
}

/** The package's own loss for a description of the reference. */
export function lossFrom(surface: Surface, { kind, ...options }: LossDescription): unknown {
  return factory(surface, kind)(options);
}

/** Compiles a network of the package. */
export async function modelFrom(
  surface: Surface,
  network: unknown,
  loss: unknown,
  precision: Precision = "f64",
): Promise<TestedModel> {
  return (await factory(surface, "createModel")(network, { loss, precision })) as TestedModel;
}
