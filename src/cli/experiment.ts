/** odenet experiment: runs one by name, says what to see, writes its numbers and figures. */
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { experiments } from "../experiments/index.ts";
import { exitCodes, Failure, usage } from "./failure.ts";
import { writeWhole } from "./files.ts";
import { counted, outputOf } from "./output.ts";

export interface ExperimentFlags {
  out?: string;
  seed?: number;
  quick?: boolean;
  json?: boolean;
}

export async function experimentCommand(name: string, { out, seed = 0, quick = false, ...flags }: ExperimentFlags) {
  const experiment = Object.hasOwn(experiments, name) ? experiments[name] : undefined;
  if (!experiment) throw usage(`${name}: expected one of ${Object.keys(experiments).join(", ")}.`);
  if (out !== undefined) makeFolder(out);
  const { numbers, figures } = await experiment.run({ seed, quick });
  const output = outputOf(flags);
  output.say(`${experiment.title}\n\n${experiment.see}\n\n${JSON.stringify(numbers, null, 2)}`);
  output.tell({ experiment: name, seed, quick, numbers });
  if (out === undefined) return exitCodes.done;
  writeWhole(join(out, `${name}.json`), `${JSON.stringify({ experiment: name, seed, quick, numbers }, null, 2)}\n`);
  for (const [figure, svg] of Object.entries(figures)) writeWhole(join(out, `${name}-${figure}.svg`), svg);
  output.say(`\nnumbers and ${counted(Object.keys(figures).length, "figure")} in ${out}`);
  return exitCodes.done;
}

function makeFolder(path: string): void {
  try {
    mkdirSync(path, { recursive: true });
  } catch {
    throw new Failure(`--out ${path}: expected a folder, or a place to make one, got something else. Name another.`);
  }
}
