/** Train: settings, transport, and what a network does while it learns. */
import type { ThemeName } from "../../plots/index.ts";
import { Later } from "../Later.tsx";
import type { Session } from "../session/session.ts";
import { hasSteps, isImageSet, isImages } from "../state.ts";
import { Confusion } from "./Confusion.tsx";
import { Features } from "./Features.tsx";
import { GradientFlow } from "./GradientFlow.tsx";
import { LearningCurve } from "./LearningCurve.tsx";
import { Regions } from "./Regions.tsx";
import { Settings } from "./Settings.tsx";
import { Spectrum } from "./Spectrum.tsx";
import { TableDrop } from "./TableDrop.tsx";
import { Transport } from "./Transport.tsx";
import { Weights } from "./Weights.tsx";

const drawing = async () => (await import("./Drawing.tsx")).Drawing;
const montage = async () => (await import("./Montage.tsx")).Montage;

export interface Shown {
  session: Session;
  theme: ThemeName;
}

export function TrainView({ session, theme }: Shown) {
  const { state, parts } = session;
  const steps = hasSteps(state);
  const convolutional = isImages(state.data) && state.architecture !== "dense"; // too wide for eigenvalues
  const plane = state.data === "drawn" || (!isImages(state.data) && (parts?.training.width ?? 2) === 2);
  return (
    <TableDrop session={session}>
      <h1 class="unseen">Train a network</h1>
      <Transport session={session} />
      <div class="train">
        <Settings session={session} />
        <div class="figures">
          {plane ? <Regions session={session} theme={theme} /> : <Confusion session={session} theme={theme} />}
          {isImageSet(state.data) && <Later load={drawing} props={{ session, theme }} />}
          {isImages(state.data) && <Later load={montage} props={{ session, theme }} />}
          {steps && <Features session={session} theme={theme} />}
          <LearningCurve session={session} theme={theme} />
          {!convolutional && <Spectrum session={session} theme={theme} />}
          <GradientFlow session={session} theme={theme} />
          {steps && <Weights session={session} theme={theme} />}
        </div>
      </div>
    </TableDrop>
  );
}
