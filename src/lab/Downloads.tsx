/** A figure to keep, as SVG and PNG, and its numbers as CSV. */
import { type Columns, csv, download, downloadPng } from "./download.ts";

export interface DownloadsProps {
  title: string;
  svg: () => string;
  /** Columns of numbers behind it. */
  numbers?: (() => Columns) | undefined;
}

const fileName = (title: string): string => title.toLowerCase().replaceAll(/[^a-z0-9]+/g, "-");

export function Downloads({ title, svg, numbers }: DownloadsProps) {
  const name = fileName(title);
  const link = (kind: string, keep: () => void) => (
    <button type="button" class="link" aria-label={`Download ${title} as ${kind}`} onClick={keep}>
      {kind}
    </button>
  );
  return (
    <span class="keep">
      {link("SVG", () => download(`${name}.svg`, svg(), "image/svg+xml"))}
      {link("PNG", () => void downloadPng(`${name}.png`, svg()))}
      {numbers && link("CSV", () => download(`${name}.csv`, csv(numbers()), "text/csv"))}
    </span>
  );
}
