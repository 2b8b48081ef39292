/**
 * A checkpoint is a saved model with a training run beside it: "training/state 0/<parameter>" for the optimizer's vectors,
 * "training/best/<parameter>", "training/memory", and in the metadata `training` where the run stood and with what options.
 */

import { OdenetError } from "../core/errors.ts";
import { isWhole } from "../core/guards.ts";
import { asBytes } from "../data/bytes.ts";
import { parseUntrusted } from "../formats/headerJson.ts";
import type { StoredTensor } from "../formats/safetensors.ts";
import { ownIntegrators } from "../layers/index.ts";
import { show } from "../layers/shape.ts";
import {
  checkTensors,
  fileError,
  parameterTensors,
  readModel,
  restoreParameters,
  restoreVector,
  saveModel,
  TRAINING,
  vectorTensors,
} from "../model/saving.ts";
import type { Optimizer } from "../optimizers/optimizer.ts";
import type { Run } from "./run.ts";
import type { EpochRecord } from "./step.ts";

const MEMORY = `${TRAINING}memory`;
const BEST = `${TRAINING}best/`;
const stateName = (k: number): string => `${TRAINING}state ${k}/`;

/** Shares of a training at which two schedules are compared: they are functions. */
const PROBES = [0, 0.125, 0.25, 0.375, 0.5, 0.625, 0.75, 0.875, 1];

/** Everything that decides the bits of a run besides the model and the numbers in the data, as one text each. */
function fingerprint({ settings, examples }: Run): Record<string, string> {
  const { optimizer, method, schedule, epochs, batchSize, seed, clip, patience, minimumChange, validation } = settings;
  return {
    optimizer: method ? `${method.kind} ${method.options}` : describe(optimizer as Optimizer),
    schedule: `${schedule.kind} (${PROBES.map((t) => schedule.rate(t)).join(", ")})`,
    epochs: String(epochs),
    batchSize: String(batchSize),
    seed: String(seed),
    clip: String(clip ?? "none"),
    patience: String(patience ?? "none"),
    minimumChange: String(minimumChange),
    examples: String(examples ?? "a stream of unknown length"),
    validation: validation ? `data of ${validation.features.length} entries` : "none",
  };
}

function describe(optimizer: Optimizer): string {
  const { kind, learningRate, memory } = optimizer;
  const numbers: number[] = [];
  optimizer.writeScalars(numbers, learningRate, [...memory]);
  return `${kind} (${[learningRate, ...numbers].join(", ")})`;
}

interface Saved {
  readonly options: Record<string, string>;
  readonly position: Record<string, number>;
  readonly history: readonly EpochRecord[];
}

/** JSON has no NaN and no infinity, which a validation loss may be. */
const spellOut = (_: string, value: unknown): unknown =>
  typeof value === "number" && !Number.isFinite(value) ? String(value) : value;

/** The run as bytes. */
export function writeCheckpoint(run: Run): Uint8Array<ArrayBuffer> {
  const { engine, states, bestTheta, bestState, memory, position, history } = run;
  const tensors: [string, StoredTensor][] = states.flatMap((s, k) => vectorTensors(engine, s, stateName(k)));
  if (bestTheta !== undefined) tensors.push(...parameterTensors(engine, bestTheta, bestState, BEST));
  tensors.unshift([MEMORY, { shape: [memory.length], values: Float64Array.from(memory) }]);
  const training = JSON.stringify({ options: fingerprint(run), position, history }, spellOut);
  return saveModel(engine, { metadata: new Map([["training", training]]), tensors: new Map(tensors) });
}

/**
 * Checks that a checkpoint is one of this run, and returns what puts the run where it stood. Throws `file` for a damaged
 * one, `option` for another run's.
 */
