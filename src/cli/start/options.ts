/** What may stand after `npm start --`: what to show, --epochs, --seed, --data, --help. */
import { parseArgs } from "node:util";
import { showcases } from "./showcase.ts";

export interface StartOptions {
  readonly show: keyof typeof showcases;
  readonly epochs: number;
  readonly seed: number;
  /** The folder of the pictures' files; without, where they are usually. */
  readonly data: string | undefined;
  readonly help: boolean;
}

export const DEFAULT_EPOCHS = 5;

export const HELP = `npm start: a network learns pictures in WebAssembly, on one core.

  npm start                        a residual network learns handwritten digits: ${DEFAULT_EPOCHS} epochs, then the test
  npm start -- fashion             a convolutional one learns clothes of Fashion-MNIST, in a few minutes
  npm start -- --epochs 2          passes over the training pictures, default ${DEFAULT_EPOCHS}
  npm start -- --seed 7            another first guess and another order of the pictures, default 0
  npm start -- --data folder       where the four IDX files are, if not at their usual place
  npm start -- --help              this text

The same seed gives the same result, to the last bit, on every machine. Ctrl-C stops it.`;

/** Said to the user as it is; the exit code is 2. */
export class UsageError extends Error {}

const KNOWN = {
  epochs: { type: "string" },
  data: { type: "string" },
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
  let show: StartOptions["show"] = "digits";
  let data: string | undefined;
  for (const token of tokens) {
    if (token.kind === "option-terminator") continue;
    if (token.kind === "positional") show = showcase(token.value);
    else if (token.name === "help") help = true;
    else if (token.name === "data") data = folder(token.value);
    else if (token.name === "epochs") epochs = whole(token.value, token.rawName, 1);
    else if (token.name === "seed") seed = whole(token.value, token.rawName, Number.MIN_SAFE_INTEGER);
    else throw unknown(token.rawName);
  }
  return { show, epochs, seed, data, help };
}

function showcase(word: string): StartOptions["show"] {
  if (Object.hasOwn(showcases, word)) return word as StartOptions["show"];
  throw unknown(word);
}

function folder(text: string | undefined): string {
  if (text?.trim()) return text;
  throw new UsageError(`expected a folder after --data, got ${text ?? "nothing"}. Write --data ./images.`);
}

function unknown(argument: string): UsageError {
  return new UsageError(
    `expected fashion, --epochs, --seed, --data or --help, got ${argument}. See npm start -- --help.`,
  );
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
