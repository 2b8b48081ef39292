/** Some of the training images, the classes in turn. */

import { useMemo } from "preact/hooks";
import { nth } from "../../core/nth.ts";
import { montage } from "../../plots/index.ts";
import type { Examples } from "../compute/examples.ts";
import { Figure } from "../Figure.tsx";
import { SIZE } from "./size.ts";
import type { Shown } from "./TrainView.tsx";

const COLUMNS = 6;
const COUNT = 24;
const MOST_LETTERS = 9;

export function Montage({ session, theme, name }: Shown) {
  const examples = session.parts?.training;
  const svg = useMemo(() => {
    if (!examples?.shape) return undefined;
    const { features, labels, classes, width, shape } = examples;
    const rows = inTurn(examples);
    return montage(
      {
        values: rows.flatMap((i) => Array.from(features.subarray(i * width, (i + 1) * width), (v) => v / 255)),
        count: rows.length,
        channels: shape[0],
        height: shape[1],
        width: shape[2],
        labels: rows.map((i) => short(nth(classes, nth(labels, i)))),
      },
      { width: SIZE.width, columns: COLUMNS, theme },
    );
  }, [examples, theme]);
  return <Figure title={`Training images${name}`} svg={svg} />;
}

const short = (name: string): string => (name.length > MOST_LETTERS ? `${name.slice(0, MOST_LETTERS - 1)}…` : name);

/** The first of each class, the second of each, and so on. */
function inTurn({ labels, classes }: Examples): number[] {
  const of = classes.map((_, c) => Array.from(labels.keys()).filter((i) => labels[i] === c));
  const turns = Array.from({ length: COUNT }, (_, k) => of.flatMap((rows) => rows.slice(k, k + 1)));
  return turns.flat().slice(0, COUNT);
}
