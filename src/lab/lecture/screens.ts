/** The figures of a page as screens: one figure, or as many panels of one as stand side by side in large type. */
import { withoutStyles } from "../download.ts";
import type { Page } from "./useCourse.ts";

export interface Screen {
  /** Of the figure. */
  readonly title: string;
  /** SVG texts side by side. */
  readonly panels: readonly string[];
  /** The whole figure, to keep. */
  readonly whole: string;
}

export function screensOf({ figures }: Page, sideBySide: number): Screen[] {
  return Object.entries(figures).flatMap(([name, whole]) => {
    const { heading, panels } = partsOf(whole);
    const title = heading || `${name.charAt(0).toUpperCase()}${name.slice(1).replaceAll("-", " ")}`;
    const count = Math.ceil(panels.length / sideBySide);
    const size = Math.ceil(panels.length / count); // as even as can be
    return Array.from({ length: count }, (_, k) => ({
      title: count > 1 ? `${title} (${k + 1} of ${count})` : title,
      panels: panels.slice(k * size, (k + 1) * size),
      whole,
    }));
  });
}

/** A figure of several has an element of its own for each, under lines of a heading. */
function partsOf(svg: string): { heading: string; panels: readonly string[] } {
  const outer = new DOMParser().parseFromString(withoutStyles(svg), "image/svg+xml").documentElement;
  const children = Array.from(outer.children);
  const inner = children.filter(({ tagName }) => tagName === "svg");
  if (inner.length < 2) return { heading: "", panels: [svg] };
  const lines = children.filter(({ tagName }) => tagName === "text").map(({ textContent }) => textContent ?? "");
  const writer = new XMLSerializer();
  const panels = inner.map((element) => {
    for (const place of ["x", "y"]) element.removeAttribute(place);
    return writer.serializeToString(element);
  });
  return { heading: lines.join(" "), panels };
}
