import { antisymmetric } from "./antisymmetric.ts";
import { architectures } from "./architectures.ts";
import { depthIsTime } from "./depthIsTime.ts";
import { depthVsWidth } from "./depthVsWidth.ts";
import type { Experiment } from "./experiment.ts";
import { generalisation } from "./generalisation.ts";
import { gradientTest } from "./gradientTest.ts";
import { initialization } from "./initialization.ts";
import { landscape } from "./landscape.ts";
import { learnStable } from "./learnStable.ts";
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
    odeCrashCourse,
    architectures,
    depthVsWidth,
    initialization,
    vanishingGradients,
    landscape,
    objectiveSurface,
    depthIsTime,
    stepSize,
    stabilityRegion,
    learnStable,
    antisymmetric,
    pathPlanning,
    gradientTest,
    generalisation,
  ].map((e) => [e.name, e]),
);
