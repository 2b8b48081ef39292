/** odenet audit: replays a run from its receipt, and says whether it is true. */
import { isRecord } from "../core/guards.ts";
import { messageOf } from "../core/messageOf.ts";
import { type AuditedSegment, audit as auditReceipt, type Receipt } from "../training/index.ts";
import { subcommand } from "./command.ts";
import { exitCodes, Failure, speakingOf } from "./failure.ts";
import { readWhole } from "./files.ts";
import type { Values } from "./flags/flag.ts";
import { on, text, whole } from "./flags/kinds.ts";
import { openModel } from "./modelFile.ts";
import { counted, outputOf } from "./output.ts";
import { noteIn } from "./receiptNote.ts";
import { divide, openSource, sourceNames } from "./source.ts";
import { encodedParts } from "./train.ts";

const flags = {
  model: text("<file>", "a saved model that is said to be the run's"),
  segments: whole("<n>", "replay so many, drawn at random (default: all)"),
  seed: whole("<n>", "seed of that draw (default: 0)", {}),
  threads: whole("<n>", "threads that replay (default: 1); the bits are the same"),
  json: on("one JSON object a line instead of text"),
};

export const audit = subcommand({
  name: "audit",
  summary: "check the receipt of a run",
  description:
    "Replays a run of odenet train from the receipt it wrote, all of it or some segments, and says whether each ends in the bits that the receipt says.",
  arguments: [
    ["<receipt>", "what odenet train wrote with --receipt"],
    ["<data>", `what was learned from: ${sourceNames.join(", ")}, or the path to a file or a folder`],
  ],
  flags,
  examples: [
    "train iris.csv --label species --receipt run.json --out iris.safetensors",
    "audit run.json iris.csv --model iris.safetensors",
    "audit run.json iris.csv --segments 5 --seed 4711",
  ],
  run: (given, [path = "", name = ""]) => auditRun(path, name, given),
});

async function auditRun(path: string, name: string, given: Values<typeof flags>): Promise<number> {
  const output = outputOf(given);
  const receipt = readReceipt(path);
  const { validation: share, ...how } = noteIn(receipt, path);
  const { seed = 0 } = how;
  const source = await openSource(name, { ...how, seed });
  const parts = await divide(name, source, receipt.validation === null ? 0 : share, seed);
  const { training, validation } = await encodedParts(name, source, parts, {});
  const model = given.model === undefined ? undefined : (await openModel(given.model)).model;
  const { segments = "all", seed: draw = 0, threads } = given;
  const { holds, segments: looked } = await speakingOf(path, exitCodes.failed, () =>
    auditReceipt(receipt, training, {
      ...{ segments, seed: draw },
      ...(validation ? { validation } : {}),
      ...(model ? { model } : {}),
      ...(threads === undefined ? {} : { threads }),
    }),
  );
  for (const segment of looked) {
    output.tell({ event: "segment", ...segment });
    if (!segment.holds) output.say(segmentText(segment));
  }
  output.tell({ event: "audit", holds, segments: looked.length });
  const whole = receipt.links.length - 1;
  output.say(
    holds
      ? `${path}: holds; ${looked.length} of ${counted(whole, "segment")} replayed, to the bit`
      : `${path}: does not hold`,
  );
  return holds ? exitCodes.done : exitCodes.failed;
}

const segmentText = ({ index, from, to, reason }: AuditedSegment): string =>
  `segment ${index}, steps ${from} to ${to}: ${reason}`;

function readReceipt(path: string): Receipt {
  const hint = "It is what odenet train writes with --receipt.";
  const text = new TextDecoder().decode(readWhole(path, hint));
  try {
    const receipt: unknown = JSON.parse(text);
    if (isRecord(receipt) && Array.isArray(receipt.links)) return receipt as unknown as Receipt;
  } catch (error) {
    throw new Failure(`${path}: expected a receipt in JSON, got something else: ${messageOf(error)}. ${hint}`);
  }
  throw new Failure(`${path}: expected a receipt, got other JSON. ${hint}`);
}
