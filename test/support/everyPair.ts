import { dense, type Layer, linear, type Network, network } from "../../src/index.ts";
import type { WeightsInTime } from "../reference/weights.ts";
import { pairs, surface } from "./families.ts";
import { layerFrom } from "./surface.ts";

/** One layer of every dynamics with every integrator that fits, of those chosen, with these weights in time where the pair takes them. */
export function everyPair(
  weights: WeightsInTime,
  chosen: (kind: string, integrator: string) => boolean = () => true,
): Network {
  const layer = (kind: string, integrator: string): Layer => {
    const described = { kind: "ode" as const, dynamics: { kind }, integrator, steps: 2, finalTime: 0.3 };
    try {
      return layerFrom(surface, { ...described, weights }) as Layer;
    } catch {
      return layerFrom(surface, described) as Layer;
    }
  };
  return network({
    input: 2,
    layers: [
      dense(4),
      ...pairs
        .filter(({ kind, integrator }) => chosen(kind, integrator))
        .map(({ kind, integrator }) => layer(kind, integrator)),
      linear(5),
    ],
  });
}
