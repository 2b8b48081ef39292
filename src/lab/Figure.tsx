/** A figure of odenet/plots with its caption; the reader may keep it and its numbers. */

import type { ComponentChildren } from "preact";
import { instance } from "../core/known.ts";
import { Downloads } from "./Downloads.tsx";
import { type Columns, withoutStyles } from "./download.ts";

/** The figure's name is the panel's. */
const inline = (svg: string): string => withoutStyles(svg).replace(' role="img"', ' aria-hidden="true"');

export interface FigureProps {
  title: string;
  /** As odenet/plots draws it; absent while there is none. */
  svg: string | undefined;
  /** Columns of numbers behind it. */
  numbers?: (() => Columns) | undefined;
  /** Where the pointer is while it is down, as shares of the area between the axes, from its left and top. */
  onPoint?: ((x: number, y: number, heightOverWidth: number) => void) | undefined;
  /** A plain sentence: what is to be seen. */
  says?: string | undefined;
  children?: ComponentChildren;
  className?: string;
}

export function Figure({ title, svg, numbers, onPoint, says, children, className = "" }: FigureProps) {
  const point = (event: PointerEvent): void => {
    const area = instance(HTMLElement, event.currentTarget).querySelector<SVGRectElement>("clipPath rect");
    const frame = area?.ownerSVGElement?.getBoundingClientRect();
    const box = area?.ownerSVGElement?.viewBox.baseVal;
    if (!onPoint || !area || !frame || !box) return;
    const [left, top] = [area.x.baseVal.value, area.y.baseVal.value];
    const [width, height] = [area.width.baseVal.value, area.height.baseVal.value];
    const scale = box.width / frame.width;
    const x = ((event.clientX - frame.left) * scale - left) / width;
    const y = ((event.clientY - frame.top) * scale - top) / height;
    onPoint(Math.min(1, Math.max(0, x)), Math.min(1, Math.max(0, y)), height / width);
  };
  return (
    <section class={`panel ${className}`} aria-label={title}>
      <div class="panel-head">
        <h2>{title}</h2>
        {svg && <Downloads title={title} svg={() => svg} numbers={numbers} />}
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
      {says && <p class="says">{says}</p>}
      {children}
    </section>
  );
}
