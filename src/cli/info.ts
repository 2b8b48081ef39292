/** odenet info: what is in a model, a checkpoint or a network's description. */

import { size } from "../core/host/memory.ts";
import { nth } from "../core/nth.ts";
import { numberBytes } from "../core/recording/tensor.ts";
import { parseUntrusted } from "../formats/headerJson.ts";
import { readSafetensors } from "../formats/safetensors.ts";
import type { FeatureShape } from "../layers/shape.ts";
import { layerFacts } from "../model/layerFacts.ts";
import { imagePresets, type Network, networkFromJSON } from "../networks/index.ts";
import { createModel, type TrainableModel as Model, modelFromBytes } from "../training/index.ts";
import { imagePreset } from "./choose/preset.ts";
import { subcommand } from "./command.ts";
import { exitCodes, speakingOf, usage } from "./failure.ts";
import { exists, readWhole } from "./files.ts";
import { flagName, givenOf, type Values } from "./flags/flag.ts";
import { counts, on, whole } from "./flags/kinds.ts";
import { imagePresetFlags } from "./flags/network.ts";
import { layerText } from "./networkText.ts";
import { outputOf } from "./output.ts";

const flags = {
  ...imagePresetFlags,
  batch: whole("<n>", "examples in a step, for the memory (default: 64)"),
  input: counts("<c,h,w>", "images that a preset is for: channels, height, width (default: the preset's)"),
  outputs: whole("<n>", "scores of a preset (default: the preset's)"),
  json: on("one JSON object instead of text"),
};

type InfoFlags = Values<typeof flags>;

export const info = subcommand({
  name: "info",
  summary: "show what is in a model",
  description: "Shows layers, shapes, parameters, floating-point operations and memory.",
  arguments: [
    ["<file>", "a saved model, a checkpoint, a network's description in JSON, or a preset for images by name"],
  ],
  flags,
  examples: [
    "info iris.safetensors",
    "info network.json --batch 256",
    "info parabolicCnn --input 1,28,28 --channels 16,32 --steps 1,2",
    "info alexNet --grouped --batch 8",
  ],
  run: (given, [path = ""]) => tell(path, given),
});

interface Opened {
  readonly model: Model;
  readonly metadata: ReadonlyMap<string, string>;
}

