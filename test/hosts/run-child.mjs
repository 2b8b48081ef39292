import { spawn } from "node:child_process";

/** Runs a program to its end. Resolves to its standard output; rejects with what it said where it fails or takes too long. */
export function output(command, args, { cwd, env, seconds = 120 } = {}) {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { cwd, env: { ...process.env, ...env }, stdio: ["ignore", "pipe", "pipe"] });
    const said = { stdout: "", stderr: "" };
    const timer = setTimeout(() => child.kill("SIGKILL"), seconds * 1000);
    for (const name of ["stdout", "stderr"]) child[name].on("data", (part) => (said[name] += part));
    child.on("error", reject);
    child.on("close", (code, signal) => {
      clearTimeout(timer);
      if (code === 0) resolve(said.stdout);
      else reject(new Error(`${command} ended with ${signal ?? code}: ${said.stderr || said.stdout}`.slice(0, 2000)));
    });
  });
}

/** A program that serves until `stop`. */
export function serving(command, args, options = {}) {
  const child = spawn(command, args, { stdio: ["ignore", "pipe", "pipe"], ...options });
  let said = "";
  for (const name of ["stdout", "stderr"]) child[name].on("data", (part) => (said += part));
  const ended = new Promise((resolve) => child.on("close", resolve));
  return {
    said: () => said,
    async stop() {
      child.kill("SIGTERM");
      const timer = setTimeout(() => child.kill("SIGKILL"), 3000);
      await ended;
      clearTimeout(timer);
    },
  };
}

/** Calls `attempt` until it succeeds. */
export async function eventually(attempt, seconds = 30) {
  for (const end = Date.now() + seconds * 1000; ; ) {
    try {
      return await attempt();
    } catch (error) {
      if (Date.now() > end) throw error;
      await new Promise((resolve) => setTimeout(resolve, 200));
    }
  }
}
