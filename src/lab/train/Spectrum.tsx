/** The eigenvalues of the network's Jacobians over the region of stability of its integrator. */
import { useEffect, useMemo, useState } from "preact/hooks";
import type { StabilityRegion } from "../../analysis/index.ts";
import { stabilityPlot } from "../../plots/index.ts";
import { Figure } from "../Figure.tsx";
import { integratorLabel } from "../families.ts";
import { spectrumSentence } from "../panelSentences.ts";
import { useInside } from "../session/useInside.ts";
import { SIZE } from "./size.ts";
import type { Shown } from "./TrainView.tsx";

/** Steps in which the picture grows with the eigenvalues: not at every one. */
const GROWTH = 1.5;
const LEAST = 3.5;

export function Spectrum({ session, theme, name }: Shown) {
  const { lab, state } = session;
  const { inside } = session.sight;
  useInside(session);
  const eigenvalues = inside?.eigenvalues;
  const furthest = (eigenvalues ?? []).reduce((most, { re, im }) => Math.max(most, Math.abs(re), Math.abs(im)), 0);
  const reach = LEAST * GROWTH ** Math.max(0, Math.ceil(Math.log(furthest / LEAST + 1e-9) / Math.log(GROWTH)));
  const [region, setRegion] = useState<StabilityRegion>();
  useEffect(() => {
    let late = false;
    lab
      .call("region", state.integrator, reach)
      .then((found) => late || setRegion(found))
      .catch(() => {});
    return () => {
      late = true;
    };
  }, [lab, state.integrator, reach]);
  const svg = useMemo(
    () =>
      region &&
      stabilityPlot(
        [{ ...region, label: `stable: ${integratorLabel(state.integrator)}` }],
        eigenvalues ? [{ values: eigenvalues, label: "hλ of one example, all steps" }] : [],
        { ...SIZE, theme },
      ),
    [region, eigenvalues, theme, state.integrator],
  );
  const numbers = () => ({
    re: (eigenvalues ?? []).map(({ re }) => re),
    im: (eigenvalues ?? []).map(({ im }) => im),
  });
  return (
    <Figure
      title={`Eigenvalues and stability${name}`}
      svg={svg}
      numbers={numbers}
      says={inside && spectrumSentence(inside.stability, integratorLabel(state.integrator))}
    />
  );
}