export function readCheckpoint(bytes: Uint8Array | ArrayBuffer, run: Run): () => void {
  const where = "resume";
  const { engine, settings } = run;
  const saved = readModel(asBytes(bytes, where), where, { integrators: ownIntegrators(engine.network.layers) });
  const same = (what: string, expected: string, got: string): void => {
    if (expected === got) return;
    throw new OdenetError(
      "option",
      `resume: expected ${what} to be ${expected} as in the checkpoint, got ${got}. Pass the options, data and network of the run that was stopped.`,
    );
  };
  same("precision", saved.precision, engine.precision);
  same("the regularizers", JSON.stringify(saved.regularizers), JSON.stringify(engine.regularizers));
  same("the loss", JSON.stringify(saved.loss), JSON.stringify(engine.loss));
  if (JSON.stringify(saved.network) !== JSON.stringify(engine.network)) {
    same("the network", brief(saved.network), brief(engine.network));
    same("the network", "the same in every option", "another one with layers of the same kinds");
  }
  const { options, position: at, history } = stateOf(saved.metadata.get("training"), where);
  for (const [what, got] of Object.entries(fingerprint(run))) {
    // More epochs change no step that was done, unless the schedule looks at how far training is.
    if (what === "epochs" && settings.schedule.kind === "constant") continue;
    same(what, String(options[what]), got);
  }
  if (Number(at.epoch) > settings.epochs) {
    same("epochs", `at least ${at.epoch}`, String(settings.epochs));
  }
  const { parameters } = engine.vectors.table;
  const vectors = Array.from({ length: (settings.method ?? settings.optimizer)?.states ?? 0 }, (_, k) => stateName(k));
  for (const prefix of vectors) checkTensors(parameters, engine.precision, saved.tensors, where, prefix);
  if (settings.patience !== undefined) {
    checkTensors(
      [...parameters, ...engine.vectors.stateTable.parameters],
      engine.precision,
      saved.tensors,
      where,
      BEST,
    );
  }
  const numbers = saved.tensors.get(MEMORY)?.values;
  const needed = run.memory.length;
  if (!(numbers instanceof Float64Array && numbers.length === needed && numbers.every(Number.isFinite))) {
    throw fileError(where, `${needed} finite numbers of the optimizer`, "others");
  }
  checkPosition(run, at, history, where);
  return () => {
    restoreParameters(engine, engine.vectors.theta, engine.vectors.state, saved.tensors);
    for (const [k, address] of run.states.entries()) restoreVector(engine, address, saved.tensors, stateName(k));
    if (run.bestTheta !== undefined) restoreParameters(engine, run.bestTheta, run.bestState, saved.tensors, BEST);
    run.memory.splice(0, needed, ...numbers);
    const { epoch, iteration, batch, sum, seen, waited, best } = at;
    Object.assign(run.position, { epoch, iteration, batch, sum, seen, waited, best });
    run.history.push(...history);
  };
}

function brief({ input, layers }: { input: unknown; layers: readonly { kind: string }[] }): string {
  return `${show(input)} → ${layers.map(({ kind }) => kind).join(" → ")}`;
}

function stateOf(text: string | undefined, where: string): Saved {
  if (text === undefined) {
    throw new OdenetError(
      "file",
      `${where}: expected a checkpoint, got a saved model without a training run. Pass what step.checkpoint() gave.`,
    );
  }
  try {
    const { options, position, history } = parseUntrusted(text) as Saved;
    if (isObject(options) && isObject(position) && Array.isArray(history)) {
      return { options, position, history: history.map(epochOf) };
    }
  } catch {
    // Told below, as everything that is no checkpoint.
  }
  throw fileError(where, "the state of a training run", "a damaged one");
}

const isObject = (value: unknown): boolean => typeof value === "object" && value !== null;

/** One entry of the history, with its numbers; throws whatever for one that is none. */
function epochOf(entry: EpochRecord, epoch: number): EpochRecord {
  const { validation } = entry;
  if (entry.epoch !== epoch) throw new RangeError();
  const loss = Number(entry.loss);
  if (validation === undefined) return { epoch, loss };
  const { loss: validationLoss, objective, accuracy } = validation;
  return {
    epoch,
    loss,
    validation: {
      loss: Number(validationLoss),
      ...(objective === undefined ? {} : { objective: Number(objective) }),
      ...(accuracy === undefined ? {} : { accuracy: Number(accuracy) }),
    },
  };
}

/** Whether the numbers of a position fit each other and the data. */
function checkPosition(run: Run, at: Record<string, number>, history: readonly EpochRecord[], where: string): void {
  const { epoch, iteration, batch, sum, seen, waited, best } = at;
  const { perEpoch } = run;
  const fits =
    isWhole(epoch) &&
    isWhole(iteration) &&
    isWhole(batch) &&
    isWhole(seen) &&
    isWhole(waited) &&
    Number.isFinite(sum) &&
    history.length === epoch &&
    (best === undefined || (isWhole(best) && best < epoch)) &&
    (perEpoch === undefined || (batch < perEpoch && iteration === epoch * perEpoch + batch));
  if (!fits) throw fileError(where, "a position within the training", "one that does not fit the data");
}
