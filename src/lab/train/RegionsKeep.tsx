/** The regions to keep: as a figure of its own, and the examples as numbers. */
import { nth } from "../../core/nth.ts";
import { scatter, type ThemeName } from "../../plots/index.ts";
import type { Examples } from "../compute/examples.ts";
import type { RegionView } from "../compute/view.ts";
import { DownloadItems } from "../Downloads.tsx";
import type { Columns } from "../download.ts";

export interface KeptRegions {
  regions: RegionView;
  examples: Examples;
  theme: ThemeName;
}

export function RegionsKeep({ regions, examples, theme }: KeptRegions) {
  return (
    <DownloadItems
      title="decision regions"
      svg={() => figureOf(regions, examples, theme)}
      numbers={() => tableOf(examples)}
    />
  );
}

const column = ({ features, labels }: Examples, k: number): number[] =>
  Array.from(labels, (_, i) => nth(features, 2 * i + k));

function figureOf({ size, x, y, classes, certainty }: RegionView, examples: Examples, theme: ThemeName): string {
  const axis = ([low, high]: readonly [number, number]) =>
    Float64Array.from({ length: size }, (_, k) => low + ((high - low) * k) / (size - 1));
  return scatter(
    { x: column(examples, 0), y: column(examples, 1), classes: examples.labels },
    {
      regions: { x: axis(x), y: axis(y), classes, certainty: Float64Array.from(certainty, (c) => c / 255) },
      classes: examples.classes,
      title: "Decision regions",
      theme,
      x: { label: "y₁" },
      y: { label: "y₂" },
    },
  );
}

/** The examples under the regions. */
function tableOf(examples: Examples): Columns {
  const classes = Array.from(examples.labels, (c) => nth(examples.classes, c));
  return { x: column(examples, 0), y: column(examples, 1), class: classes };
}
