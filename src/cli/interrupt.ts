/** Ctrl-C as a wish: the first one lets the step end and save, the second one ends the process at once. */

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
  const listener = (signal: NodeJS.Signals) => {
    received = signal;
    end();
    controller.abort();
  };
  const end = () => {
    for (const signal of SIGNALS) process.off(signal, listener);
  };
  for (const signal of SIGNALS) process.on(signal, listener);
  return { signal: controller.signal, received: () => received, end };
}
