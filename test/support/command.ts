import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { type Finished, type Running, startNode } from "./runNode.ts";
import { ROOT } from "./scratch.ts";

/** The command as it is published. */
const COMMAND = join(ROOT, "dist", "cli.js");

/** Starts `odenet …args` in `cwd`, without a terminal. */
export function startCommand(args: readonly string[], cwd: string): Running {
  if (!existsSync(COMMAND)) throw new Error("dist/cli.js does not exist. Run node scripts/build.mjs, or npm test.");
  return startNode([COMMAND, ...args], cwd, { NO_COLOR: "1", FORCE_COLOR: undefined });
}

export const odenet = (cwd: string, ...args: string[]): Promise<Finished> => startCommand(args, cwd).finished;

/** Runs it with a text as its standard input. */
export function odenetWith(input: string, cwd: string, ...args: string[]): Promise<Finished> {
  const child = spawn(process.execPath, [COMMAND, ...args], { cwd });
  const output = { stdout: "", stderr: "" };
  for (const name of ["stdout", "stderr"] as const) {
    child[name].on("data", (part: Buffer) => {
      output[name] += part.toString();
    });
  }
  child.stdin.end(input);
  return new Promise((resolve, reject) => {
    child.on("error", reject);
    child.on("close", (code, signal) => resolve({ code, signal, ...output }));
  });
}
