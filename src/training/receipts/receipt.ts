/**
 * What a run did, so that anyone can check it: h_0 = H(what was trained, s_0), h_j = H(h_{j−1}, s_j), end = H(h_last, θ), with
 * H = SHA-256 over JSON with sorted keys and s_j a checkpoint: θ, the layers' and the optimizer's state, the position.
 */
import { OdenetError } from "../../core/errors.ts";
import { isRecord, isWhole } from "../../core/guards.ts";
import { Sha256, sha256 } from "../../core/sha256.ts";
import { show } from "../../core/show.ts";
import type { Engine } from "../../model/engine.ts";

/** The state after so many steps. */
export interface ReceiptLink {
  readonly iteration: number;
  /** As `step.checkpoint()` gives it, in base64. */
  readonly checkpoint: string;
  /** SHA-256 of the link before, in hexadecimal digits, and of this one. */
  readonly hash: string;
}

/** Plain data: JSON is its file. */
export interface Receipt {
  /** Version of this description. */
  readonly receipt: 1;
  /** SHA-256 of odenet/core.wasm. */
  readonly core: string;
  readonly network: object;
  readonly loss: object;
  readonly regularizers: readonly object[];
  readonly precision: string;
  /** By which the first θ was drawn; null where it came from elsewhere, and is taken as it is given. */
  readonly seed: number | null;
  /** Of `train`, the seed among them; optimizer and schedule as kind and settings. */
  readonly options: object;
  /** SHA-256 of the numbers that were learned from, with their weights, in order. */
  readonly data: string;
  readonly validation: string | null;
  /** What its author says besides: as the chain holds it, but checked by nobody. */
  readonly note?: unknown;
  /** Steps from one link to the next; the last one may be shorter. */
  readonly every: number;
  /** The state before the first step, then after each segment. */
  readonly links: readonly ReceiptLink[];
  /** Whether training was over. */
  readonly over: boolean;
  /** SHA-256 of θ as training left it: its numbers in the model's precision, little-endian, in the order of `model.get()`. */
  readonly theta: string;
  /** The end of the chain. */
  readonly hash: string;
}

/** What stands before the links. */
export type Head = Omit<Receipt, "links" | "over" | "theta" | "hash">;

/** The same text for the same value, whatever the order of its keys. */
export const canonical = (value: unknown): string => JSON.stringify(sorted(value));

function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (!isRecord(value)) return value;
  const keys = Object.keys(value).sort();
  return Object.fromEntries(keys.map((key) => [key, sorted(value[key])]));
}

const hashOf = (...values: readonly unknown[]): string => new Sha256().text(canonical(values)).hex();

/** h_j; `before` is the head of the first link, and the hash of the link before. */
export const linkHash = (before: unknown, { hash: _, ...link }: Partial<ReceiptLink>): string => hashOf(before, link);

export const endHash = (last: unknown, over: unknown, theta: unknown): string => hashOf(last, { over, theta });

/** SHA-256 of a parameter vector of the core, as `theta` of a receipt. */
export const thetaHash = ({ vectors }: Engine, address = vectors.theta): string => sha256(vectors.read(address));

/** A receipt from outside, whose values may be anything; and what is wrong with its chain, by segment. */
export interface ReadReceipt {
  readonly head: Readonly<Record<string, unknown>>;
  readonly links: readonly Partial<ReceiptLink>[];
  readonly over: unknown;
  readonly theta: unknown;
  /** Of all segments. */
  readonly fault: string | undefined;
  /** Of single ones. */
  readonly faults: ReadonlyMap<number, string>;
}

/** Reads a receipt and checks its chain. Throws `file` for what is no receipt. */
export function readReceipt(given: unknown): ReadReceipt {
  if (!isRecord(given) || !Array.isArray(given.links) || given.links.length === 0 || !given.links.every(isRecord)) {
    throw new OdenetError(
      "file",
      `audit: expected a receipt, got ${show(given)}. Pass step.receipt() or the receipt of fit's result, or JSON.parse of its file.`,
    );
  }
  const { links: unread, over, theta, hash, ...head } = given;
  const links: readonly Partial<ReceiptLink>[] = unread;
  const faults = new Map<number, string>();
  /** A link is the end of one segment; the first is the beginning of all. */
  const blame = (link: number, reason: string): void => {
    const segment = Math.max(0, link - 1);
    if (!faults.has(segment)) faults.set(segment, reason);
  };
  links.forEach((link, j) => {
    const before = j === 0 ? head : links[j - 1]?.hash;
    if (linkHash(before, link) !== link.hash) {
      blame(j, j === 0 ? "what was trained, or the first state, is not what the chain says" : "the chain is broken");
    }
    if (!isWhole(link.iteration)) blame(j, "its state has no place in the run");
    else if (j > 0 && !follows(links[j - 1]?.iteration, link.iteration, head.every, j === links.length - 1)) {
      blame(j, `a segment is missing, doubled or out of its place, at step ${link.iteration}`);
    }
  });
  const ended = endHash(links[links.length - 1]?.hash, over, theta) === hash;
  if (!ended) blame(links.length - 1, "the end of the chain is not that of its links");
  const fault = head.receipt === 1 ? undefined : `expected version 1 of receipts, got ${show(head.receipt)}`;
  return { head, links, over, theta, fault, faults };
}

/** Whether a link at `to` comes next after one at `from`: at the next multiple of `every`, or before it at the end. */
function follows(from: unknown, to: number, every: unknown, last: boolean): boolean {
  if (!isWhole(from) || !isWhole(every) || every === 0) return false;
  const due = (Math.floor(from / every) + 1) * every;
  return to === due || (last && to > from && to < due);
}
