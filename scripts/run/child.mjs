// A child process that shares our terminal: its output, its exit code and its signals are ours.
import { spawn } from "node:child_process";

const FORWARDED = ["SIGTERM", "SIGHUP", "SIGINT"];

/**
 * Runs `file` with `args` and resolves to { code, signal } when it ends. Signals sent to this process go to the child.
 * A Ctrl-C typed at a terminal reaches the child by itself, so it is not sent a second time.
 */
export function runChild(file, args, options = {}) {
  return new Promise((resolve, reject) => {
    const child = spawn(file, args, { stdio: "inherit", ...options });
    const forward = (signal) => {
      if (signal === "SIGINT" && process.stdin.isTTY) return;
      child.kill(signal);
    };
    for (const signal of FORWARDED) process.on(signal, forward);
    const done = () => {
      for (const signal of FORWARDED) process.off(signal, forward);
    };
    child.on("error", (error) => {
      done();
      reject(error);
    });
    child.on("close", (code, signal) => {
      done();
      resolve({ code, signal });
    });
  });
}

/** Runs a program of Node's and resolves to { code, signal, output }: nothing is printed meanwhile. */
export function captureNode(args, options = {}) {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, args, { ...options, stdio: ["ignore", "pipe", "pipe"] });
    const parts = [];
    child.stdout.on("data", (part) => parts.push(part));
    child.stderr.on("data", (part) => parts.push(part));
    child.on("error", reject);
    child.on("close", (code, signal) => resolve({ code, signal, output: Buffer.concat(parts).toString() }));
  });
}

/** Ends this process as the child ended: same exit code, same signal. */
export function endLike({ code, signal }) {
  if (!signal || process.platform === "win32") process.exit(code ?? 1);
  process.kill(process.pid, signal);
  // The signal arrives on the next turn; should something ignore it, the exit code still says failure.
  setTimeout(() => process.exit(1), 1000);
}
