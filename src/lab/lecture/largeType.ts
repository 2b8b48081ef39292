/** Type of a figure as large on the screen as on the page around it, as far as the figure has room for it. */

/** Pixels on the screen. */
const LEAST = 18;
/** Beyond that, labels would run into one another. */
const MOST = 1.45;

export function enlargeType(place: HTMLElement): void {
  for (const svg of place.querySelectorAll<SVGSVGElement>(".drawing > svg")) {
    const { width, height } = svg.getBoundingClientRect();
    const box = svg.viewBox.baseVal;
    const scale = Math.min(width / box.width, height / box.height);
    if (!(scale > 0)) continue;
    for (const text of svg.querySelectorAll("text")) {
      const drawn = Number(text.dataset.drawn ?? text.getAttribute("font-size"));
      if (!(drawn > 0)) continue;
      text.dataset.drawn = String(drawn);
      text.setAttribute("font-size", String(Math.max(drawn, Math.min(LEAST / scale, MOST * drawn))));
    }
  }
}
