/** What may stand after `npm start --`: --epochs, --seed, --help. */
import { parseArgs } from "node:util";

export interface StartOptions {
  readonly epochs: number;
  readonly seed: number;
  readonly help: boolean;
}

export const DEFAULT_EPOCHS = 5;

export const HELP = `npm start: a residual network learns handwritten digits in WebAssembly, on one core.

  npm start                        trains for ${DEFAULT_EPOCHS} epochs, then shows the test
  npm start -- --epochs 2          passes over the training digits, default ${DEFAULT_EPOCHS}
  npm start -- --seed 7            another first guess and another order of the digits, default 0
  npm start -- --help              this text

The same seed gives the same result, to the last bit, on every machine. Ctrl-C stops it.`;

/** Said to the user as it is; the exit code is 2. */
export class UsageError extends Error {}

const KNOWN = {
  epochs: { type: "string" },
  seed: { type: "string" },
  help: { type: "boolean", short: "h" },
} as const;

/** Throws `UsageError` with one sentence. */
export function startOptions(args: readonly string[]): StartOptions {
  // Not strict: parseArgs' own sentences speak of positional arguments and escapes.
  const { tokens } = parseArgs({
    args: [...args],
    options: KNOWN,
    strict: false,
    allowPositionals: true,
    tokens: true,
  });
  let [epochs, seed, help] = [DEFAULT_EPOCHS, 0, false];
  for (const token of tokens) {
    if (token.kind === "option-terminator") continue;
    if (token.kind === "positional") throw unknown(token.value);
    if (token.name === "help") help = true;
    else if (token.name === "epochs") epochs = whole(token.value, token.rawName, 1);
    else if (token.name === "seed") seed = whole(token.value, token.rawName, Number.MIN_SAFE_INTEGER);
    else throw unknown(token.rawName);
  }
  return { epochs, seed, help };
}

function unknown(argument: string): UsageError {
  return new UsageError(`expected --epochs, --seed or --help, got ${argument}. See npm start -- --help.`);
}

function whole(text: string | undefined, flag: string, least: number): number {
  const value = text?.trim() ? Number(text) : Number.NaN;
  if (!Number.isSafeInteger(value) || value < least) {
    const range = least === 1 ? "a whole number of at least 1" : "a whole number";
    throw new UsageError(
      `expected ${range} after ${flag}, got ${text ?? "nothing"}. Write ${flag} ${least === 1 ? 3 : 7}.`,
    );
  }
  return value;
}
