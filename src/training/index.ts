export { createModel, type ModelOptions, type TrainableModel } from "./createModel.ts";
export type { FitOptions, FitResult } from "./fit.ts";
export { type MinimizeOptions, type MinimizeStep, type Minimum, minimize, type PlainFunction } from "./minimize.ts";
export { type LoadOptions, modelFromBytes } from "./modelFromBytes.ts";
export type { TrainOptions } from "./options.ts";
export { constant, cosine, exponential, type Schedule, schedules, step } from "./schedules.ts";
export type { EpochEnd, EpochRecord, Step } from "./step.ts";
export type { DataStream } from "./stream.ts";
export { train } from "./train.ts";
