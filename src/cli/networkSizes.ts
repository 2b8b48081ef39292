import { featureCount } from "../layers/shape.ts";
import { layOutNetwork, type Network } from "../networks/network.ts";

/** Features and scores of one example. */
export const sizesOf = (network: Network): { features: number; outputs: number } => ({
  features: featureCount(network.input),
  outputs: featureCount(layOutNetwork(network).output),
});
