/** What a page and its worker say to each other: five kinds of requests, five of replies. */
import type { ErrorCode } from "../core/errors.ts";
import type { Step } from "../training/index.ts";

/** A model of the worker, as an argument of a call. */
export interface ModelToken {
  readonly odenetModel: number;
}

export type Request =
  /** Makes a model under a number of the page's choice. `keep` asks for its bytes after every change of θ. */
  | { kind: "create"; id: number; model: number; keep: boolean; network: string; options: object }
  | { kind: "load"; id: number; model: number; keep: boolean; bytes: Uint8Array; options: object }
  /** Calls a method of a model. */
  | { kind: "method"; id: number; model: number; name: string; args: unknown[]; report?: Report }
  /** Calls a function that the worker serves. */
  | { kind: "function"; id: number; name: string; args: unknown[] }
  /** Aborts the training with this id. */
  | { kind: "abort"; id: number };

/** What a training tells while it runs. */
export interface Report {
  readonly steps: "all" | "epochEnds" | "none";
  /** Milliseconds between checkpoints; absent: none are taken. */
  readonly checkpoints?: number;
}

/** A step without its `checkpoint()` and `receipt()`, which cannot be called from another thread. */
export type ToldStep = Omit<Step, "checkpoint" | "receipt">;

export type Reply =
  /** It listens. */
  | { kind: "ready" }
  | { kind: "value"; id: number; value: unknown; saved?: Uint8Array }
  | { kind: "error"; id: number; code: ErrorCode | undefined; message: string }
  | { kind: "steps"; id: number; steps: ToldStep[] }
  | { kind: "checkpoint"; id: number; bytes: Uint8Array };

/** The memory of all typed arrays in a value, to be moved instead of copied. */
export function buffersOf(value: unknown, found = new Set<ArrayBuffer>()): Set<ArrayBuffer> {
  if (ArrayBuffer.isView(value)) {
    if (value.buffer instanceof ArrayBuffer) found.add(value.buffer);
  } else if (value instanceof ArrayBuffer) {
    found.add(value);
  } else if (typeof value === "object" && value !== null) {
    for (const part of Object.values(value)) if (typeof part === "object") buffersOf(part, found);
  }
  return found;
}
