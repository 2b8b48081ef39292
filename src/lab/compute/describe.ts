/** The network, the objective and the training that the reader's settings stand for. */
import * as dynamics from "../../dynamics/index.ts";
import { findIntegrator } from "../../integrators/registry.ts";
import { dense, linear, ode, standardize } from "../../layers/index.ts";
import * as networks from "../../networks/index.ts";
import { hasOption, scoresOf } from "../families.ts";
import { isImages, type State } from "../state.ts";
import type { Examples } from "./examples.ts";

/** An opening layer, time steps, a classifier; columns of a table are standardised first. For images, convolutions too. */
export function describeNetwork(state: State, examples: Examples): networks.Network {
  const { features, width, classes } = examples;
  if (isImages(state.data) && state.architecture !== "dense") return forImages(state, examples);
  const { activation, weights, steps, finalTime, gamma } = state;
  const options: object = hasOption(state.dynamics, "gamma") ? { activation, gamma } : { activation };
  const make: (options: object) => dynamics.Dynamics = dynamics.dynamics[state.dynamics];
  const integrator = findIntegrator(state.integrator, { where: "lab" });
  const block = ode(make(options), integrator, { steps, finalTime, weights });
  const outputs = scoresOf(state.loss, classes.length);
  const opening = state.data === "table" ? [standardize.fit(features, width)] : [];
  return networks.network({
    input: width,
    layers: [...opening, dense(state.width, { activation }), block, linear(outputs)],
    classes,
  });
}

function forImages(state: State, { shape, classes }: Examples): networks.Network {
  const { activation, weights, steps, finalTime, width, architecture } = state;
  const input = shape as readonly [number, number, number];
  const common = { input, outputs: scoresOf(state.loss, classes.length), activation, classes };
  if (architecture === "leNet") return networks.leNet(common);
  const make = networks[architecture as "convResNet"];
  return make({ ...common, channels: [width, 2 * width], stride: 2, steps, finalTime, weights });
}
