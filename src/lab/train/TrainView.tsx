/** Train: settings, transport, and what a network does while it learns. */
import type { ThemeName } from "../../plots/index.ts";
import type { Session } from "../session.ts";
import { Features } from "./Features.tsx";
import { GradientFlow } from "./GradientFlow.tsx";
import { LearningCurve } from "./LearningCurve.tsx";
import { Regions } from "./Regions.tsx";
import { Settings } from "./Settings.tsx";
import { Spectrum } from "./Spectrum.tsx";
import { TableDrop } from "./TableDrop.tsx";
import { Transport } from "./Transport.tsx";
import { Weights } from "./Weights.tsx";

export interface Shown {
  session: Session;
  theme: ThemeName;
}

export function TrainView({ session, theme }: Shown) {
  return (
    <TableDrop session={session}>
      <h1 class="unseen">Train a network</h1>
      <Transport session={session} />
      <div class="train">
        <Settings session={session} />
        <div class="figures">
          <Regions session={session} theme={theme} />
          <Features session={session} theme={theme} />
          <LearningCurve session={session} theme={theme} />
          <Spectrum session={session} theme={theme} />
          <GradientFlow session={session} theme={theme} />
          <Weights session={session} theme={theme} />
        </div>
      </div>
    </TableDrop>
  );
}
