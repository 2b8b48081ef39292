/** odenet export: a saved model in another tool's format. */
import { mkdirSync } from "node:fs";
import { basename, join } from "node:path";
import { size } from "../core/host/memory.ts";
import { toNpz } from "../exchange/npz.ts";
import { toOnnx } from "../exchange/toOnnx.ts";
import { toTfjs } from "../exchange/toTfjs.ts";
import type { TrainableModel as Model } from "../training/index.ts";
import { exitCodes, Failure, speakingOf } from "./failure.ts";
import { checkWritable, exists, writeWhole } from "./files.ts";
import { openModel } from "./modelFile.ts";

export interface ExportFlags {
  to: string;
  out?: string;
  precision?: "f32" | "f64";
  batch?: number;
}

interface Format {
  /** What the file's name ends with; of a format of several files, the folder's. */
  readonly ending: string;
  /** Its files by name; one without a name is the file itself. */
  write(model: Model, flags: ExportFlags): Readonly<Record<string, Uint8Array | string>>;
}

/** Every format by the name that --to takes. */
export const formats: Readonly<Record<string, Format>> = {
  onnx: { ending: ".onnx", write: (model, { precision = "f32" }) => ({ "": toOnnx(model, { precision }) }) },
  tfjs: {
    ending: "-tfjs",
    write(model) {
      const { json, weights } = toTfjs(model);
      return { "model.json": json, "weights.bin": weights };
    },
  },
  npz: { ending: ".npz", write: (model) => ({ "": toNpz(model) }) },
  plan: { ending: ".plan", write: (model, flags) => ({ "": planOf(model, flags) }) },
  "c-header": { ending: ".h", write: (model, flags) => ({ "": cHeader(planOf(model, flags)) }) },
};

/** Parameters and calls for hosts of the core without JavaScript. */
const planOf = (model: Model, { batch = 1 }: ExportFlags): Uint8Array => model.toPlan({ batch });

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

export async function exportCommand(path: string, flags: ExportFlags): Promise<number> {
  const { ending, write } = formats[flags.to] as Format;
  if (flags.precision !== undefined && flags.to !== "onnx") {
    throw new Failure("--precision: belongs to --to onnx; the others have the model's own, tfjs f32.", exitCodes.usage);
  }
  if (flags.batch !== undefined && !["plan", "c-header"].includes(flags.to)) {
    throw new Failure(
      "--batch: belongs to --to plan and c-header; the others take any number of examples.",
      exitCodes.usage,
    );
  }
  const out = flags.out ?? `${basename(path).replace(/\.safetensors$/, "")}${ending}`;
  const { model } = await openModel(path);
  const files = Object.entries(await speakingOf(path, exitCodes.failed, async () => write(model, flags)));
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
