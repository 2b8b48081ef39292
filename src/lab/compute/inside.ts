/** What is to be seen inside the layers, and takes longest: the gradient at each of them, and the eigenvalues of each step. */
import { gradientFlow, type LayerFlow } from "../../analysis/gradientFlow.ts";
import { jacobianSpectrum } from "../../analysis/jacobianSpectrum.ts";
import { OdenetError } from "../../core/errors.ts";
import { findIntegrator } from "../../integrators/registry.ts";
import { featureCount } from "../../layers/shape.ts";
import type { Model } from "../../model/model.ts";
import { layOutNetwork } from "../../networks/network.ts";
import type { State } from "../state.ts";
import { dataFor } from "../targets.ts";
import { type Examples, some } from "./examples.ts";

export interface InsideView {
  readonly flow: readonly LayerFlow[];
  /** hλ along the path of the first example; absent for wide networks. */
  readonly eigenvalues?: readonly { readonly re: number; readonly im: number }[];
  /** Of those eigenvalues: how many there are, how many lie where the integrator amplifies, and the largest factor of a step. */
  readonly stability?: { readonly count: number; readonly outside: number; readonly most: number };
}

/** Examples whose gradient is looked at. */
const LOOKED_AT = 128;
/** Beyond this width eigenvalues would stop training for too long. */
const MOST_WIDTH = 48;
/** A root computed in rounded numbers may lie that far outside. */
const ROUNDING = 1e-7;

export function insideOf(model: Model, training: Examples, loss: State["loss"]): InsideView {
  const examples = some(training, LOOKED_AT);
  return { flow: gradientFlow(model, dataFor(examples, loss)), ...stabilityOf(model, examples) };
}

function stabilityOf(model: Model, examples: Examples): Omit<InsideView, "flow"> {
  const { input, layers } = model.network;
  const at = layers.findIndex(({ kind }) => kind === "ode");
  const layer = layers[at];
  if (layer?.kind !== "ode") return {};
  const width = featureCount(layOutNetwork({ input, layers: layers.slice(0, at) }).output);
  const spectrum = width <= MOST_WIDTH ? spectrumOf(model, examples) : undefined;
  if (!spectrum) return {};
  const integrator = findIntegrator(layer.integrator, { where: "lab" });
  const eigenvalues = spectrum.flatMap(({ scaled }) => scaled);
  const sizes = eigenvalues.map((z) => integrator.amplification(z));
  const outside = sizes.filter((size) => !(size <= 1 + ROUNDING)).length;
  return { eigenvalues, stability: { count: sizes.length, outside, most: Math.max(...sizes) } };
}

/** Undefined where the eigenvalues of some step cannot be found. */
function spectrumOf(model: Model, { features, width }: Examples) {
  try {
    return jacobianSpectrum(model, features.slice(0, width));
  } catch (error) {
    if (error instanceof OdenetError) return undefined;
    throw error;
  }
}
