/** A picture to classify: drawn with the pointer, an example, or a file; and what the model takes it for while it learns. */

import { useEffect, useRef, useState } from "preact/hooks";
import { instance } from "../../core/known.ts";
import { nth } from "../../core/nth.ts";
import { mix, parse, type Rgb } from "../../plots/rgb.ts";
import { type Theme, themes } from "../../plots/theme.ts";
import { useLatest } from "../experiments/useLatest.ts";
import { FileInput } from "../FileInput.tsx";
import { percent } from "../format.ts";
import { openPicture } from "../session/files.ts";
import type { Session } from "../session/session.ts";
import type { ImageSetName } from "../state.ts";
import { stepsOf, within } from "./arrows.ts";
import type { Shown } from "./TrainView.tsx";

/** Pixels along a side of the paper, eight to one of the images. */
const SIDE = 224;
const PEN = 20;
const IMAGE = 28;
/** Of the keys, in pixels of the paper. */
const STEP = 7;

type Place = readonly [x: number, y: number];

export function Drawing({ session, theme: name, name: which }: Shown) {
  const theme = themes[name];
  const paper = useRef<HTMLCanvasElement>(null);
  const last = useRef<Place | undefined>(undefined);
  const [changes, setChanges] = useState(0); // none: the paper is empty
  const [note, setNote] = useState("");
  const [example, setExample] = useState(0);
  const [pen, setPen] = useState<{ at: Place; down: boolean }>(); // that of the keys
  const set = session.state.data as ImageSetName;
  const { picture, model } = session;
  const { looks } = session.sight;

  const context = () => paper.current?.getContext("2d", { willReadFrequently: true });
  const wipe = () => {
    const on = context();
    if (!on) return;
    on.fillStyle = theme.background;
    on.fillRect(0, 0, SIDE, SIDE);
    setNote("");
    setChanges(0);
  };
  useEffect(wipe, [set]);
  const drawnIn = useRef(theme);
  useEffect(() => {
    const on = context();
    if (on && drawnIn.current !== theme) recolour(on, drawnIn.current, theme);
    drawnIn.current = theme;
  }, [theme]);
  useEffect(() => {
    const on = context();
    if (!picture || !on) return;
    wipe();
    const ratio = SIDE / Math.max(picture.width, picture.height);
    const [w, h] = [ratio * picture.width, ratio * picture.height];
    on.drawImage(picture, (SIDE - w) / 2, (SIDE - h) / 2, w, h);
    setNote("Your picture.");
    setChanges(1);
  }, [picture]);

  const found = useLatest(async () => {
    const on = context();
    if (changes === 0 || !on || !model) return undefined;
    return session.lab.call("classify", model as never, on.getImageData(0, 0, SIDE, SIDE), set);
  }, `${changes} ${looks} ${set}`).value;

  const line = (from: Place, to: Place) => {
    const on = context();
    if (!on) return;
    on.strokeStyle = theme.foreground;
    on.lineWidth = PEN;
    on.lineCap = "round";
    on.beginPath();
    on.moveTo(...from);
    on.lineTo(...to);
    on.stroke();
    setChanges((n) => n + 1);
  };
  const pointer = (event: PointerEvent) => {
    const { left, top, width } = instance(HTMLElement, event.currentTarget).getBoundingClientRect();
    const at = [((event.clientX - left) / width) * SIDE, ((event.clientY - top) / width) * SIDE] as const;
    line(last.current ?? at, at);
    last.current = at;
  };
  const key = (event: KeyboardEvent) => {
    const { at, down } = pen ?? { at: [SIDE / 2, SIDE / 2] as const, down: false };
    const steps = stepsOf(event);
    if (steps) {
      const to = [within(at[0] + STEP * steps[0], 0, SIDE), within(at[1] - STEP * steps[1], 0, SIDE)] as const;
      if (down) line(at, to);
      setPen({ at: to, down });
    } else if (event.key === " ") {
      if (!down) line(at, at);
      setPen({ at, down: !down });
    } else return;
    event.preventDefault();
  };

  const showExample = () => {
    const { features, labels, classes } = session.parts?.validation ?? {};
    const on = context();
    if (!features || !labels || !on) return;
    const k = example % labels.length;
    paint(on, features.subarray(k * IMAGE ** 2, (k + 1) * IMAGE ** 2), theme);
    setNote(`A validation example of class ${classes?.[nth(labels, k)]}.`);
    setExample(k + 1);
    setChanges((n) => n + 1);
  };

  const classes = session.parts?.training.classes ?? [];
  const shares = found?.probabilities ?? new Float64Array(classes.length);
  const best = shares.indexOf(Math.max(...shares));
  const what = set === "mnist" ? "digit" : "piece of clothing";
  return (
    <section class="panel" aria-label={`Draw a ${what}${which}`}>
      <div class="panel-head">
        <h2>
          Draw a {what}
          {which}
        </h2>
        <span class="keep">
          <button type="button" class="link" onClick={wipe}>
            Clear
          </button>
        </span>
      </div>
      <div class="draw">
        <div class="under-pen">
          {/* biome-ignore lint/a11y/noInteractiveElementToNoninteractiveRole: readers pass keys on to an application, not to an image. */}
          <canvas
            ref={paper}
            width={SIDE}
            height={SIDE}
            class="square paper"
            role="application"
            aria-label={`Paper to draw a ${what} on with the pointer; arrow keys move a pen, Shift makes its steps larger, Space puts it down and lifts it`}
            tabIndex={0}
            onPointerDown={(event) => {
              event.currentTarget.setPointerCapture(event.pointerId);
              last.current = undefined;
              setPen(undefined);
              pointer(event);
            }}
            onPointerMove={(event) => event.buttons === 1 && pointer(event)}
            onKeyDown={key}
          />
          {pen && (
            <span
              class={pen.down ? "pen down" : "pen"}
              style={{ left: `${(100 * pen.at[0]) / SIDE}%`, top: `${(100 * pen.at[1]) / SIDE}%` }}
            />
          )}
          <p class="unseen" role="status">
            {pen &&
              `Pen ${pen.down ? "down" : "up"}, ${Math.round((100 * pen.at[0]) / SIDE)} % from the left, ${Math.round((100 * pen.at[1]) / SIDE)} % from the top`}
          </p>
        </div>
        <ol class="shares" aria-label="Probabilities">
          {classes.map((label, k) => (
            <li key={label} class={found && k === best ? "best" : ""} style={{ "--share": shares[k] ?? 0 }}>
              <span>{label}</span>
              <span>{found ? percent(shares[k]) : ""}</span>
            </li>
          ))}
        </ol>
      </div>
      <div class="draw-foot">
        {found && <Seen image={found.image} theme={theme} />}
        <p class="note" role="status">
          {note} {found ? `Taken for ${classes[best]}; on the left, as the model sees it.` : "Draw, or choose:"}
        </p>
        <button type="button" onClick={showExample}>
          An example
        </button>
        <PictureFile session={session} />
      </div>
    </section>
  );
}

