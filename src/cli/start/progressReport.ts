import { epochLine, type Progress, progressLine } from "./progress.ts";
import type { Terminal } from "./terminal.ts";

/** A place at the end of the terminal that is drawn over; what is persisted stays above it. */
export interface LiveArea {
  (text: string): void;
  persist(text: string): void;
  clear(): void;
  done(): void;
}

export interface ProgressReport {
  /** Call it after every step: it draws at most twenty times a second. */
  step(progress: Progress): void;
  epoch(progress: Progress): void;
  /** Leaves the terminal as it was, with the epochs' lines in it. Call it in a `finally`. */
  end(): void;
}

const PAUSE = 50; // milliseconds between two drawings: smooth to the eye, nothing to the training

/** Shows a run: a bar that moves in a terminal, one line an epoch anywhere else. `now` is in milliseconds. */
export function progressReport(
  terminal: () => Terminal,
  live: LiveArea | undefined,
  print: (line: string) => void,
  now: () => number = () => performance.now(),
): ProgressReport {
  if (!live) return { step: () => {}, epoch: (progress) => print(epochLine(progress)), end: () => {} };
  let drawn = Number.NEGATIVE_INFINITY;
  return {
    step(progress) {
      if (now() - drawn < PAUSE) return;
      drawn = now();
      const { columns, ...rest } = terminal(); // asked anew: the window may have been resized
      // The last column stays free: some terminals break a line that fills it.
      live(progressLine(progress, { columns: columns - 1, ...rest }));
    },
    epoch(progress) {
      live.persist(epochLine(progress));
      drawn = Number.NEGATIVE_INFINITY;
    },
    end() {
      live.clear();
      live.done();
    },
  };
}
