/** odenet export: a saved model in another tool's format. */
import { mkdirSync } from "node:fs";
import { basename, join } from "node:path";
import { size } from "../core/host/memory.ts";
import { toNpz } from "../exchange/npz.ts";
import { toOnnx } from "../exchange/toOnnx.ts";
import { toTfjs } from "../exchange/toTfjs.ts";
import type { TrainableModel as Model } from "../training/index.ts";
import { subcommand } from "./command.ts";
import { exitCodes, Failure, speakingOf, usage } from "./failure.ts";
import { checkWritable, exists, writeWhole } from "./files.ts";
import { flagName, givenOf, type Values } from "./flags/flag.ts";
import { oneOf, text, whole } from "./flags/kinds.ts";
import { openModel } from "./modelFile.ts";
import { counted, remark } from "./output.ts";

interface Format {
  /** What the file's name ends with; of a format of several files, the folder's. */
  readonly ending: string;
  /** Its own flags. */
  readonly takes?: readonly (keyof typeof formatFlags)[];
  /** Its files by name; one without a name is the file itself. */
  write(model: Model, given: Values<typeof formatFlags>): Readonly<Record<string, Uint8Array | string>>;
}

/** Flags of some formats alone. */
const formatFlags = {
  precision: oneOf("<type>", "of an ONNX file's numbers (default: f32)", ["f32", "f64"]),
  batch: whole("<n>", "examples that a plan or C header takes at a time (default: 1)"),
};

/** Every format by the name that --to takes. */
const formats: Readonly<Record<string, Format>> = {
  onnx: {
    ending: ".onnx",
    takes: ["precision"],
    write: (model, { precision = "f32" }) => ({ "": toOnnx(model, { precision }) }),
  },
  tfjs: {
    ending: "-tfjs",
    write(model) {
      const { json, weights } = toTfjs(model);
      return { "model.json": json, "weights.bin": weights };
    },
  },
  npz: { ending: ".npz", write: (model) => ({ "": toNpz(model) }) },
  plan: { ending: ".plan", takes: ["batch"], write: (model, given) => ({ "": planOf(model, given) }) },
  "c-header": {
    ending: ".h",
    takes: ["batch"],
    write: (model, given) => ({ "": cHeader(planOf(model, given)) }),
  },
};

const flags = {
  to: { ...oneOf("<format>", "the format", Object.keys(formats)), required: true },
  out: text("<file>", "where to write; a folder for tfjs (default: the model's name)"),
  ...formatFlags,
};

export const exportModel = subcommand({
  name: "export",
  summary: "write a model in another tool's format",
  description:
    "Writes a saved model as ONNX (onnxruntime and others run it), as a TensorFlow.js layers model, as arrays of NumPy, or as a plan for hosts without JavaScript.",
  arguments: [["<model>", "a saved model or a checkpoint"]],
  flags,
  examples: [
    "export iris.safetensors --to onnx --out iris.onnx",
    "export digits.safetensors --to tfjs --out web/digits",
  ],
  run: (given, [model = ""]) => writeModel(model, given),
});

/** Parameters and calls for hosts of the core without JavaScript. */
const planOf = (model: Model, { batch = 1 }: Values<typeof formatFlags>): Uint8Array => model.toPlan({ batch });

/** The bytes as an array in C; the host aligns the copy in the core's memory to 16. */
function cHeader(bytes: Uint8Array): string {
  const lines: string[] = [];
  for (let at = 0; at < bytes.length; at += 16) lines.push(`  ${Array.from(bytes.subarray(at, at + 16)).join(", ")},`);
  return [
    "/* A plan of odenet: model.toPlan as an array. The host copies it into the core's memory, at a multiple of 16. */",
    "#ifndef ODENET_PLAN_H",
    "#define ODENET_PLAN_H",
    `#define ODENET_PLAN_BYTES ${bytes.length}u`,
    "static const unsigned char odenet_plan[ODENET_PLAN_BYTES] = {",
    ...lines,
    "};",
    "#endif",
    "",
  ].join("\n");
}

async function writeModel(path: string, given: Values<typeof flags>): Promise<number> {
  const { to = "" } = given;
  const format = formats[to];
  if (!format) throw usage(`--to: expected one of ${Object.keys(formats).join(", ")}, got ${to}.`);
  const { ending, takes = [], write } = format;
  const foreign = givenOf(formatFlags, given).find((name) => !takes.some((own) => own === name));
  if (foreign !== undefined) {
    const owners = Object.keys(formats).filter((name) => formats[name]?.takes?.some((own) => own === foreign));
    throw usage(`${flagName(foreign)}: belongs to --to ${owners.join(", ")}, got ${to}. Leave it out.`);
  }
  const out = given.out ?? `${basename(path).replace(/\.safetensors$/, "")}${ending}`;
  const { model } = await openModel(path);
  if (model.encoder)
    remark(
      `the file takes rows as the table's encoder makes them: ${counted(model.encoder.inputs, "number")} each, model.encoder.encode(table).features`,
    );
  const files = Object.entries(await speakingOf(path, exitCodes.failed, async () => write(model, given)));
  const several = files.length > 1;
  if (several) makeFolder(out);
  else checkWritable(out, "--out");
  for (const [name, content] of files) writeWhole(several ? join(out, name) : out, content);
  const bytes = files.reduce((sum, [, content]) => sum + content.length, 0);
  const what = several ? `${out}: ${files.map(([name]) => name).join(" and ")}` : out;
  process.stdout.write(`${what}, ${size(bytes)}\n`);
  return exitCodes.done;
}

function makeFolder(path: string): void {
  try {
    mkdirSync(path, { recursive: true });
  } catch {
    throw new Failure(
      `--out ${path}: expected a folder to write into, got ${exists(path) ? "a file" : "none"}. Name another.`,
    );
  }
}
