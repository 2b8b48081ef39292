/** Checks a receipt: each segment is replayed from its checkpoint, and must end in the bits of the next one. */
import { fromBase64 } from "../../core/base64.ts";
import { OdenetError } from "../../core/errors.ts";
import { isRecord, isWhole } from "../../core/guards.ts";
import { coreHash } from "../../core/host/coreHash.generated.ts";
import { messageOf } from "../../core/messageOf.ts";
import { Random, streams } from "../../core/random.ts";
import { refuseUnknown } from "../../core/registry.ts";
import { show } from "../../core/show.ts";
import { readSafetensors } from "../../formats/safetensors.ts";
import { checkWhole } from "../../layers/shape.ts";
import type { Data } from "../../model/examples.ts";
import type { ClassWeights } from "../../model/importances.ts";
import { initialize } from "../../model/initialize.ts";
import { engineOf, type Model } from "../../model/model.ts";
import { readModel, TRAINING } from "../../model/saving.ts";
import { checkData } from "../../model/selection.ts";
import { type LoadOptions, readingOf, restoreModel } from "../modelFromBytes.ts";
import type { TrainOptions } from "../options.ts";
import { reviveOptions } from "../reviveOptions.ts";
import { openRun } from "../train.ts";
import { dataHash } from "./dataHash.ts";
import { canonical, type ReadReceipt, type Receipt, type ReceiptLink, readReceipt, thetaHash } from "./receipt.ts";

export interface AuditOptions extends Pick<LoadOptions, "integrators" | "threads"> {
  /** The validation data of the run, where it had some. */
  validation?: Data;
  /** A model that is said to be the run's: its θ must be the last one. */
  model?: Model;
  /** Which segments are replayed: all of them (default), so many drawn by `seed`, or those of these indices. */
  segments?: "all" | number | readonly number[];
  /** Of the draw, default 0. One that the author of the receipt cannot foresee is worth most. */
  seed?: number;
}

export interface AuditedSegment {
  readonly index: number;
  /** Steps done before it, and with it. */
  readonly from: number;
  readonly to: number;
  readonly holds: boolean;
  /** Why it does not hold. */
  readonly reason?: string;
}

export interface Audit {
  /** Whether the chain holds, and every segment that was looked at. */
  readonly holds: boolean;
  /** Those that were replayed, and those at which the chain is broken. */
  readonly segments: readonly AuditedSegment[];
}

const auditNames = {
  ...{ validation: ["validation_data", "val"], model: [], segments: ["steps"], seed: ["random_state"] },
  ...{ integrators: [], threads: ["n_jobs", "workers", "num_threads"] },
};

/** What all segments are replayed with. */
interface Replay {
  readonly read: ReadReceipt;
  readonly data: Data;
  readonly options: AuditOptions;
  /** Checked once, with the first segment's model. */
  dataChecked: boolean;
}

/**
 * Replays a run from its receipt, on any machine: `holds` says whether each segment that was looked at ends in the bits that
 * the receipt says, from these data, and whether the chain of hashes over all of it is whole. The chain and, of a model that
 * is given, θ are checked whatever `segments` says. A forged receipt is an answer, not an error; throws `file` for what is no
 * receipt and `option`.
 *
 * @example
 * const { receipt } = await model.fit(data, { epochs: 10, receipt: { every: 100 } });
 * const { holds, segments } = await audit(receipt, data, { model });
 */
export async function audit(receipt: Receipt, data: Data, options: AuditOptions = {}): Promise<Audit> {
  refuseUnknown("audit", "options", auditNames, options);
  const read = readReceipt(receipt);
  const { links, faults } = read;
  const count = links.length - 1;
  const chosen = chosenSegments(options, count);
  const fault = read.fault ?? headFault(read, options);
  const replay: Replay = { read, data, options, dataChecked: false };
  const wrongModel = options.model && thetaHash(engineOf(options.model)) !== read.theta;
  const looked = new Set([...chosen, ...faults.keys(), ...(wrongModel ? [Math.max(0, count - 1)] : [])]);
  const segments: AuditedSegment[] = [];
  for (const index of [...looked].sort((a, b) => a - b)) {
    const last = index >= count - 1;
    const reason =
      fault ??
      faults.get(index) ??
      (chosen.includes(index) || count === 0 ? await replayed(replay, index) : undefined) ??
      (last && wrongModel ? "the model's θ is not the one that the run ended with" : undefined);
    const at = (k: number) => Number(links[Math.min(k, count)]?.iteration);
    const holds = reason === undefined;
    segments.push({ index, from: at(index), to: at(index + 1), holds, ...(reason === undefined ? {} : { reason }) });
  }
  return { holds: fault === undefined && segments.every(({ holds }) => holds), segments };
}

/** Throws `option`. */
function chosenSegments({ segments = "all", seed = 0 }: AuditOptions, count: number): readonly number[] {
  if (!Number.isSafeInteger(seed)) checkWhole(seed, "audit", "seed");
  // A run of no step has no segment; its only state is looked at all the same.
  const all = Array.from({ length: Math.max(1, count) }, (_, k) => k);
  if (segments === "all") return all;
  if (typeof segments === "number") {
    checkWhole(segments, "audit", "segments");
    return Array.from(new Random(seed, streams.shuffling).permutation(all.length)).slice(0, segments);
  }
  if (Array.isArray(segments) && segments.every((k) => isWhole(k) && k < count)) return segments;
  throw new OdenetError(
    "option",
    `audit: expected segments as "all", a number of them or indices below ${count}, got ${show(segments)}.`,
  );
}

