import { adam, adamW } from "./adam.ts";
import { momentum } from "./momentum.ts";
import { sgd } from "./sgd.ts";

export type { Optimizer } from "./optimizer.ts";
export { adam, adamW, momentum, sgd };

/** Every optimizer's factory by kind. */
export const optimizers = { sgd, momentum, adam, adamW };
