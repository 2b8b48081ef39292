export type { Axis } from "./axis.ts";
export { type CheckOptions, checkDerivative, type DerivativeCheck, derivativeTable } from "./checkDerivative.ts";
export { type Eigenvalue, eigenvalues, type SquareMatrix } from "./eigenvalues.ts";
export { type Energy, energy } from "./energy.ts";
export { type DirectionOptions, filterNormalizedDirections } from "./filterNormalizedDirections.ts";
export { type FlowJacobian, flowJacobian } from "./flowJacobian.ts";
export { gradientFlow, type LayerFlow } from "./gradientFlow.ts";
export { isStable, type Stability, type StabilityOptions, type StepStability } from "./isStable.ts";
export { jacobianSpectrum, type StepSpectrum } from "./jacobianSpectrum.ts";
export { linearSeparability, type Separability } from "./linearSeparability.ts";
export {
  type Line,
  type LineOptions,
  lossLine,
  lossSurface,
  type Surface,
  type SurfaceOptions,
} from "./lossSurface.ts";
export { lyapunov } from "./lyapunov.ts";
export { reversibilityError } from "./reversibilityError.ts";
export { imaginaryLimit, type StabilityRegion, stabilityRegion } from "./stabilityRegion.ts";
export { type Paths, trajectories } from "./trajectories.ts";
