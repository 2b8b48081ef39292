/** How far the gradient reaches back through the layers. */
import { useMemo } from "preact/hooks";
import { gradientFlowPlot } from "../../plots/index.ts";
import { Figure } from "../Figure.tsx";
import { gradientSentence } from "../panelSentences.ts";
import { useInside } from "../session/useInside.ts";
import { SIZE } from "./size.ts";
import type { Shown } from "./TrainView.tsx";

export function GradientFlow({ session, theme, name }: Shown) {
  const flow = session.sight.inside?.flow;
  useInside(session);
  const svg = useMemo(
    () =>
      flow &&
      gradientFlowPlot(
        [
          { label: "‖∂Φ/∂Y‖, features", norms: flow.map(({ adjoint }) => adjoint) },
          { label: "‖∂Φ/∂θ‖, weights", norms: flow.map(({ gradient }) => gradient) },
        ],
        { ...SIZE, theme, x: { label: "layer or time step" }, y: { label: "norm" } },
      ),
    [flow, theme],
  );
  const numbers = () => ({
    layer: (flow ?? []).map(({ layer, step }) => (step === undefined ? layer : `${layer}.${step}`)),
    features: (flow ?? []).map(({ adjoint }) => adjoint),
    weights: (flow ?? []).map(({ gradient }) => gradient),
  });
  return <Figure title={`Gradient flow${name}`} svg={svg} numbers={numbers} says={flow && gradientSentence(flow)} />;
}