/** What is wrong with the receipt as a whole. */
function headFault({ head }: ReadReceipt, { validation }: AuditOptions): string | undefined {
  if (head.core !== coreHash)
    return "it was computed by another core. Audit it with the version of odenet that wrote it";
  if (!isRecord(head.options)) return "it does not say with which options";
  if (head.validation !== null && !validation) return "the run had validation data, which are missing";
  if (head.validation === null && validation) return "the run had no validation data";
  return undefined;
}

/** Why a segment does not hold; undefined where it does. Whatever a forged receipt makes the parts throw, it does not hold. */
async function replayed(replay: Replay, index: number): Promise<string | undefined> {
  try {
    return await differenceOf(replay, index);
  } catch (error) {
    return `it cannot be replayed: ${messageOf(error)}`;
  }
}

async function differenceOf(replay: Replay, index: number): Promise<string | undefined> {
  const { head, links } = replay.read;
  const { integrators, threads } = replay.options;
  const start = links[index] ?? {};
  const bytes = stateOf(start);
  const end = links[index + 1];
  if (!bytes) return "its first state is no base64";
  const loading = { ...(integrators ? { integrators } : {}), ...(threads === undefined ? {} : { threads }) };
  const saved = readModel(bytes, "audit", readingOf(loading));
  for (const key of ["network", "loss", "regularizers", "precision"] as const) {
    if (canonical(plain(saved[key])) !== canonical(head[key])) return `its first state is of another ${key}`;
  }
  const model = await restoreModel(saved, loading, "audit");
  try {
    const first = start.iteration === 0 ? () => startDifference(replay, model, bytes) : () => undefined;
    return dataDifference(replay, model) ?? first() ?? runDifference(replay, model, bytes, start.iteration, end);
  } finally {
    model.dispose();
  }
}

const plain = (value: unknown): unknown => JSON.parse(JSON.stringify(value));

const stateOf = ({ checkpoint }: Partial<ReceiptLink>) =>
  typeof checkpoint === "string" ? fromBase64(checkpoint) : undefined;

const sameBytes = (a: Uint8Array, b: Uint8Array | undefined): boolean =>
  a.length === b?.length && a.every((byte, k) => byte === b[k]);

/** As they were given to `train`. */
function trainOptions({ read, options }: Replay): TrainOptions {
  const { batchSize, ...rest } = read.head.options as Omit<TrainOptions, "batchSize"> & { batchSize?: unknown };
  const { validation } = options;
  return {
    ...reviveOptions(rest),
    batchSize: batchSize === "all" ? Number.POSITIVE_INFINITY : Number(batchSize),
    ...(validation ? { validation } : {}),
  };
}

function dataDifference(replay: Replay, model: Model): string | undefined {
  if (replay.dataChecked) return undefined;
  const { read, data, options } = replay;
  const engine = engineOf(model);
  const { classWeights } = trainOptions(replay);
  const differ = (given: Data, hash: unknown, where: string, weights?: ClassWeights): boolean => {
    const { rows, targets } = checkData(engine, given, where, { classWeights: weights });
    return dataHash(engine, rows, targets) !== hash;
  };
  if (differ(data, read.head.data, "audit", classWeights)) return "the data are not those of the run";
  if (options.validation && differ(options.validation, read.head.validation, "validation")) {
    return "the validation data are not those of the run";
  }
  replay.dataChecked = true;
  return undefined;
}

/** What a run begins with: the optimizer's state of no step, and θ as the seed draws it where the receipt says so. */
function startDifference(replay: Replay, model: Model, first: Uint8Array): string | undefined {
  const { seed } = replay.read.head;
  const engine = engineOf(model);
  if (seed !== null) {
    engine.vectors.core(engine.vectors.theta).fill(0);
    engine.vectors.core(engine.vectors.state, engine.vectors.stateTable).fill(0);
    initialize(engine, new Random(Number(seed), streams.initialization));
  }
  const { run } = openRun(model, replay.data, trainOptions(replay));
  try {
    run.begin();
    const begun = readSafetensors(run.write(run));
    const said = readSafetensors(first);
    const same =
      begun.metadata.get("training") === said.metadata.get("training") &&
      [...begun.tensors].every(([name, { values }]) => {
        const other = said.tensors.get(name)?.values;
        return (
          (seed === null && !name.startsWith(TRAINING)) || values.every((value, k) => Object.is(value, other?.[k]))
        );
      });
    return same ? undefined : "its first state is not what a run begins with";
  } finally {
    run.release();
  }
}

function runDifference(
  replay: Replay,
  model: Model,
  resume: Uint8Array,
  from: number | undefined,
  end: Partial<ReceiptLink> | undefined,
): string | undefined {
  const { run, steps } = openRun(model, replay.data, { ...trainOptions(replay), resume });
  if (!(Symbol.iterator in steps)) return "it was of a stream";
  try {
    run.begin();
    if (run.position.iteration !== from) return `its first state is that of step ${run.position.iteration}`;
    if (!sameBytes(run.write(run), resume)) return "its first state is written otherwise than a run writes it";
    if (end?.iteration !== undefined) {
      while (run.position.iteration < end.iteration) {
        const { done, value } = run.over ? { done: true, value: undefined } : steps.next();
        if (done || value?.diverged) return `training ended before, at step ${run.position.iteration}`;
      }
      if (!sameBytes(run.write(run), stateOf(end))) return "replayed, it ends in other bits";
    }
    const { links, over, theta } = replay.read;
    if (end !== undefined && end !== links[links.length - 1]) return undefined;
    if (run.over !== over) return over ? "training was not over there" : "training was over there";
    return thetaHash(run.engine, run.finalTheta) === theta ? undefined : "θ at the end is another";
  } finally {
    run.release();
  }
}
