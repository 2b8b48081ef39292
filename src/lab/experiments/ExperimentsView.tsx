/** The course's experiments, each with its sliders. */
import type { ThemeName } from "../../plots/index.ts";
import type { Route } from "../route.ts";
import type { Lab } from "../session/lab.ts";
import { AntisymmetricSteps } from "./AntisymmetricSteps.tsx";
import { DepthIsTime } from "./DepthIsTime.tsx";
import { LambdaPlane } from "./LambdaPlane.tsx";
import { LossLandscape } from "./LossLandscape.tsx";
import { ObjectiveSurface } from "./ObjectiveSurface.tsx";
import { PhasePortrait } from "./PhasePortrait.tsx";

export interface ExperimentProps {
  lab: Lab;
  theme: ThemeName;
  route: Route;
}

const experiments = {
  "objective-surface": ["The objective", ObjectiveSurface],
  "antisymmetric-steps": ["Euler on a rotation", AntisymmetricSteps],
  "lambda-plane": ["The λ-plane", LambdaPlane],
  "phase-portraits": ["Phase portraits", PhasePortrait],
  "depth-is-time": ["Depth is time", DepthIsTime],
  landscape: ["Loss landscapes", LossLandscape],
} as const;

export function ExperimentsView({ lab, theme, route }: ExperimentProps) {
  const page = (Object.keys(experiments) as (keyof typeof experiments)[]).find((name) => name === route.page);
  const shown = page ?? "objective-surface";
  const [title, Experiment] = experiments[shown];
  return (
    <div class="experiments">
      <nav class="list" aria-label="Experiments">
        {Object.entries(experiments).map(([name, [label]]) => (
          <a key={name} href={`#/experiments/${name}`} aria-current={name === shown ? "page" : undefined}>
            {label}
          </a>
        ))}
      </nav>
      <div class="experiment">
        <h1>{title}</h1>
        <Experiment key={shown} lab={lab} theme={theme} route={{ ...route, page: shown }} />
      </div>
    </div>
  );
}
