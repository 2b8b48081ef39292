/** Log–log charts as small SVG files: panels side by side, curves with points, dashed lines of a slope to compare with. */

export interface Curve {
  readonly name: string;
  readonly points: readonly (readonly [x: number, y: number])[];
}

export interface Panel {
  readonly title: string;
  /** What a decade of y is called. */
  readonly unit: (y: number) => string;
  readonly curves: readonly Curve[];
  /** Powers of x, drawn through the last point of the first curve. */
  readonly slopes?: readonly number[];
}

export interface Chart {
  readonly title: string;
  /** Name of the x axis, and where it is labelled. */
  readonly x: string;
  readonly ticks: readonly number[];
  readonly panels: readonly Panel[];
}

const COLOURS = ["#1f5fa8", "#c4501b", "#2d7d46"] as const;
const PLOT = { width: 330, height: 250, left: 72, top: 92, gap: 92 };
const INK = "#222222";
const GREY = "#777777";

const escaped = (text: string) => text.replace(/&/g, "&amp;").replace(/</g, "&lt;");
const rounded = (value: number) => Number(value.toFixed(1));
const SUPERSCRIPTS: Readonly<Record<number, string>> = { 1: "", 2: "²", 3: "³" };

function textAt(x: number, y: number, text: string, attributes = ""): string {
  return `<text x="${rounded(x)}" y="${rounded(y)}" ${attributes}>${escaped(text)}</text>`;
}

function lineAt(x1: number, y1: number, x2: number, y2: number, attributes: string): string {
  const [a, b, c, d] = [x1, y1, x2, y2].map(rounded);
  return `<line x1="${a}" y1="${b}" x2="${c}" y2="${d}" ${attributes}/>`;
}

function drawPanel(panel: Panel, { x: xName, ticks }: Chart, left: number): string[] {
  const { width, height, top } = PLOT;
  const bottom = top + height;
  const all = panel.curves.flatMap(({ points }) => points);
  const [xs, ys] = [all.map(([x]) => Math.log10(x)), all.map(([, y]) => Math.log10(y))];
  const [x0, x1] = [Math.min(...xs), Math.max(...xs)];
  const y0 = Math.floor(Math.min(...ys));
  const y1 = Math.max(Math.ceil(Math.max(...ys)), y0 + 1);
  const atX = (x: number) => left + 8 + ((Math.log10(x) - x0) / (x1 - x0)) * (width - 16);
  const atY = (y: number) => bottom - ((Math.log10(y) - y0) / (y1 - y0)) * height;
  const out = [textAt(left, top - 44, panel.title, `font-weight="bold" fill="${INK}"`)];
  for (let decade = y0; decade <= y1; decade++) {
    const y = atY(10 ** decade);
    out.push(lineAt(left, y, left + width, y, 'stroke="#dddddd"'));
    out.push(textAt(left - 8, y + 4, panel.unit(10 ** decade), `text-anchor="end" fill="${INK}"`));
  }
  for (const tick of ticks) {
    const x = atX(tick);
    out.push(lineAt(x, top, x, bottom, 'stroke="#eeeeee"'));
    out.push(textAt(x, bottom + 18, tick.toLocaleString("en"), `text-anchor="middle" fill="${INK}"`));
  }
  out.push(
    `<rect x="${left}" y="${top}" width="${width}" height="${height}" fill="none" stroke="${GREY}"/>`,
    textAt(left + width / 2, bottom + 38, xName, `text-anchor="middle" fill="${INK}"`),
  );
  const [lastX = 1, lastY = 1] = panel.curves[0]?.points.at(-1) ?? [];
  for (const slope of panel.slopes ?? []) {
    // From the last point down to the left, as far as the frame goes.
    const x = Math.max(10 ** x0, lastX * (10 ** y0 / lastY) ** (1 / slope));
    const y = lastY * (x / lastX) ** slope;
    out.push(lineAt(atX(x), atY(y), atX(lastX), atY(lastY), `stroke="${GREY}" stroke-dasharray="4 4"`));
  }
  let legend = left;
  for (const [i, { name, points }] of panel.curves.entries()) {
    const colour = COLOURS[i % COLOURS.length];
    const path = points.map(([x, y]) => `${rounded(atX(x))},${rounded(atY(y))}`).join(" ");
    out.push(`<polyline points="${path}" fill="none" stroke="${colour}" stroke-width="2"/>`);
    for (const [x, y] of points) {
      out.push(`<circle cx="${rounded(atX(x))}" cy="${rounded(atY(y))}" r="3" fill="${colour}"/>`);
    }
    out.push(lineAt(legend, top - 20, legend + 16, top - 20, `stroke="${colour}" stroke-width="3"`));
    out.push(textAt(legend + 21, top - 16, name, `fill="${INK}" font-size="11"`));
    legend += 33 + 6.1 * name.length;
  }
  let right = left + width;
  for (const slope of panel.slopes ?? []) {
    out.push(
      textAt(
        right,
        top - 44,
        `∝ n${SUPERSCRIPTS[slope] ?? `^${slope}`}`,
        `text-anchor="end" fill="${INK}" font-size="11"`,
      ),
    );
    out.push(lineAt(right - 48, top - 48, right - 28, top - 48, `stroke="${GREY}" stroke-dasharray="4 4"`));
    right -= 64;
  }
  return out;
}

export function drawChart(chart: Chart): string {
  const { width, height, left, top, gap } = PLOT;
  const total = { width: left + chart.panels.length * (width + gap) - gap + 24, height: top + height + 52 };
  const panels = chart.panels.flatMap((panel, i) => drawPanel(panel, chart, left + i * (width + gap)));
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${total.width} ${total.height}" width="${total.width}" height="${total.height}" font-family="sans-serif" font-size="12">`,
    `<title>${escaped(chart.title)}</title>`,
    `<rect width="${total.width}" height="${total.height}" fill="#ffffff"/>`,
    textAt(left, 20, chart.title, `font-size="14" fill="${INK}"`),
    ...panels,
    "</svg>",
    "",
  ].join("\n");
}
