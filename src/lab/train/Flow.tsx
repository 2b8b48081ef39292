/** The features at one moment of their way, with the paths behind them and the line at the end. */
import { nth } from "../../core/nth.ts";
import type { ThemeName } from "../../plots/index.ts";
import { seriesColor, type Theme, themes } from "../../plots/theme.ts";
import type { FeatureView } from "../compute/flow.ts";
import { dot, useCanvas } from "./canvas.ts";
import { frameOf } from "./flowFrame.ts";

const MOST_TRAILS = 150;
/** What flies off is followed until the cloud is so much wider than at first. */
const WIDEST = 6;

interface FlowProps {
  features: FeatureView | undefined;
  theme: ThemeName;
  /** −1 the input, 0 behind the opening layer, `last` at the end. */
  at: number;
  last: number;
  waiting: boolean;
}

export function Flow({ features, theme: name, at, last, waiting }: FlowProps) {
  const theme = themes[name];
  const canvas = useCanvas((context, width, height) => {
    if (!features) return;
    const place = frameOf(features, width, height, WIDEST);
    if (at >= 0) trails(context, features, theme, at, place);
    const end = Math.max(0, Math.min(1, at - last + 1));
    if (features.line && end > 0) line(context, features.line, theme, end, width, height, place);
    const positions = positionsAt(features, at);
    features.labels.forEach((c, i) => {
      const rim = c < theme.series.length ? theme.background : theme.foreground; // colours come again, in another rim
      const [x, y] = place(nth(positions, 2 * i), nth(positions, 2 * i + 1));
      const wrong = end === 1 && features.sides !== undefined && features.sides[i] !== c;
      dot(context, x, y, 3.2, seriesColor(theme, c), wrong ? theme.foreground : rim);
      if (wrong) ring(context, x, y, theme.foreground);
    });
  });
  const where = at < 0 ? "as they enter" : `at time ${(features?.times[Math.round(at)] ?? 0).toFixed(2)}`;
  const plane = features?.projected
    ? features.line
      ? ", in a plane across the classifier's line"
      : ", in the plane of their two principal components"
    : "";
  return (
    <div class="flow-frame">
      <canvas ref={canvas} class="flow" role="img" aria-label={`Features of the examples ${where}${plane}`} />
      {!features && waiting && <p class="over-canvas">Making the network …</p>}
    </div>
  );
}

/** Between two time steps on a straight line; before the first between the input and the features behind the opening layer. */
function positionsAt({ points, inputs }: FeatureView, at: number): Float32Array {
  const from = Math.floor(at);
  const start = from < 0 ? (inputs ?? nth(points, 0)) : nth(points, Math.min(from, points.length - 1));
  const next = nth(points, Math.max(0, Math.min(from + 1, points.length - 1)));
  const share = at - from;
  return start.map((v, k) => (1 - share) * v + share * nth(next, k));
}

type Place = (x: number, y: number) => readonly [number, number];

function trails(
  context: CanvasRenderingContext2D,
  { points, labels }: FeatureView,
  theme: Theme,
  at: number,
  place: Place,
) {
  context.globalAlpha = 0.22;
  context.lineWidth = 1;
  const count = Math.min(labels.length, MOST_TRAILS);
  const whole = Math.floor(at);
  const now = at > whole ? nth(points, Math.min(whole + 1, points.length - 1)) : undefined;
  for (let i = 0; i < count; i++) {
    context.strokeStyle = seriesColor(theme, nth(labels, i));
    context.beginPath();
    let [x, y] = [0, 0];
    for (let j = 0; j <= whole; j++) {
      const p = nth(points, j);
      [x, y] = [nth(p, 2 * i), nth(p, 2 * i + 1)];
      context.lineTo(...place(x, y));
    }
    if (now) {
      const share = at - whole;
      context.lineTo(...place(x + share * (nth(now, 2 * i) - x), y + share * (nth(now, 2 * i + 1) - y)));
    }
    context.stroke();
  }
  context.globalAlpha = 1;
}

/** a x + b y + c = 0, far beyond the picture on both sides. */
function line(
  context: CanvasRenderingContext2D,
  [a, b, c]: readonly [number, number, number],
  theme: Theme,
  share: number,
  width: number,
  height: number,
  place: Place,
) {
  const square = a * a + b * b;
  if (!(square > 0)) return;
  const [x, y] = [(-a * c) / square, (-b * c) / square];
  const [ox, oy] = place(0, 0);
  const [ux] = place(1, 0);
  const far = (2 * (width + height) + Math.abs(ox) + Math.abs(oy)) / Math.max(1e-12, Math.abs(ux - ox));
  const [dx, dy] = [(-b / Math.sqrt(square)) * far, (a / Math.sqrt(square)) * far];
  context.globalAlpha = share;
  context.strokeStyle = theme.foreground;
  context.lineWidth = 2.5;
  context.beginPath();
  context.moveTo(...place(x - dx, y - dy));
  context.lineTo(...place(x + dx, y + dy));
  context.stroke();
  context.globalAlpha = 1;
}

function ring(context: CanvasRenderingContext2D, x: number, y: number, color: string) {
  context.beginPath();
  context.arc(x, y, 5.5, 0, 2 * Math.PI);
  context.lineWidth = 1.6;
  context.strokeStyle = color;
  context.stroke();
}
