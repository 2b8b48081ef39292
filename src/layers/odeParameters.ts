/** A dynamics' parameters as those of a layer: K_j, b_j for all times t_j in one stack each. */
import { dynamicsKinds } from "../dynamics/index.ts";
import type { DynamicsParameter } from "../dynamics/kernels/kernel.ts";
import type { Ode } from "./ode.ts";
import {
  type Initialization,
  kernelParameter,
  matrixParameter,
  type ParameterSpec,
  rowParameter,
} from "./parameters.ts";
import { weightLayouts } from "./weightsInTime.ts";

/** A parameter of the dynamics, stacked over time as the layer's weights say. */
export function parameterSpec(p: DynamicsParameter, layer: Ode, name: string): ParameterSpec {
  const { steps, stepSize, weights, initialization, dynamics } = layer;
  const constant = weights === "constant";
  const spacing = weights === "halfSteps" ? stepSize / 2 : stepSize;
  const free = dynamicsKinds[dynamics.kind].free === true;
  const time = { free, spacing, share: constant ? steps * stepSize : spacing, constant };
  const copies = weightLayouts[weights].copies(steps);
  const full = `${name}.${p.letter}`;
  return { ...specOf(p, full, initialization, copies), time };
}

function specOf(
  { shape, fan }: DynamicsParameter,
  name: string,
  initialization: Initialization,
  copies: number | undefined,
): ParameterSpec {
  if (shape.length === 4) {
    const [filters, channels, size] = shape;
    return kernelParameter(name, { filters, channels, size, groups: 1 }, initialization, copies);
  }
  if (shape.length === 2) return matrixParameter(name, ...shape, initialization, copies);
  const row = rowParameter(name, ...shape, copies);
  return fan ? { ...row, initialization, fanIn: fan.in, fanOut: fan.out } : row;
}
