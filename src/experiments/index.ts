import { antisymmetric } from "./antisymmetric.ts";
import { depthIsTime } from "./depthIsTime.ts";
import type { Experiment } from "./experiment.ts";
import { initialization } from "./initialization.ts";
import { landscape } from "./landscape.ts";
import { objectiveSurface } from "./objectiveSurface.ts";
import { odeCrashCourse } from "./odeCrashCourse.ts";
import { pathPlanning } from "./pathPlanning.ts";
import { stabilityRegion } from "./stabilityRegion.ts";
import { stepSize } from "./stepSize.ts";
import { vanishingGradients } from "./vanishingGradients.ts";

export type { Experiment, Findings, RunOptions } from "./experiment.ts";

/** Every experiment by name, in the order of the course. */
export const experiments: Readonly<Record<string, Experiment>> = Object.fromEntries(
  [
    objectiveSurface,
    antisymmetric,
    stabilityRegion,
    depthIsTime,
    vanishingGradients,
    stepSize,
    pathPlanning,
    odeCrashCourse,
    landscape,
    initialization,
  ].map((e) => [e.name, e]),
);
