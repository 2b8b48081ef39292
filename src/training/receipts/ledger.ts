/** Writes the receipt of a run while it goes on: a link before the first step, and one every so many steps. */
import { toBase64 } from "../../core/base64.ts";
import { OdenetError } from "../../core/errors.ts";
import { coreHash } from "../../core/host/coreHash.generated.ts";
import { Random, streams } from "../../core/random.ts";
import { refuseUnknown } from "../../core/registry.ts";
import { checkWhole } from "../../layers/shape.ts";
import type { Engine } from "../../model/engine.ts";
import { isDrawn } from "../../model/initialize.ts";
import { describeOptions } from "../describeOptions.ts";
import type { Settings, TrainOptions } from "../options.ts";
import type { Run } from "../run.ts";
import { endHash, type Head, linkHash, type Receipt, type ReceiptLink, thetaHash } from "./receipt.ts";

/** How a receipt is kept. */
export interface ReceiptOptions {
  /** Steps from one checkpoint of the receipt to the next: an audit replays so many at once. */
  every: number;
  /** Anything that JSON can say, to be kept with it. */
  note?: unknown;
}

/** Throws `option`. */
export function checkReceipt(receipt: ReceiptOptions): void {
  refuseUnknown("train", "receipt", { every: ["interval", "steps"], note: ["comment"] }, receipt);
  checkWhole(receipt.every, "train", "receipt.every");
}

/** Throws `option` for a model whose bits are not those of every machine. */
export function checkReproducible({ relaxed }: Engine): void {
  if (!relaxed) return;
  throw new OdenetError(
    "option",
    "train: expected a model in standard SIMD with receipt, got relaxed: true, whose bits another machine may not give. Leave relaxed out.",
  );
}

/** The options of a run as plain data, defaults included; what is told elsewhere in a receipt is left out. Throws `option`. */
export function plainOptions(options: TrainOptions, settings: Settings): object {
  const { resume: _, validation: __, receipt: ___, ...given } = options;
  const { method, optimizer, schedule, epochs, batchSize, seed, minimumChange, classWeights } = settings;
  const chosen = method ?? optimizer;
  const all = {
    ...{ ...given, schedule, epochs, seed, minimumChange },
    batchSize: batchSize === Number.POSITIVE_INFINITY ? "all" : batchSize,
    ...(chosen ? { optimizer: chosen } : {}),
    ...(classWeights === undefined || classWeights === "balanced" ? {} : { classWeights: Array.from(classWeights) }),
  };
  const why = "which an audit cannot make again. Leave receipt out.";
  return JSON.parse(JSON.stringify(describeOptions(all, ["train", why])));
}

export class Ledger {
  private readonly links: ReceiptLink[] = [];

  constructor(readonly head: Head) {}

  /** The links so far, and what the run stands at if that is another state. */
  private upTo(run: Run): readonly ReceiptLink[] {
    const { links } = this;
    const last = links[links.length - 1];
    const { iteration } = run.position;
    if (last?.iteration === iteration) return links;
    const link = { iteration, checkpoint: toBase64(run.write(run)) };
    return [...links, { ...link, hash: linkHash(last?.hash ?? this.head, link) }];
  }

  /** Takes the state before the first step, and then every so many steps. */
  note(run: Run): void {
    const { links, head } = this;
    if (links.length > 0 && run.position.iteration % head.every !== 0) return;
    links.splice(0, links.length, ...this.upTo(run));
  }

  /** The receipt of the run as it stands. */
  receipt(run: Run): Receipt {
    const links = [...this.upTo(run)];
    const { over, finalTheta } = run;
    const theta = thetaHash(run.engine, finalTheta);
    return { ...this.head, links, over, theta, hash: endHash(links[links.length - 1]?.hash, over, theta) };
  }
}

/** What a receipt says before its links. */
export function headOf(engine: Engine, about: Pick<Head, "options" | "data" | "validation" | "every" | "note">): Head {
  const { network, loss, regularizers, precision, seed } = engine;
  const drawn = seed !== undefined && isDrawn(engine, new Random(seed, streams.initialization));
  const plain: Pick<Head, "network" | "loss" | "regularizers" | "precision"> = JSON.parse(
    JSON.stringify({ network, loss, regularizers, precision }),
  );
  return { receipt: 1, core: coreHash, ...plain, seed: drawn ? seed : null, ...about };
}
