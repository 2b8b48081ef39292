import pc from "picocolors";
import { count, duration, percent } from "./numberText.ts";
import type { Terminal } from "./terminal.ts";

/** Where a training run stands. */
export interface Progress {
  /** The current epoch, from 1. */
  readonly epoch: number;
  readonly epochs: number;
  /** Examples seen, of all that the run will see. */
  readonly seen: number;
  readonly examples: number;
  readonly loss: number;
  /** Known from the end of the first epoch on. */
  readonly validationAccuracy?: number | undefined;
  readonly examplesPerSecond: number;
  /** Of an optimizer that searches for its steps: the last one. */
  readonly search?: Search | undefined;
}

/** What such a step reports; each search takes several evaluations of the objective, Newton's some conjugate gradients. */
export interface Search {
  readonly gradientNorm: number;
  readonly stepSize: number;
  readonly cgIterations?: number | undefined;
  readonly evaluations?: number | undefined;
}

const SHORTEST_BAR = 6;
const LONGEST_BAR = 30;

/**
 * One line, never wider than the terminal: `epoch 2/5 ━━━━━╌╌╌╌  43 %  loss 0.1234  validation 97.12 %  51,234 examples/s  9 s left`.
 * In a narrow terminal the least important parts go first, then the bar.
 */
export function progressLine(progress: Progress, { columns, colour }: Terminal): string {
  const fraction = progress.examples > 0 ? Math.min(progress.seen / progress.examples, 1) : 0;
  const head = `epoch ${progress.epoch}/${progress.epochs}`;
  const done = `${Math.floor(100 * fraction)} %`.padStart(6);
  const parts = fitting(measures(progress, true), columns - head.length - done.length - SHORTEST_BAR - 1);
  const tail = parts.map((part) => `  ${part}`).join("");
  const room = Math.min(columns - head.length - 1 - done.length - tail.length, LONGEST_BAR);
  if (room < SHORTEST_BAR) return `${head}${done}`.slice(0, columns);
  return `${head} ${bar(fraction, room, colour)}${done}${tail}`;
}

/** The line that stays when an epoch is over, and all there is where nothing can be drawn over. */
export const epochLine = (progress: Progress): string =>
  [`epoch ${progress.epoch}/${progress.epochs}`, ...measures(progress, false)].join("  ");

/** Most important first. */
function measures(
  { loss, validationAccuracy, examplesPerSecond, seen, examples, search }: Progress,
  timeLeft: boolean,
): string[] {
  const parts = search ? searchMeasures(loss, search) : [`loss ${loss.toFixed(4)}`];
  if (validationAccuracy !== undefined) parts.push(`validation ${percent(validationAccuracy)}`);
  if (!search) parts.push(`${count(examplesPerSecond)} examples/s`);
  if (timeLeft && examplesPerSecond > 0 && seen < examples) {
    parts.push(`${duration((examples - seen) / examplesPerSecond)} left`);
  }
  return parts;
}

/** In columns, since every iteration is a line. */
function searchMeasures(
  objective: number,
  { gradientNorm, stepSize, cgIterations, evaluations = 1 }: Search,
): string[] {
  const parts = [`objective ${objective.toPrecision(6).padEnd(11)}`, `gradient ${gradientNorm.toExponential(2)}`];
  parts.push(`step ${stepSize.toPrecision(3).padEnd(8)}`);
  if (cgIterations !== undefined) parts.push(`CG ${String(cgIterations).padStart(2)}`);
  parts.push(`evaluations ${String(evaluations).padStart(2)}`);
  return parts;
}

/** As many of the parts, from the first on, as fit with two blanks before each. */
function fitting(parts: string[], room: number): string[] {
  let used = 0;
  const end = parts.findIndex((part) => {
    used += part.length + 2;
    return used > room;
  });
  return end < 0 ? parts : parts.slice(0, end);
}

function bar(fraction: number, width: number, colour: boolean): string {
  const { green, dim } = pc.createColors(colour);
  const full = Math.round(fraction * width);
  return green("━".repeat(full)) + dim("╌".repeat(width - full));
}
