/** `odenet lab` as it is published, on a free port. */
import { startCommand } from "./command.ts";
import { ROOT } from "./scratch.ts";

export interface OpenLab {
  readonly address: string;
  /** Ctrl-C; resolves to the exit code. */
  close(): Promise<number | null>;
}

export async function openLab(): Promise<OpenLab> {
  const { child, finished } = startCommand(["lab", "--port", "0", "--no-open"], ROOT);
  const address = await new Promise<string>((resolve, reject) => {
    let said = "";
    child.stdout?.on("data", (part: Buffer) => {
      said += part.toString();
      const [found] = /http:\S+/.exec(said) ?? [];
      if (found) resolve(found);
    });
    void finished.then(({ stderr }) => reject(new Error(stderr)));
  });
  return {
    address,
    async close() {
      child.kill("SIGINT");
      return (await finished).code;
    },
  };
}
