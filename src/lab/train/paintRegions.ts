/** Decision regions on a canvas: one pixel a grid point, drawn larger and smoothed. */
import { nth } from "../../core/nth.ts";
import { mix, parse } from "../../plots/rgb.ts";
import type { Theme } from "../../plots/theme.ts";
import type { RegionView } from "../compute/view.ts";

const small = document.createElement("canvas");

export function paintRegions(context: CanvasRenderingContext2D, regions: RegionView, theme: Theme, size: number): void {
  const n = regions.size;
  small.width = small.height = n;
  const pixels = new ImageData(n, n);
  const paper = parse(theme.background);
  const colors = theme.series.map(parse);
  for (let i = 0; i < n; i++) {
    for (let j = 0; j < n; j++) {
      const k = i * n + j;
      const share = 0.06 + (0.36 * nth(regions.certainty, k)) / 255;
      const color = mix(nth(colors, nth(regions.classes, k) % colors.length), paper, share);
      pixels.data.set([...color, 255], 4 * ((n - 1 - j) * n + i));
    }
  }
  small.getContext("2d")?.putImageData(pixels, 0, 0);
  context.imageSmoothingQuality = "high";
  context.drawImage(small, 0, 0, size, size);
}
