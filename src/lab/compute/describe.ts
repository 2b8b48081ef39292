/** The network, the objective and the training that the reader's settings stand for. */
import * as dynamics from "../../dynamics/index.ts";
import * as integrators from "../../integrators/index.ts";
import type { Integrator } from "../../integrators/integrator.ts";
import { dense, linear, ode, standardize } from "../../layers/index.ts";
import { type Network, network } from "../../networks/index.ts";
import type { State } from "../state.ts";
import type { Examples } from "./examples.ts";

/** An opening layer, time steps, a classifier; columns of a table are standardised first. */
export function describeNetwork(state: State, { features, width, classes }: Examples): Network {
  const { activation, weights, steps, finalTime, gamma } = state;
  const options = state.dynamics === "antisymmetric" ? { activation, gamma } : { activation };
  const field = dynamics[state.dynamics](options) as dynamics.Dynamics;
  const integrator = integrators[state.integrator] as unknown as Integrator;
  const block = ode(field, integrator as never, { steps, finalTime, weights });
  const outputs = state.loss === "logistic" ? 1 : classes.length;
  const opening = state.data === "table" ? [standardize.fit(features, width)] : [];
  return network({
    input: width,
    layers: [...opening, dense(state.width, { activation }), block, linear(outputs)],
    classes,
  });
}
