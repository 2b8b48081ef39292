/** A figure of odenet/plots with its caption; the reader may keep it as SVG, and its numbers as CSV. */
import type { ComponentChildren } from "preact";
import { csv, download } from "./download.ts";

/**
 * A style attribute in markup is what a strict policy forbids; the presentation attribute says the same. The figure's
 * name is the panel's.
 */
const inline = (svg: string): string =>
  svg
    .replaceAll('style="image-rendering:pixelated"', 'image-rendering="pixelated"')
    .replace(' role="img"', ' aria-hidden="true"');

export interface FigureProps {
  title: string;
  /** As odenet/plots draws it; absent while there is none. */
  svg: string | undefined;
  /** Columns of numbers behind it. */
  numbers?: (() => Readonly<Record<string, ArrayLike<number | string>>>) | undefined;
  children?: ComponentChildren;
  className?: string;
}

const fileName = (title: string): string => title.toLowerCase().replaceAll(/[^a-z0-9]+/g, "-");

export function Figure({ title, svg, numbers, children, className = "" }: FigureProps) {
  return (
    <section class={`panel ${className}`} aria-label={title}>
      <div class="panel-head">
        <h2>{title}</h2>
        {svg && (
          <span class="keep">
            <button
              type="button"
              class="link"
              aria-label={`Download ${title} as SVG`}
              onClick={() => download(`${fileName(title)}.svg`, svg, "image/svg+xml")}
            >
              SVG
            </button>
            {numbers && (
              <button
                type="button"
                class="link"
                aria-label={`Download ${title} as CSV`}
                onClick={() => download(`${fileName(title)}.csv`, csv(numbers()), "text/csv")}
              >
                CSV
              </button>
            )}
          </span>
        )}
      </div>
      {svg ? (
        <div class="drawing" role="img" aria-label={title} dangerouslySetInnerHTML={{ __html: inline(svg) }} />
      ) : (
        <div class="drawing empty" />
      )}
      {children}
    </section>
  );
}
