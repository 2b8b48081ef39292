import type { Tensor } from "../core/recording/tensor.ts";
import type { Rule } from "../core/registry.ts";
import type { Integrator } from "../integrators/integrator.ts";
import type { ConstantSpec, LayerContext, ParameterSpec } from "./parameters.ts";
import type { FeatureShape } from "./shape.ts";
import type { WeightsInTime } from "./weightsInTime.ts";

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

/** A layer is plain data of a kind. */
export interface LayerData {
  readonly kind: string;
}

/** Lays out a list of layers one after another; `name` prefixes the parameters' names. */
export type LayOut = (layers: readonly LayerData[], input: FeatureShape, prefix: string) => LayerPlan;

/** What JSON is read with. */
export interface Reading {
  /** Integrators that are not the package's own. */
  readonly integrators: readonly Integrator[];
  /** Reads a list of layers at `path`. */
  layers(json: unknown, path: string): readonly LayerData[];
}

/** The rules of one kind of layer; a layer itself is plain data. One file each. */
export interface LayerKind<L extends LayerData = LayerData> {
  readonly kind: L["kind"];
  /** For people. */
  readonly label: string;
  readonly options: Readonly<Record<string, Rule>>;
  /** What `record` is given: rows of channels ("image"), rows of features ("features"), or, where absent, either. */
  takes?(layer: L, input: FeatureShape): "image" | "features" | undefined;
  /** Checks the layer against its input and lays it out. `name` is the layer's index path, as in `"3.branch.0"`. */
  layOut(layer: L, input: FeatureShape, name: string, layOut: LayOut): LayerPlan;
  /** The layer from JSON; throws with the path that is wrong. */
  parse(json: object, path: string, read: Reading): L;
  /** The layers inside, by the names that their parameters have, and the same layer with others in their place. */
  readonly inner?: {
    of(layer: L): Readonly<Record<string, readonly LayerData[]>>;
    with(layer: L, change: (layers: readonly LayerData[]) => readonly LayerData[]): L;
  };
  /** Steps in time: their sets of weights, the integrator, and the same with other steps over the same time. */
  readonly time?: {
    of(layer: L): { readonly steps: number; readonly weights: WeightsInTime };
    integrator(layer: L): Integrator;
    withSteps(layer: L, steps: number): L;
  };
}
