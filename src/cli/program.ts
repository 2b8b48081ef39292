/** The command line: its subcommands, with help and examples. */
import { Command } from "commander";
import { audit } from "./audit.ts";
import { check } from "./check.ts";
import { addSubcommand, exampleText, type Subcommand } from "./command.ts";
import { core } from "./core.ts";
import { evaluate } from "./evaluate.ts";
import { experiment } from "./experiment.ts";
import { exportModel } from "./export.ts";
import { info } from "./info.ts";
import { lab } from "./lab.ts";
import { predict } from "./predict.ts";
import { train } from "./train.ts";

const subcommands: readonly Subcommand[] = [
  train,
  evaluate,
  audit,
  check,
  predict,
  experiment,
  exportModel,
  core,
  info,
  lab,
];

/** The program; `argv` is what stands after "odenet", `done` receives the exit code. */
export function programFor(version: string, argv: readonly string[], done: (code: number) => void): Command {
  const program = new Command("odenet")
    .description("Trains residual networks as time-stepping methods, in WebAssembly.")
    .version(version)
    .showHelpAfterError("(odenet --help, or odenet <command> --help, says what can be asked)")
    .addHelpText(
      "after",
      `${exampleText(["train peaks --out peaks.safetensors", "train iris.csv --out iris.safetensors", "predict iris.safetensors new.csv", "info iris.safetensors"])}\nExit codes: 0 done, 1 it failed, 2 wrong command line, 130 stopped by Ctrl-C.\n`,
    );
  for (const stated of subcommands) addSubcommand(program, stated, argv, done);
  return program;
}
