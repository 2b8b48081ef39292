import pc from "picocolors";
import { nth } from "../../core/nth.ts";
import { percent } from "./numberText.ts";
import type { Terminal } from "./terminal.ts";

/** A grey image, row by row: 0 is black, 255 is white. */
export interface Picture {
  readonly pixels: ArrayLike<number>;
  readonly width: number;
  readonly height: number;
}

export interface ClassifiedPicture extends Picture {
  readonly truth: string;
  readonly predicted: string;
  /** Of the predicted class. */
  readonly probability: number;
}

const GAP = 2;
const ESCAPE = "\u001b[";
const GREYS = 232; // the first of the 24 greys among the 256 terminal colours
const shade = (value: number): number => GREYS + Math.round((value / 255) * 23);

/**
 * Two pixels a character: "▀" has the upper one as its colour and the lower one as its background, so 28 × 28 pixels
 * take 28 × 14 characters. Without colours a pixel is there or not: " ", "▀", "▄" or "█".
 */
export function drawPicture({ pixels, width, height }: Picture, colour: boolean): string[] {
  const at = (x: number, y: number): number => (y < height ? (pixels[y * width + x] ?? 0) : 0);
  const lines: string[] = [];
  for (let y = 0; y < height; y += 2) {
    let line = "";
    let current = "";
    for (let x = 0; x < width; x++) {
      if (!colour) {
        line += " ▀▄█"[(at(x, y) > 127 ? 1 : 0) + (at(x, y + 1) > 127 ? 2 : 0)];
        continue;
      }
      const style = `${ESCAPE}38;5;${shade(at(x, y))};48;5;${shade(at(x, y + 1))}m`;
      line += style === current ? "▀" : `${style}▀`;
      current = style;
    }
    lines.push(colour ? `${line}${ESCAPE}0m` : line);
  }
  return lines;
}

/** "true 7, predicted 7 (99.8 %)": as wide as 28 pixels. */
export function caption({ truth, predicted, probability }: ClassifiedPicture): string {
  const sure = probability >= 0.9995 ? "100 %" : percent(probability, 1);
  return `true ${truth}, predicted ${predicted} (${sure})`;
}

/** The caption, or its two halves where it is wider than its picture. */
const captionLines = (picture: ClassifiedPicture): string[] => {
  const text = caption(picture);
  return text.length <= picture.width ? [text] : text.split(/(?<=,) /);
};

/** Pictures side by side, as many as the terminal is wide, each with its caption; where not even one fits, captions alone. */
export function drawPictures(pictures: readonly ClassifiedPicture[], { columns, colour }: Terminal): string {
  const { green, red } = pc.createColors(colour);
  const paint = ({ truth, predicted }: ClassifiedPicture, text: string) => (truth === predicted ? green : red)(text);
  const captions = pictures.map(captionLines);
  const width = Math.max(0, ...pictures.map((picture) => picture.width), ...captions.flat().map((line) => line.length));
  const perRow = Math.floor((columns + GAP) / (width + GAP));
  if (perRow < 1) return pictures.map((picture) => paint(picture, caption(picture))).join("\n");

  const rows: string[] = [];
  for (let first = 0; first < pictures.length; first += perRow) {
    const cells = pictures.slice(first, first + perRow).map((picture, i) => {
      const drawn = drawPicture(picture, colour).map((line) => line + " ".repeat(width - picture.width));
      const said = nth(captions, first + i).map((line) => paint(picture, line) + " ".repeat(width - line.length));
      return { drawn, said };
    });
    const height = Math.max(...cells.map(({ drawn }) => drawn.length));
    const blank = " ".repeat(width);
    const aligned = cells.map(({ drawn, said }) => [...drawn, ...Array(height - drawn.length).fill(blank), ...said]);
    const tallest = Math.max(...aligned.map((cell) => cell.length));
    const lines = Array.from({ length: tallest }, (_, y) => besides(aligned.map((cell) => cell[y] ?? blank)));
    rows.push(lines.join("\n"));
  }
  return rows.join("\n\n");
}

/** Cells in one line. Blanks at its end are left out: some terminals would wrap them. */
const besides = (cells: string[]): string => cells.join(" ".repeat(GAP)).trimEnd();
