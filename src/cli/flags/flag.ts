/** A flag of the command line is one row: what stands behind it, how that is read, its help, and what takes it. */
import { type Command, Option } from "commander";

/** Under the name that the parsed flags have it by: learningRate is --learning-rate. */
export interface Flag<T = unknown> {
  /** What stands behind it, as "<n>"; a switch has nothing. */
  readonly value?: string;
  /** Absent where there is only the form with --no-. */
  readonly help?: string;
  /** Help of the form with --no-, which says false. */
  readonly no?: string;
  readonly choices?: readonly string[];
  readonly initial?: T;
  readonly required?: boolean;
  /** The members of a family that take it; absent: all. */
  readonly of?: readonly string[];
  /** The text itself where it is absent; `before` is the value that a flag given before has. */
  read?(text: string, before: T | undefined): T;
  /** The library's options that it stands for; absent: the one of its name. */
  options?(value: T): object;
}

export type Flags = Readonly<Record<string, Flag>>;

/** What is parsed: every flag that was given, and those with an initial value. */
export type Values<F extends Flags> = { -readonly [K in keyof F]?: F[K] extends Flag<infer T> ? T : never };

export const flagName = (name: string): string => `--${name.replace(/[A-Z]/g, (c) => `-${c.toLowerCase()}`)}`;

export function addFlags(command: Command, flags: Flags): void {
  for (const [name, { value, help, no, choices, initial, required = false, read }] of Object.entries(flags)) {
    if (help !== undefined) {
      const option = new Option(value === undefined ? flagName(name) : `${flagName(name)} ${value}`, help);
      if (choices) option.choices(choices);
      if (read) option.argParser(read);
      if (initial !== undefined) option.default(initial);
      command.addOption(option.makeOptionMandatory(required));
    }
    if (no !== undefined) command.addOption(new Option(flagName(name).replace("--", "--no-"), no));
  }
}

/** The names among `flags` that were given. */
export const givenOf = (flags: Flags, given: object): string[] =>
  Object.keys(flags).filter((name) => Reflect.get(given, name) !== undefined);

/** The library's options that the given flags stand for. */
export function optionsOf(flags: Flags, given: object): object {
  const parts = givenOf(flags, given).map((name) => {
    const value: unknown = Reflect.get(given, name);
    return flags[name]?.options?.(value) ?? { [name]: value };
  });
  return Object.assign({}, ...parts);
}
