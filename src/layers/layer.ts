import type { Tensor } from "../core/tensor.ts";
import type { ConstantSpec, LayerContext, ParameterSpec } from "./parameters.ts";
import type { FeatureShape } from "./shape.ts";

/** A layer laid out for a given input: its output shape, its parameters, and how it is recorded. */
export interface LayerPlan {
  readonly output: FeatureShape;
  /** Whether the output is an image that a layer made: plain layers then ask for `flatten()`. */
  readonly made?: boolean;
  readonly parameters: readonly ParameterSpec[];
  readonly constants?: readonly ConstantSpec[];
  record(context: LayerContext, y: Tensor): Tensor;
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
