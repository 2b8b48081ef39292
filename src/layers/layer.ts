import type { Tensor } from "../core/recording/tensor.ts";
import type { ConstantSpec, LayerContext, ParameterSpec } from "./parameters.ts";
import type { FeatureShape } from "./shape.ts";

/** A layer laid out for a given input: its output shape, its parameters, and how it is recorded. */
export interface LayerPlan {
  readonly output: FeatureShape;
  /** Whether the output is an image that a layer made: plain layers then ask for `flatten()`. */
  readonly made?: boolean;
  readonly parameters: readonly ParameterSpec[];
  readonly constants?: readonly ConstantSpec[];
  /** What it keeps besides θ, such as running statistics. */
  readonly state?: readonly ParameterSpec[];
  /** Where it takes statistics of a batch, and so joins its examples: the least number of them. */
  readonly joins?: number | undefined;
  /** Whether it draws random numbers in training. */
  readonly draws?: boolean;
  record(context: LayerContext, y: Tensor): Tensor;
}

/** What several plans ask for together, in order. */
export function together(plans: readonly LayerPlan[]): Omit<LayerPlan, "output" | "made" | "record"> {
  const joins = plans.flatMap((plan) => plan.joins ?? []);
  return {
    parameters: plans.flatMap((plan) => plan.parameters),
    constants: plans.flatMap((plan) => plan.constants ?? []),
    state: plans.flatMap((plan) => plan.state ?? []),
    joins: joins.length > 0 ? Math.max(...joins) : undefined,
    draws: plans.some((plan) => plan.draws),
  };
}

/** Lays out a list of layers one after another; `name` prefixes the parameters' names. */
export type LayOut = (layers: readonly { readonly kind: string }[], input: FeatureShape, prefix: string) => LayerPlan;

/** Reads a list of layers from JSON at `path`. */
export type ParseLayers = (json: unknown, path: string) => readonly { readonly kind: string }[];

/** The rules of one kind of layer; a layer itself is plain data. One file each. */
export interface LayerKind<L extends { readonly kind: string }> {
  readonly kind: L["kind"];
  /** What `record` is given: rows of channels ("image"), rows of features ("features"), or, where absent, either. */
  takes?(layer: L, input: FeatureShape): "image" | "features" | undefined;
  /** Checks the layer against its input and lays it out. `name` is the layer's index path, as in `"3.branch.0"`. */
  layOut(layer: L, input: FeatureShape, name: string, layOut: LayOut): LayerPlan;
  /** The layer from JSON; throws with the path that is wrong. */
  parse(json: Readonly<Record<string, unknown>>, path: string, parse: ParseLayers): L;
}
