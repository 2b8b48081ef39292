/** Ctrl-C as a wish: the first one lets the step end and save, the second one ends the process at once. */
import { exitCodes } from "./failure.ts";

export interface Interrupt {
  readonly signal: AbortSignal;
  /** The signal that came, if any. */
  received(): NodeJS.Signals | undefined;
  /** Gives the signals back. */
  end(): void;
}

const SIGNALS: readonly NodeJS.Signals[] = ["SIGINT", "SIGTERM"];

export function interruptible(): Interrupt {
  const controller = new AbortController();
  let received: NodeJS.Signals | undefined;
  // It stays until the end: what brings the cursor back ends the process where nobody else listens to the signal.
  const listener = (signal: NodeJS.Signals) => {
    if (received) process.exit(signal === "SIGTERM" ? exitCodes.terminated : exitCodes.interrupted);
    received = signal;
    controller.abort();
  };
  for (const signal of SIGNALS) process.on(signal, listener);
  return {
    signal: controller.signal,
    received: () => received,
    end() {
      for (const signal of SIGNALS) process.off(signal, listener);
    },
  };
}
