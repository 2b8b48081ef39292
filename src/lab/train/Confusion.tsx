/** Which classes of the validation examples are taken for which: where there is no plane to draw regions in. */

import { useMemo } from "preact/hooks";
import { nth } from "../../core/nth.ts";
import { confusionMatrix } from "../../plots/index.ts";
import { Figure } from "../Figure.tsx";
import { confusionSentence } from "../panelSentences.ts";
import { SIZE } from "./size.ts";
import type { Shown } from "./TrainView.tsx";

export function Confusion({ session, theme, name }: Shown) {
  const counts = session.view?.confusion;
  const classes = session.parts?.validation.classes ?? [];
  const svg = useMemo(() => counts && confusionMatrix(counts, classes, { ...SIZE, theme }), [counts, classes, theme]);
  const numbers = () => ({
    "true class": classes,
    ...Object.fromEntries(classes.map((name, j) => [name, (counts ?? []).map((row) => nth(row, j))])),
  });
  return (
    <Figure
      title={`Confusion${name}`}
      svg={svg}
      numbers={numbers}
      says={counts && confusionSentence(counts, classes)}
    />
  );
}
