export { createModel, type ModelOptions, type TrainableModel } from "./createModel.ts";
export type { FitOptions, FitResult } from "./fit.ts";
export { constant, cosine, type Schedule, schedules } from "./schedules.ts";
export { type EpochEnd, type Step, type TrainOptions, train } from "./train.ts";
