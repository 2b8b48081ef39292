/** odenet experiment: runs one by name, says what to see, writes its numbers and figures; without a name, lists them all. */
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { experiments } from "../experiments/index.ts";
import { subcommand } from "./command.ts";
import { exitCodes, Failure, usage } from "./failure.ts";
import { writeWhole } from "./files.ts";
import type { Values } from "./flags/flag.ts";
import { on, text, whole } from "./flags/kinds.ts";
import { counted, outputOf } from "./output.ts";
import { findRasterizer, type Rasterizer } from "./rasterizer.ts";

const flags = {
  out: text("<folder>", "where to write numbers (JSON) and figures (SVG)"),
  png: on("the figures as PNG too; needs the package @resvg/resvg-js or sharp"),
  seed: whole("<n>", "seed of everything random (default: 0)", {}),
  quick: on("smaller data and fewer epochs: the same figures in seconds"),
  json: on("one JSON object instead of text"),
};

type ExperimentFlags = Values<typeof flags>;

export const experiment = subcommand({
  name: "experiment",
  summary: "run one of the course's experiments",
  description:
    "Computes an experiment of the course, prints its numbers, and writes them and its figures to --out. Without a name it lists them all.",
  arguments: [["[name]", Object.keys(experiments).join(", ")]],
  flags,
  examples: [
    "experiment",
    "experiment step-size --out figures",
    "experiment step-size --out figures --png",
    "experiment antisymmetric --seed 1 --quick",
  ],
  run: (given, [name]) => (name === undefined ? list(given) : runExperiment(name, given)),
});

async function runExperiment(name: string, flags: ExperimentFlags): Promise<number> {
  const { out, png = false, seed = 0, quick = false } = flags;
  const experiment = Object.hasOwn(experiments, name) ? experiments[name] : undefined;
  if (!experiment) throw usage(`${name}: expected one of ${Object.keys(experiments).join(", ")}.`);
  if (png && out === undefined)
    throw usage("--png: expected --out with it, got none. Name a folder, as --out figures.");
  const rasterize = png ? await findRasterizer() : undefined;
  if (out !== undefined) makeFolder(out);
  const { numbers, figures } = await experiment.run({ seed, quick });
  const output = outputOf(flags);
  output.say(`${experiment.title}\n\n${experiment.see}\n\n${JSON.stringify(numbers, null, 2)}`);
  output.tell({ experiment: name, seed, quick, numbers });
  if (out === undefined) return exitCodes.done;
  writeWhole(join(out, `${name}.json`), `${JSON.stringify({ experiment: name, seed, quick, numbers }, null, 2)}\n`);
  for (const [figure, svg] of Object.entries(figures))
    await writeFigure(join(out, `${name}-${figure}`), svg, rasterize);
  output.say(`\nnumbers and ${counted(Object.keys(figures).length, "figure")} in ${out}`);
  return exitCodes.done;
}

function list(flags: ExperimentFlags): number {
  const output = outputOf(flags);
  const width = Math.max(...Object.keys(experiments).map((name) => name.length));
  for (const { name, title } of Object.values(experiments)) {
    output.say(`${name.padEnd(width)}  ${title}`);
    output.tell({ experiment: name, title });
  }
  return exitCodes.done;
}

async function writeFigure(path: string, svg: string, rasterize: Rasterizer | undefined): Promise<void> {
  writeWhole(`${path}.svg`, svg);
  if (rasterize) writeWhole(`${path}.png`, await rasterize(svg));
}

function makeFolder(path: string): void {
  try {
    mkdirSync(path, { recursive: true });
  } catch {
    throw new Failure(`--out ${path}: expected a folder, or a place to make one, got something else. Name another.`);
  }
}
