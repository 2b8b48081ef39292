import { adam, adamW } from "./adam.ts";
import { gradientDescent } from "./gradientDescent.ts";
import { lbfgs } from "./lbfgs.ts";
import type { Method } from "./method.ts";
import { momentum } from "./momentum.ts";
import { newtonCG } from "./newtonCG.ts";
import { nlcg } from "./nlcg.ts";
import type { Optimizer as Update } from "./optimizer.ts";
import { sgd } from "./sgd.ts";
import { timeSmoothing } from "./timeSmoothing.ts";
import { variableProjection } from "./variableProjection.ts";

export type { Block, Ending, HessianKind, Iteration, Method, Problem, Space } from "./method.ts";
export type { Preconditioner } from "./timeSmoothing.ts";
/** A recorded update, or a method with its own logic. */
export type Optimizer = Update | Method;
export { adam, adamW, gradientDescent, lbfgs, momentum, newtonCG, nlcg, sgd, timeSmoothing, variableProjection };

/** Every optimizer's factory by kind. */
export const optimizers = {
  sgd,
  momentum,
  adam,
  adamW,
  gradientDescent,
  nlcg,
  lbfgs,
  newtonCG,
  variableProjection,
};
