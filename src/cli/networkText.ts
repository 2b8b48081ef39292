/** A network in one line: dense(16) → 8 × layerField, euler → linear(5). */
import type { Dynamics } from "../dynamics/index.ts";
import type { Layer } from "../layers/index.ts";
import type { Network } from "../networks/network.ts";

type Any = Layer | { readonly kind: string };
const isOde = (layer: Any): layer is Extract<Layer, { kind: "ode" }> => layer.kind === "ode";
const isAdd = (layer: Any): layer is Extract<Layer, { kind: "add" }> => layer.kind === "add";

/** One layer in a few words. */
export function layerText(layer: Layer | { readonly kind: string }): string {
  const { kind } = layer;
  if (isOde(layer)) return `${layer.steps} × ${dynamicsText(layer.dynamics)}, ${layer.integrator}`;
  if (isAdd(layer)) return `add(${layer.branch.map(layerText).join(" → ")})`;
  const { units, activation, channels, size, rate }: Readonly<Record<string, unknown>> = { ...layer };
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
