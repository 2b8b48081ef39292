/** The line to a worker with what is under way on it, and how a worker that broke is replaced. */
import { OdenetError } from "../core/errors.ts";
import type { Reply, Request, ToldStep } from "./messages.ts";
import { type AnyWorker, type Line, lineTo } from "./port.ts";

/** What the page waits for. */
export interface Waiting {
  request: Extract<Request, { id: number }>;
  resolve(value: unknown): void;
  reject(error: Error): void;
  readonly onSteps?: (steps: readonly ToldStep[]) => void;
  readonly onCheckpoint?: (bytes: Uint8Array) => void;
  /** Of a training whose data are still here: it goes on in a new worker. */
  readonly resumes?: boolean;
  aborted?: boolean;
}

/** How a model can be made again. */
interface Recipe {
  readonly make: Extract<Request, { kind: "create" | "load" }>;
  saved?: Uint8Array;
}

/** How often a worker may break in a row before the page gives up. */
const MOST_BREAKS = 3;

export class Link {
  readonly #make: (() => AnyWorker) | undefined;
  readonly #waiting = new Map<number, Waiting>();
  readonly #models = new Map<number, Recipe>();
  #line: Line;
  #numbers = 0;
  #breaks = 0;
  #closed: OdenetError | undefined;

  constructor(worker: AnyWorker | (() => AnyWorker)) {
    this.#make = typeof worker === "function" ? worker : undefined;
    this.#line = this.#open(typeof worker === "function" ? worker() : worker);
  }

  /** Whether a worker that breaks is replaced. */
  get keeps(): boolean {
    return this.#make !== undefined;
  }

  number(): number {
    return ++this.#numbers;
  }

  /** Sends a request; resolves to the value of its reply, which is what the worker's method of that name gives. */
  ask<T>(request: Waiting["request"], rest: Partial<Waiting> = {}, transfer?: Iterable<ArrayBuffer>): Promise<T> {
    if (this.#closed) return Promise.reject(this.#closed);
    return new Promise<T>((resolve, reject) => {
      this.#line.send(request, transfer); // throws where an argument cannot be sent
      this.#waiting.set(request.id, { ...rest, request, resolve, reject });
      this.#line.hold(true);
      if (request.kind === "create" || request.kind === "load") this.#models.set(request.model, { make: request });
      if (request.kind === "method" && request.name === "dispose") this.#models.delete(request.model);
    });
  }

  abort(id: number): void {
    const waiting = this.#waiting.get(id);
    if (!waiting) return;
    waiting.aborted = true;
    this.#line.send({ kind: "abort", id });
  }

  close(error = new OdenetError("disposed", "worker: expected an open connection, got a closed one. Connect again.")) {
    this.#closed ??= error;
    this.#line.end();
    for (const id of [...this.#waiting.keys()]) this.#settle(id)?.reject(this.#closed);
  }

  #open(worker: AnyWorker): Line {
    return lineTo(
      worker,
      (reply) => this.#hear(reply),
      (reason) => this.#broken(reason),
    );
  }

  #hear(reply: Reply): void {
    if (reply.kind === "ready") return;
    this.#breaks = 0;
    const waiting = this.#waiting.get(reply.id);
    const { request } = waiting ?? {};
    const recipe = request && "model" in request ? this.#models.get(request.model) : undefined;
    switch (reply.kind) {
      case "steps":
        waiting?.onSteps?.(reply.steps);
        return;
      case "checkpoint":
        if (recipe) recipe.saved = reply.bytes;
        if (waiting?.resumes && request?.kind === "method") {
          const [data, options] = request.args;
          waiting.request = { ...request, args: [data, { ...(options as object), resume: reply.bytes }] };
        }
        waiting?.onCheckpoint?.(reply.bytes);
        return;
      case "value":
        if (recipe && reply.saved) recipe.saved = reply.saved;
        this.#settle(reply.id)?.resolve(reply.value);
        return;
      case "error": {
        if (request?.kind === "create" || request?.kind === "load") this.#models.delete(request.model);
        const { code, message } = reply;
        this.#settle(reply.id)?.reject(code ? new OdenetError(code, message) : new Error(message));
      }
    }
  }

  #settle(id: number): Waiting | undefined {
    const waiting = this.#waiting.get(id);
    this.#waiting.delete(id);
    if (this.#waiting.size === 0) this.#line.hold(false);
    return waiting;
  }

  /** A new worker, with the models as they were last kept; trainings go on, other calls are rejected. */
  #broken(reason: string): void {
    this.#line.end();
    const lost = (fix: string) =>
      new OdenetError("engine", `worker: expected it to answer, got its end: ${reason}. ${fix}`);
    if (!this.#make || ++this.#breaks > MOST_BREAKS) {
      this.close(lost(this.#make ? "It broke again and again." : "Pass connect a function that makes another."));
      return;
    }
    this.#line = this.#open(this.#make());
    for (const [model, { make, saved }] of this.#models) {
      if ([...this.#waiting.values()].some(({ request }) => request === make)) continue; // sent again below
      const { keep, options } = make;
      const id = this.number(); // nobody waits for this one
      this.#line.send(saved ? { kind: "load", id, model, keep, bytes: saved, options } : { ...make, id });
    }
    for (const [id, waiting] of [...this.#waiting]) {
      const { kind } = waiting.request;
      if (waiting.resumes || kind === "create" || kind === "load") {
        this.#line.send(waiting.request);
        if (waiting.aborted) this.#line.send({ kind: "abort", id });
      } else this.#settle(id)?.reject(lost("The worker has been replaced: call it again."));
    }
    if (this.#waiting.size > 0) this.#line.hold(true);
  }
}
