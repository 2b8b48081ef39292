/** A run at a pace: some steps, a picture, a pause. */
import type { Told } from "../compute/stepping.ts";
import type { Ending, Position, Run } from "./run.ts";

/** Milliseconds between two pictures at least. */
const PICTURE = 60;
/** Seconds of steps that are made up for after a slow picture. */
const ARREARS = 0.25;

interface PacedOptions {
  /** Steps a second. */
  readonly pace: number;
  /** Steps after which it ends. */
  readonly steps?: number;
  /** Makes some steps. */
  advance(count: number): Promise<Told>;
  /** Ends the run in the worker. */
  leave(): Promise<Uint8Array<ArrayBuffer> | undefined>;
  onSteps(position: Position, values: readonly number[]): void;
  look(): Promise<void>;
}

export function startPaced({ pace, steps = Number.POSITIVE_INFINITY, ...does }: PacedOptions): Run {
  let stopped = false;
  let wake = (): void => {};
  const pause = (ms: number) =>
    new Promise<void>((resolve) => {
      wake = resolve;
      setTimeout(resolve, ms);
    });
  const made = async (): Promise<Told["over"]> => {
    let [left, owed, before] = [steps, 1, performance.now()];
    while (!stopped && left > 0) {
      const now = performance.now();
      owed = Math.min(owed + (pace * (now - before)) / 1000, 1 + ARREARS * pace);
      before = now;
      const count = Math.min(left, Math.floor(owed));
      if (count > 0) {
        const { epoch, iteration, values, epochEnded, over } = await does.advance(count);
        does.onSteps({ epochs: epoch + (epochEnded ? 1 : 0), steps: iteration }, values);
        if (over) return over;
        owed -= count;
        left -= count;
        if (!document.hidden) await does.look();
      }
      if (left > 0) await pause(Math.max(0, Math.max(PICTURE, 1000 / pace) - (performance.now() - now)));
    }
    return undefined;
  };
  const result = made().then(
    async (over): Promise<Ending> => {
      const checkpoint = await does.leave();
      return { ...endings[over ?? "stopped"], ...(checkpoint ? { checkpoint } : {}) };
    },
    async (error) => {
      await does.leave();
      throw error;
    },
  );
  return {
    result,
    stop: () => {
      stopped = true;
      wake();
    },
  };
}

const endings = {
  stopped: { status: "stopped", reason: "" },
  ended: { status: "finished", reason: "no further step was found" },
  diverged: {
    status: "diverged",
    reason:
      "the objective is no finite number any more; θ is that of the step before. Take a smaller learning rate, or a smaller h: more steps N.",
  },
} as const;
