/** Where the state of a run is kept, and how it is taken up again. */
import { nth } from "../core/nth.ts";
import { readSafetensors } from "../formats/safetensors.ts";
import { exitCodes, speakingOf } from "./failure.ts";
import { exists, readWhole } from "./files.ts";
import type { TrainingFlags } from "./flags/training.ts";
import type { Output } from "./output.ts";

/** Where the state of the run goes: the flag's, the one resumed from, or beside the working folder's other files. */
export function checkpointPath(name: string, { checkpoint, resume }: TrainingFlags): string {
  const base = name.replace(/^.*[\\/]/, "").replace(/\.\w+$/, "") || "odenet";
  return checkpoint ?? (typeof resume === "string" ? resume : `${base}.checkpoint.safetensors`);
}

export async function resumeBytes(
  { resume }: TrainingFlags,
  checkpoint: string,
  output: Output,
): Promise<Uint8Array | undefined> {
  if (resume === undefined) return undefined;
  const path = resume === true ? checkpoint : resume;
  if (resume === true && !exists(path)) {
    output.say(`no checkpoint at ${path} yet: starting from the beginning`);
    return undefined;
  }
  const subject = `--resume ${path}`;
  const bytes = readWhole(path, "It is what --checkpoint and Ctrl-C write.", subject);
  await speakingOf(subject, exitCodes.failed, () => readSafetensors(bytes));
  return bytes;
}

/** The arguments without --resume and its value. */
function withoutResume(argv: readonly string[]): string[] {
  const kept: string[] = [];
  for (let i = 0; i < argv.length; i++) {
    const word = nth(argv, i);
    if (word === "--resume") {
      if (argv[i + 1] !== undefined && !nth(argv, i + 1).startsWith("-")) i++;
    } else if (!word.startsWith("--resume=")) kept.push(word);
  }
  return kept;
}

/** The command line that goes on from a checkpoint. */
export const goOn = (argv: readonly string[], checkpoint: string): string =>
  `odenet ${[...withoutResume(argv), "--resume", checkpoint].map(quoted).join(" ")}`;

/** As a shell takes it. */
export const quoted = (word: string): string =>
  /^[\w./:=@%+,-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`;
