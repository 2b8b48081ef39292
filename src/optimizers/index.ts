import { updateEntries, updates } from "./entries.generated.ts";
import { gradientDescent } from "./gradientDescent.ts";
import { lbfgs } from "./lbfgs.ts";
import type { Method } from "./method.ts";
import { newtonCG } from "./newtonCG.ts";
import { nlcg } from "./nlcg.ts";
import type { Optimizer as Update } from "./optimizer.ts";
import { timeSmoothing } from "./timeSmoothing.ts";
import { variableProjection } from "./variableProjection.ts";

export type { Block, Ending, HessianKind, Iteration, Method, Problem, Space } from "./method.ts";
export type { Preconditioner } from "./timeSmoothing.ts";
/** A recorded update, or a method with its own logic. */
export type Optimizer = Update | Method;
export * from "./members.generated.ts";
export { gradientDescent, lbfgs, newtonCG, nlcg, timeSmoothing, updateEntries, variableProjection };

/** Every optimizer's factory by kind. */
export const optimizers = {
  ...updates,
  gradientDescent,
  nlcg,
  lbfgs,
  newtonCG,
  variableProjection,
};
