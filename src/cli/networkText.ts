/** A network in one line: dense(16) → 8 × layerField, euler → linear(5). */
import type { Dynamics } from "../dynamics/index.ts";
import type { Layer } from "../layers/index.ts";
import type { Network } from "../networks/network.ts";

/** One layer in a few words. */
export function layerText(layer: Layer | { readonly kind: string }): string {
  const { kind, units, activation, steps, dynamics, integrator, branch } = layer as Record<string, unknown>;
  if (kind === "ode") return `${steps} × ${dynamicsText(dynamics as Dynamics)}, ${integrator}`;
  if (kind === "add") return `add(${(branch as Layer[]).map(layerText).join(" → ")})`;
  const { channels, size, rate } = layer as Record<string, unknown>;
  const window = size === undefined ? undefined : `${size} × ${size}`;
  const inside = [units, channels, window, rate, kind === "activation" ? activation : undefined].filter(
    (x) => x !== undefined,
  );
  return inside.length > 0 ? `${kind}(${inside.join(", ")})` : String(kind);
}

function dynamicsText({ kind, kernel, norm }: Dynamics): string {
  const how = {
    conv2d: kernel?.kind === "conv2d" && `${kernel.size} × ${kernel.size}`,
    basis: kernel?.kind === "basis" && `of ${kernel.matrices.length} matrices`,
  };
  return [kind, how.conv2d, how.basis, norm].filter(Boolean).join(" ");
}

/** All layers; equal neighbours are counted. */
export function layersText({ layers }: Network): string {
  const parts: { text: string; times: number }[] = [];
  for (const text of layers.map(layerText)) {
    const last = parts[parts.length - 1];
    if (last?.text === text) last.times++;
    else parts.push({ text, times: 1 });
  }
  return parts.map(({ text, times }) => (times > 1 ? `${times} × ${text}` : text)).join(" → ");
}
