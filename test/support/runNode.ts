import { type ChildProcess, spawn } from "node:child_process";

export interface Finished {
  code: number | null;
  signal: NodeJS.Signals | null;
  stdout: string;
  stderr: string;
}

export interface Running {
  child: ChildProcess;
  finished: Promise<Finished>;
  /** Resolves when the output so far holds `text`. */
  says(text: string): Promise<void>;
}

/** Starts `node …args` in `cwd`, without a terminal. Variables set to undefined are taken out of the environment. */
export function startNode(args: string[], cwd: string, env: Record<string, string | undefined> = {}): Running {
  const child = spawn(process.execPath, args, {
    cwd,
    env: { ...process.env, ...env },
    stdio: ["ignore", "pipe", "pipe"],
  });
  const output = { stdout: "", stderr: "" };
  const listeners = new Set<() => void>();
  for (const name of ["stdout", "stderr"] as const) {
    child[name].on("data", (part: Buffer) => {
      output[name] += part.toString();
      for (const listener of listeners) listener();
    });
  }
  const finished = new Promise<Finished>((resolve, reject) => {
    child.on("error", reject);
    child.on("close", (code, signal) => resolve({ code, signal, ...output }));
  });
  const says = (text: string) =>
    new Promise<void>((resolve, reject) => {
      const look = () => {
        if ((output.stdout + output.stderr).includes(text)) resolve();
      };
      listeners.add(look);
      finished.then(() => reject(new Error(`ended without "${text}":\n${output.stdout}${output.stderr}`)), reject);
      look();
    });
  return { child, finished, says };
}

export const runNode = (args: string[], cwd: string, env?: Record<string, string | undefined>): Promise<Finished> =>
  startNode(args, cwd, env).finished;
