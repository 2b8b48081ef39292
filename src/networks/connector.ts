/** Between blocks of time steps for images: other channels, half the resolution (Ruthotto & Haber 2020, section 4). */
import { namesOf } from "../core/registry.ts";
import type { Norm } from "../dynamics/dynamics.ts";
import {
  activation as activationLayer,
  averagePool2d,
  batchNorm,
  conv2d,
  instanceNorm,
  type Layer,
  layerNorm,
} from "../layers/index.ts";
import { checkName } from "../layers/shape.ts";
import type { ActivationName } from "../operations/activation.ts";

const normLayers: Readonly<Record<Norm, () => Layer>> = {
  instance: instanceNorm,
  layer: layerNorm,
  batch: batchNorm,
};

export interface ConnectorOptions {
  /** Default: none. */
  norm?: Norm | undefined;
  /** σ, default `"relu"`. */
  activation?: ActivationName;
  /** Size and stride of the pooling, default 2; 1 leaves it out. */
  pool?: number;
}

/** `σ(N(K ⋆ y))` with one bias a channel, the norm's shift where there is a norm. */
export function normalizedConv2d(
  where: string,
  channels: number,
  options: { size: number; stride?: number; norm: Norm | undefined; activation: ActivationName },
): Layer[] {
  const { size, stride = 1, norm, activation } = options;
  if (norm === undefined) return [conv2d(channels, { size, stride, activation })];
  checkName(norm, namesOf(normLayers), where, "norm");
  return [conv2d(channels, { size, stride, bias: false }), normLayers[norm](), activationLayer(activation)];
}

/**
 * A 1 × 1 convolution to `channels` channels with norm and activation, then average pooling: layers to be spread into a network
 * between ode layers, `[…, ...connector(32), …]`.
 */
export function connector(channels: number, { norm, activation = "relu", pool = 2 }: ConnectorOptions = {}): Layer[] {
  const layers = normalizedConv2d("connector", channels, { size: 1, norm, activation });
  return pool === 1 ? layers : [...layers, averagePool2d({ size: pool })];
}