function PictureFile({ session }: { session: Session }) {
  return <FileInput label="A picture" accept="image/*" onFiles={([file]) => file && void openPicture(session, file)} />;
}

/** The bytes that the model is given, ink in the theme's colour. */
function Seen({ image, theme }: { image: Uint8Array; theme: Theme }) {
  const canvas = useRef<HTMLCanvasElement>(null);
  useEffect(() => {
    const on = canvas.current?.getContext("2d");
    if (on) paint(on, image, theme);
  });
  return <canvas ref={canvas} width={IMAGE} height={IMAGE} class="seen" role="img" aria-label="As the model sees it" />;
}

/** The same ink in other colours. */
function recolour(on: CanvasRenderingContext2D, before: Theme, now: Theme): void {
  const { width, height } = on.canvas;
  const pixels = on.getImageData(0, 0, width, height);
  const [paper, ink, newPaper, newInk] = [before.background, before.foreground, now.background, now.foreground].map(
    parse,
  ) as [Rgb, Rgb, Rgb, Rgb];
  for (let k = 0; k < pixels.data.length; k += 4) {
    const share = (nth(pixels.data, k) - paper[0]) / (ink[0] - paper[0]);
    pixels.data.set(mix(newInk, newPaper, Math.min(1, Math.max(0, share))), k);
  }
  on.putImageData(pixels, 0, 0);
}

const small = document.createElement("canvas");

/** An image of the set over the whole canvas: 0 is paper, 255 ink. */
function paint(on: CanvasRenderingContext2D, image: ArrayLike<number>, theme: Theme): void {
  small.width = small.height = IMAGE;
  const brush = small.getContext("2d");
  if (!brush) return;
  const pixels = new ImageData(IMAGE, IMAGE);
  const ink = theme.name === "dark" ? 255 : 0;
  for (let k = 0; k < image.length; k++) pixels.data.set([ink, ink, ink, nth(image, k)], 4 * k);
  brush.putImageData(pixels, 0, 0);
  on.fillStyle = theme.background;
  on.fillRect(0, 0, on.canvas.width, on.canvas.height);
  on.imageSmoothingEnabled = false;
  on.drawImage(small, 0, 0, on.canvas.width, on.canvas.height);
}
