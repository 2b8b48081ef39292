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
  /** Where the pointer is while it is down, as shares of the area between the axes, from its left and top. */
  onPoint?: ((x: number, y: number, heightOverWidth: number) => void) | undefined;
  children?: ComponentChildren;
  className?: string;
}

const fileName = (title: string): string => title.toLowerCase().replaceAll(/[^a-z0-9]+/g, "-");

export function Figure({ title, svg, numbers, onPoint, children, className = "" }: FigureProps) {
  const point = (event: PointerEvent): void => {
    const area = (event.currentTarget as HTMLElement).querySelector("clipPath rect") as SVGRectElement | null;
    const frame = area?.ownerSVGElement?.getBoundingClientRect();
    const box = area?.ownerSVGElement?.viewBox.baseVal;
    if (!onPoint || !area || !frame || !box) return;
    const [left, top, width, height] = [area.x, area.y, area.width, area.height].map((n) => n.baseVal.value) as [
      number,
      number,
      number,
      number,
    ];
    const scale = box.width / frame.width;
    const x = ((event.clientX - frame.left) * scale - left) / width;
    const y = ((event.clientY - frame.top) * scale - top) / height;
    onPoint(Math.min(1, Math.max(0, x)), Math.min(1, Math.max(0, y)), height / width);
  };
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
        <div
          class={onPoint ? "drawing pointed" : "drawing"}
          role="img"
          aria-label={title}
          dangerouslySetInnerHTML={{ __html: inline(svg) }}
          onPointerDown={(event) => {
            if (!onPoint) return;
            event.currentTarget.setPointerCapture(event.pointerId);
            point(event);
          }}
          onPointerMove={(event) => event.buttons === 1 && point(event)}
        />
      ) : (
        <div class="drawing empty" />
      )}
      {children}
    </section>
  );
}
