/** A network in one line: dense(16) → 8 × layerField, euler → linear(5). */
import type { Layer } from "../layers/index.ts";
import type { Network } from "../networks/network.ts";

/** One layer in a few words. */
export function layerText(layer: Layer | { readonly kind: string }): string {
  const { kind, units, activation, steps, dynamics, integrator, branch } = layer as Record<string, unknown>;
  if (kind === "ode") {
    return `${steps} × ${(dynamics as { kind: string }).kind}, ${integrator}`;
  }
  if (kind === "add") return `add(${(branch as Layer[]).map(layerText).join(" → ")})`;
  const inside = [units, kind === "activation" ? activation : undefined].filter((x) => x !== undefined);
  return inside.length > 0 ? `${kind}(${inside.join(", ")})` : String(kind);
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