/** Text that begins as JSON does. A safetensors file begins with a length, whose high bytes are zero. */
const isJson = (bytes: Uint8Array): boolean =>
  !bytes.subarray(0, 8).includes(0) && /^\s*[[{]/.test(new TextDecoder().decode(bytes.subarray(0, 1000)));

async function open(path: string, given: InfoFlags): Promise<Opened> {
  if (Object.hasOwn(imagePresets, path) && !exists(path)) {
    const network = await imagePreset(path, given, sizes(given));
    return { model: await createModel(network), metadata: new Map() };
  }
  const { batch: _, json: __, ...ofPresets } = flags;
  const [foreign] = givenOf(ofPresets, given);
  if (foreign !== undefined)
    throw usage(`${flagName(foreign)}: belongs to the presets for images, and ${path} is none. Leave it out.`);
  const bytes = readWhole(path, "It is a saved model, a checkpoint, or a network's description in JSON.");
  if (isJson(bytes)) {
    const network = await speakingOf(path, exitCodes.failed, () => networkFromJSON(new TextDecoder().decode(bytes)));
    // Which loss it will be trained with is not known yet, and changes nothing that is said here.
    return { model: await speakingOf(path, exitCodes.failed, () => createModel(network)), metadata: new Map() };
  }
  const model = await speakingOf(path, exitCodes.failed, () => modelFromBytes(bytes));
  return { model, metadata: readSafetensors(bytes).metadata };
}

/** What --input and --outputs say. */
function sizes({ input, outputs }: InfoFlags): { input?: FeatureShape; outputs?: number } {
  const [channels = 0, height = 0, width = 0] = input ?? [];
  if (input !== undefined && input.length !== 3) {
    throw usage(`--input: expected channels, height and width, as 3,32,32, got ${input.join(",")}.`);
  }
  return { ...(input ? { input: [channels, height, width] } : {}), ...(outputs === undefined ? {} : { outputs }) };
}

const shapeText = (shape: FeatureShape): string => (typeof shape === "number" ? String(shape) : shape.join(" × "));

/** "12.3 k", "4.56 M". */
function amount(n: number): string {
  const units = ["", " k", " M", " G", " T"];
  let unit = 0;
  let value = n;
  while (value >= 1000 && unit < units.length - 1) {
    value /= 1000;
    unit++;
  }
  return `${unit === 0 ? value : value.toPrecision(3)}${units[unit]}`;
}

function drawTable(rows: readonly (readonly string[])[]): string[] {
  const widths = rows[0]?.map((_, k) => Math.max(...rows.map((row) => nth(row, k).length))) ?? [];
  const align = (text: string, k: number) => (k < 2 ? text.padEnd(nth(widths, k)) : text.padStart(nth(widths, k)));
  return rows.map((row) => row.map(align).join("  ").trimEnd());
}

async function tell(path: string, given: InfoFlags): Promise<number> {
  const output = outputOf(given);
  const { batch = 64 } = given;
  const { model, metadata } = await open(path, given);
  const { network, precision, loss } = model;
  const facts = layerFacts(network);
  const parameters = facts.reduce((sum, f) => sum + f.parameters, 0);
  const flops = facts.reduce((sum, f) => sum + f.flops, 0);
  model.describe(batch); // compiles the training plan, which says how much memory a batch needs
  const memory = model.memory;
  const state = stateOf(metadata.get("training"));
  output.tell({
    network,
    precision,
    ...(metadata.size > 0 ? { loss } : {}),
    layers: facts.map(({ layer, ...rest }, i) => ({
      name: String(i),
      kind: layer.kind,
      text: layerText(layer),
      ...rest,
    })),
    parameters,
    flops,
    batch,
    memory,
    ...(state ? { training: state } : {}),
  });
  output.say(
    `${path}: ${metadata.size === 0 ? "a network" : state ? "a checkpoint" : "a saved model"}, ${precision}${metadata.size > 0 ? `, ${loss.kind}` : ""}`,
  );
  const head = ["", "layer", "output", "parameters", "FLOPs an example"];
  const rows = facts.map(({ layer, output, parameters, flops }, i) => [
    String(i),
    layerText(layer),
    shapeText(output),
    parameters.toLocaleString("en-US"),
    amount(flops),
  ]);
  const total = ["", "in all", "", parameters.toLocaleString("en-US"), amount(flops)];
  for (const line of drawTable([head, ["", "input", shapeText(network.input), "", ""], ...rows, total]))
    output.say(line);
  if (network.classes) output.say(`classes: ${listed(network)}`);
  if (state)
    output.say(
      `stopped in epoch ${state.epoch + 1} of ${state.epochs}, after ${state.iteration.toLocaleString("en-US")} steps with ${state.optimizer}`,
    );
  output.say(
    `memory: ${size(parameters * numberBytes(precision))} of parameters; training with batches of ${batch}: ${size(memory.total)} and the optimizer's state`,
  );
  return exitCodes.done;
}

function listed({ classes = [] }: Network): string {
  return classes.length > 20 ? `${classes.slice(0, 20).join(", ")}, … (${classes.length})` : classes.join(", ");
}

function stateOf(text: string | undefined) {
  if (text === undefined) return undefined;
  try {
    const { position, options } = parseUntrusted(text) as {
      position: { epoch: number; iteration: number };
      options: Record<string, string>;
    };
    return {
      epoch: position.epoch,
      iteration: position.iteration,
      epochs: Number(options.epochs),
      optimizer: options.optimizer?.replace(/ .*/, ""),
    };
  } catch {
    return undefined;
  }
}
