/** A subcommand is one statement: its words, its flags, examples, and what it does. */
import type { Command } from "commander";
import { addFlags, type Flags, type Values } from "./flags/flag.ts";

export interface Subcommand<F extends Flags = Flags> {
  readonly name: string;
  readonly summary: string;
  readonly description: string;
  /** Each with its help and, where it may be left out, what it is then. */
  readonly arguments?: readonly (readonly [form: string, help: string, initial?: string])[];
  readonly flags: F;
  /** Further ones, made from registries: options of the members that are chosen. */
  readonly members?: Flags;
  readonly examples: readonly string[];
  /** Resolves to the exit code; `argv` is what stands after "odenet". */
  run(given: Values<F>, args: readonly string[], argv: readonly string[]): number | Promise<number>;
}

export const subcommand = <F extends Flags>(stated: Subcommand<F>): Subcommand<F> => stated;

export const exampleText = (lines: readonly string[]): string =>
  `\nExamples:\n${lines.map((line) => `  $ odenet ${line}`).join("\n")}\n`;

export function addSubcommand<F extends Flags>(
  program: Command,
  { name, summary, description, arguments: args = [], flags, members = {}, examples, run }: Subcommand<F>,
  argv: readonly string[],
  done: (code: number) => void,
): void {
  const command = program.command(name).summary(summary).description(description);
  for (const [form, help, initial] of args) command.argument(form, help, initial);
  addFlags(command, flags);
  addFlags(command, members);
  command
    .addHelpText("after", exampleText(examples))
    .action(async () => done(await run(command.opts<Values<F>>(), command.processedArgs, argv)));
}
