export * from "./analysis/index.ts";
export { type ErrorCode, OdenetError } from "./core/errors.ts";
export type { Numbers } from "./core/host/memory.ts";
export type { Precision } from "./core/recording/tensor.ts";
export {
  antisymmetric,
  basisKernel,
  conv2dKernel,
  type Dynamics,
  doubleHamiltonian,
  dynamics,
  hamiltonian,
  type Kernel,
  kernels,
  layerField,
  type Norm,
  parabolic,
  secondOrder,
} from "./dynamics/index.ts";
export { dopri5 } from "./integrators/dopri5.ts";
export * as integrators from "./integrators/index.ts";
export * from "./integrators/index.ts";
export type { Integrator } from "./integrators/integrator.ts";
export {
  activation,
  adaptiveAveragePool2d,
  add,
  averagePool2d,
  batchNorm,
  conv2d,
  convTranspose2d,
  dense,
  dropout,
  flatten,
  globalAveragePool2d,
  instanceNorm,
  type Layer,
  layerKinds as layers,
  layerNorm,
  linear,
  localResponseNorm,
  maxPool2d,
  ode,
  pad,
  residual,
  standardize,
} from "./layers/index.ts";
export type { OdeOptions } from "./layers/ode.ts";
export type { FeatureShape } from "./layers/shape.ts";
export * from "./losses/members.generated.ts";
export type { Data, Features, Labels } from "./model/examples.ts";
export type {
  Evaluation,
  MemoryUse,
  Model as CompiledModel,
  ParameterInfo,
  Prediction,
  Trajectory,
} from "./model/model.ts";
export * from "./networks/index.ts";
export { type ActivationName, activations } from "./operations/activation.ts";
export {
  type Block,
  gradientDescent,
  lbfgs,
  type Method,
  newtonCG,
  nlcg,
  type Optimizer,
  optimizers,
  type Preconditioner,
  timeSmoothing,
  variableProjection,
} from "./optimizers/index.ts";
export * from "./optimizers/members.generated.ts";
export {
  l1,
  type Regularizer,
  regularizers,
  stabilityPenalty,
  stabilityProjection,
  tikhonov,
  timeSmoothness,
} from "./regularizers/index.ts";
export {
  type Audit,
  type AuditedSegment,
  type AuditOptions,
  audit,
  constant,
  cosine,
  createModel,
  type DataStream,
  type EpochEnd,
  type EpochRecord,
  exponential,
  type FitOptions,
  type FitResult,
  type LoadOptions,
  type MinimizeOptions,
  type Minimum,
  type ModelOptions,
  type MultilevelOptions,
  minimize,
  modelFromBytes,
  multilevel,
  type PlainFunction,
  type PlanOptions,
  type Receipt,
  type ReceiptLink,
  type ReceiptOptions,
  type Schedule,
  type Step,
  schedules,
  step,
  type TrainableModel as Model,
  type TrainOptions,
  train,
} from "./training/index.ts";
