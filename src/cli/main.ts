/** Runs a command line; everything that goes wrong becomes a sentence and an exit code. */
import { readFileSync } from "node:fs";
import { CommanderError } from "commander";
import { OdenetError } from "../core/errors.ts";
import { exitCodes, Failure } from "./failure.ts";
import { remark } from "./output.ts";
import { programFor } from "./program.ts";

/** Of package.json, which lies above the bundle. */
function version(): string {
  return JSON.parse(readFileSync(new URL("../package.json", import.meta.url), "utf8")).version;
}

/** `argv` is what stands after "odenet". Resolves to the exit code. */
export async function main(argv: readonly string[]): Promise<number> {
  let code: number = exitCodes.done;
  const program = programFor(version(), argv, (result) => {
    code = result;
  });
  for (const command of [program, ...program.commands]) command.exitOverride();
  try {
    if (argv.length === 0) {
      program.outputHelp({ error: true });
      return exitCodes.usage;
    }
    await program.parseAsync([...argv], { from: "user" });
    return code;
  } catch (error) {
    return codeOf(error);
  }
}

function codeOf(error: unknown): number {
  if (error instanceof CommanderError) return error.exitCode === 0 ? exitCodes.done : exitCodes.usage; // it has spoken
  if (error instanceof Failure) {
    remark(error.message);
    return error.code;
  }
  if (error instanceof OdenetError) {
    remark(error.message);
    return exitCodes.failed;
  }
  remark(`this should not have happened: ${error instanceof Error ? error.stack : error}`);
  return exitCodes.failed;
}
