/** Peers measured in processes of their own, which wait while they are not asked: see bench/peers/protocol.mjs. */
import { type ChildProcess, spawn } from "node:child_process";
import { createInterface, type Interface } from "node:readline";
import type { Contender } from "./harness.ts";

const FOLDER = "bench/peers";

export class Peer {
  private readonly child: ChildProcess;
  private readonly lines: AsyncIterator<string>;
  private readonly reader: Interface;

  constructor(
    readonly name: string,
    command: readonly string[],
    environment: Record<string, string> = {},
  ) {
    const [program = "", ...args] = command;
    const env = { ...process.env, OMP_NUM_THREADS: "1", OPENBLAS_NUM_THREADS: "1", ...environment };
    this.child = spawn(program, args, { cwd: FOLDER, env, stdio: ["pipe", "pipe", "ignore"] });
    this.child.on("error", () => {});
    if (!this.child.stdout) throw new Error(`${name}: no output`);
    this.reader = createInterface({ input: this.child.stdout });
    this.lines = this.reader[Symbol.asyncIterator]();
  }

  /** Sends one line, returns the next line that is an answer; what libraries print besides is passed over. */
  async ask(line: string): Promise<string> {
    this.child.stdin?.write(`${line}\n`);
    for (;;) {
      const { value, done } = await this.lines.next();
      if (done)
        throw new Error(`${this.name}: its process ended. Is it installed? The head of bench/peers.ts says how.`);
      if (/^[{\d]/.test(value)) return value;
    }
  }

  /** A contender for a task of protocol.mjs. */
  contender(task: Record<string, unknown>, work?: number): Contender {
    return {
      name: this.name,
      ...(work === undefined ? {} : { work }),
      sample: async (seconds) => {
        const answer = JSON.parse(await this.ask(JSON.stringify({ ...task, seconds })));
        if (answer.error !== undefined) throw new Error(`${this.name}: ${answer.error}`);
        return answer.rate as number;
      },
    };
  }

  close(): void {
    this.reader.close();
    this.child.kill();
  }
}
