/** The way of the features, to keep: as a figure of its own, and as numbers. */
import { nth } from "../../core/nth.ts";
import { type ThemeName, trajectoryPlot } from "../../plots/index.ts";
import type { FeatureView } from "../compute/flow.ts";
import { DownloadItems } from "../Downloads.tsx";
import type { Columns } from "../download.ts";

export function FlowKeep({ features, theme }: { features: FeatureView; theme: ThemeName }) {
  return <DownloadItems title="features" svg={() => figureOf(features, theme)} numbers={() => tableOf(features)} />;
}

function figureOf({ points, labels, projected, line }: FeatureView, theme: ThemeName): string {
  const paths = Array.from(labels.slice(0, 100), (c, i) => ({
    x: points.map((p) => nth(p, 2 * i)),
    y: points.map((p) => nth(p, 2 * i + 1)),
    class: c,
  }));
  const names = !projected
    ? ["y₁", "y₂"]
    : line
      ? ["across the line", "along the line"]
      : ["principal component ₁", "principal component ₂"];
  const axis = (k: number) => ({ label: nth(names, k) });
  return trajectoryPlot(paths, { title: "Features through time", x: axis(0), y: axis(1), theme });
}

function tableOf({ times, points, labels }: FeatureView): Columns {
  const rows = times.flatMap((t, j) => Array.from(labels, (c, i) => ({ t, i, c, p: nth(points, j) })));
  return {
    time: rows.map(({ t }) => t),
    example: rows.map(({ i }) => i),
    class: rows.map(({ c }) => c),
    x: rows.map(({ p, i }) => nth(p, 2 * i)),
    y: rows.map(({ p, i }) => nth(p, 2 * i + 1)),
  };
}
