/** The surfaces of the experiment on landscapes, for any depth, radius and pair of directions. */
import type { Surface } from "../../analysis/index.ts";
import { landscapeNets, roughness, surfaceAround } from "../../experiments/landscape.ts";
import { type Trained, trainedNet } from "../../experiments/trainedNet.ts";

export interface Landscape {
  readonly name: string;
  readonly accuracy: number;
  readonly roughness: number;
  readonly surface: Surface;
}

const EPOCHS = 600;
const POINTS = 31;

/** The nets of the last depth: another radius or other directions leave them as they are. */
let trained: { readonly depth: number; readonly nets: readonly (Trained & { name: string })[] } | undefined;

async function netsOf(depth: number) {
  if (trained?.depth === depth) return trained.nets;
  for (const { model } of trained?.nets ?? []) model.dispose();
  trained = undefined;
  const nets: (Trained & { name: string })[] = [];
  for (const [name, net] of Object.entries(landscapeNets(depth))) {
    nets.push({ name, ...(await trainedNet({ seed: 0, epochs: EPOCHS, ...net })) });
  }
  trained = { depth, nets };
  return nets;
}

export async function landscape(depth: number, radius: number, seed: number): Promise<Landscape[]> {
  const found: Landscape[] = [];
  for (const { name, model, training, accuracy } of await netsOf(depth)) {
    const surface = await surfaceAround(model, training, seed, radius, POINTS);
    found.push({ name, accuracy, roughness: roughness(surface), surface });
  }
  return found;
}
