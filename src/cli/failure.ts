/** What ends the command other than success: a sentence, and an exit code that means something. */
import { OdenetError } from "../core/errors.ts";

/** 0 done; 1 it could not be done; 2 the command line is wrong; 130 stopped by Ctrl-C (143: by SIGTERM). */
export const exitCodes = { done: 0, failed: 1, usage: 2, interrupted: 130, terminated: 143 } as const;

export class Failure extends Error {
  constructor(
    message: string,
    readonly code: number = exitCodes.failed,
  ) {
    super(message);
  }
}

export const usage = (message: string): Failure => new Failure(message, exitCodes.usage);

/** The options of `fitEncoder` that name columns. */
const FLAGS: Readonly<Record<string, string>> = { label: "--label", drop: "--drop", keep: "--features" };

/** Options of the library's functions, as they stand in its sentences, become flags. */
const asFlags = (sentence: string): string =>
  sentence
    .replace(
      /^(label|drop|keep): (?=expected (a|the place of a) column)/,
      (_, name: string) => `${FLAGS[name] ?? name}: `,
    )
    .replace("with keep.", "with --features.")
    .replace("size: [height, width]", "--size 32, or --size 32x48,")
    .replace(
      /\b(missing|decimal|delimiter|task|header|label|features|validation): (?:"([^"]*)"|(true|false|null|[\d.]+))/g,
      (_, name: string, text?: string, plain?: string) => {
        if (name === "label" && plain === "null") return "--no-label";
        return `--${name} ${text === undefined ? plain : /^\w+$/.test(text) ? text : `'${text}'`}`;
      },
    );

/** Runs an action of the library; its error becomes a failure that speaks of `subject` (a file, a flag), not of a function. */
export async function speakingOf<T>(
  subject: string | ((message: string) => string),
  code: number,
  action: () => T | Promise<T>,
): Promise<T> {
  try {
    return await action();
  } catch (error) {
    if (!(error instanceof OdenetError)) throw error;
    const about = typeof subject === "string" ? subject : subject(error.message);
    throw new Failure(`${about}: ${asFlags(error.message.replace(/^[\w.]+: /, ""))}`, code);
  }
}
