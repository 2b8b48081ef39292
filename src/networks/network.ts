/** A network is plain immutable data: an input shape and layers. `JSON.stringify` round-trips through `networkFromJSON`. */
import { OdenetError } from "../core/errors.ts";
import type { Integrator } from "../integrators/integrator.ts";
import { checkOwn } from "../integrators/registry.ts";
import { type Layer, layOut, ownIntegrators, parseLayers } from "../layers/index.ts";
import type { LayerPlan } from "../layers/layer.ts";
import { checkWhole, type FeatureShape, featureCount, type ImageShape, show } from "../layers/shape.ts";

export interface Network {
  readonly input: FeatureShape;
  readonly layers: readonly Layer[];
  readonly classes?: readonly string[];
}

export interface NetworkOptions {
  /** Features of one example: their number, or `[channels, height, width]`. */
  input: FeatureShape;
  /** A network may end without `linear`: its scores are then the last layer's features. */
  layers: readonly Layer[];
  /** Names of class 0, class 1, …: as many as scores. */
  classes?: readonly string[];
}

/** Describes a network; shapes are checked here. Throws `shape`, `option` or `name` with the layer that is wrong. */
export function network(options: NetworkOptions): Network {
  if (typeof options !== "object" || options === null) {
    throw new OdenetError("option", `network: expected { input, layers }, got ${show(options)}.`);
  }
  const { input, layers, classes } = options;
  checkInput(input);
  if (!Array.isArray(layers)) {
    throw new OdenetError("option", `network: expected layers to be an array, got ${show(layers)}.`);
  }
  if (classes !== undefined && !Array.isArray(classes)) {
    throw new OdenetError("option", `network: expected classes to be an array of names, got ${show(classes)}.`);
  }
  const shape = frozen(input);
  const result: Network = Object.freeze({
    input: shape,
    layers: Object.freeze([...layers]),
    ...(classes ? { classes: Object.freeze([...classes]) } : {}),
  });
  const outputs = featureCount(layOutNetwork(result).output);
  ownIntegrators(result.layers);
  if (classes && classes.length !== outputs && !(outputs === 1 && classes.length === 2)) {
    throw new OdenetError(
      "length",
      `network: expected ${outputs} class names, one a score, got ${classes.length}. End with linear(${classes.length}).`,
    );
  }
  return result;
}

const frozen = (input: FeatureShape): FeatureShape => {
  if (typeof input === "number") return input;
  const [channels, height, width] = input;
  return Object.freeze<ImageShape>([channels, height, width]);
};

function checkInput(input: unknown): asserts input is FeatureShape {
  if (typeof input === "number") return checkWhole(input, "network", "input");
  if (!Array.isArray(input) || input.length !== 3) {
    throw new OdenetError(
      "shape",
      `network: expected input to be a number of features or [channels, height, width], got ${show(input)}.`,
    );
  }
  for (const n of input) checkWhole(n, "network", "every number of the input shape");
}

/** Lays out all layers of a network. */
export function layOutNetwork({ input, layers }: Network): LayerPlan {
  return layOut(layers, input, "");
}

export interface ReadingOptions {
  /** Integrators that are not odenet's own, which the network names. */
  integrators?: readonly Integrator[];
}

/** Reads what `JSON.stringify(network)` wrote; a clear error names the path that is wrong. */
export function networkFromJSON(json: unknown, { integrators = [] }: ReadingOptions = {}): Network {
  for (const integrator of integrators) checkOwn(integrator, "networkFromJSON");
  let value = json;
  if (typeof json === "string") {
    try {
      value = JSON.parse(json);
    } catch (cause) {
      throw new OdenetError(
        "json",
        `network: expected JSON, got text that does not parse: ${cause instanceof Error ? cause.message : cause}.`,
      );
    }
  }
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    throw new OdenetError("json", `network: expected an object with input and layers, got ${show(value)}.`);
  }
  const { input, layers, classes }: { input?: unknown; layers?: unknown; classes?: unknown } = value;
  if (classes !== undefined && !(Array.isArray(classes) && classes.every((c) => typeof c === "string"))) {
    throw new OdenetError("json", `classes: expected an array of names, got ${show(classes)}.`);
  }
  const parsed = parseLayers(layers, "layers", integrators);
  checkInput(input);
  return network(classes ? { input, layers: parsed, classes } : { input, layers: parsed });
}
