/** The two ends of the line between a page and its worker: a Worker of a browser, Deno or Bun, or one of Node's. */
import type { Reply, Request } from "./messages.ts";

/** In a variable, so that no bundler looks for it. */
const NODE_THREADS = "node:worker_threads";

const READY: Reply = { kind: "ready" };

/** A Worker of node:worker_threads. */
export interface NodeWorker {
  // biome-ignore lint/suspicious/noExplicitAny: each event has its own.
  on(event: string, listener: (value: any) => void): unknown;
  // biome-ignore lint/suspicious/noExplicitAny: Node has its own list of what can be moved.
  postMessage(message: unknown, transfer?: any[]): void;
  terminate(): unknown;
  ref(): void;
  unref(): void;
}

/** A worker as the user's bundler makes it, or one of node:worker_threads. */
export type AnyWorker = Worker | NodeWorker;

/** The page's end. */
export interface Line {
  send(request: Request, transfer?: Iterable<ArrayBuffer>): void;
  /** In Node: whether the process waits for the worker. */
  hold(busy: boolean): void;
  end(): void;
}

/** `broken` is told once, when the worker has failed or ended by itself. */
export function lineTo(worker: AnyWorker, hear: (reply: Reply) => void, broken: (reason: string) => void): Line {
  let over = false;
  const fail = (reason: string): void => {
    if (!over) broken(reason);
  };
  if ("on" in worker) {
    worker.on("message", (reply: Reply) => over || hear(reply));
    worker.on("error", (error: Error) => fail(error.message));
    worker.on("exit", (code: number) => fail(`the worker ended with code ${code}`));
    worker.unref();
  } else {
    worker.onmessage = ({ data }) => over || hear(data);
    worker.onmessageerror = () => fail("a message could not be read");
    worker.onerror = (event) => {
      event.preventDefault();
      fail(event.message || "the worker could not be loaded");
    };
  }
  return {
    send: (request, transfer = []) => worker.postMessage(request, [...transfer]),
    hold: (busy) => "on" in worker && (busy ? worker.ref() : worker.unref()),
    end() {
      over = true;
      worker.terminate();
    },
  };
}

/** The worker's end. */
export interface WorkerEnd {
  postMessage(reply: Reply, transfer: ArrayBuffer[]): void;
}

/** A browser's worker, from inside. */
interface Scope extends WorkerEnd {
  onmessage: (event: { data: unknown }) => void;
}

const browserScope = (): Scope | undefined =>
  "WorkerGlobalScope" in globalThis ? (globalThis as unknown as Scope) : undefined;

/** Node's module of workers; bundlers are told to leave it alone. */
const nodeThreads = () => import(/* @vite-ignore */ /* webpackIgnore: true */ NODE_THREADS);

/**
 * Gives `hear` each request, and says that it listens. A browser's worker listens before this returns: what was sent meanwhile
 * is not lost.
 */
export function listen(hear: (request: Request, end: WorkerEnd) => void): void {
  const scope = browserScope();
  if (scope) {
    scope.onmessage = ({ data }) => hear(data as Request, scope);
    scope.postMessage(READY, []);
    return;
  }
  void nodeThreads().then(({ parentPort }) => {
    parentPort?.on("message", (request: Request) => hear(request, parentPort));
    parentPort?.postMessage(READY);
  });
}

/** Gives `hear` the first message that the worker is sent. */
export function firstMessage<T>(hear: (message: T) => void): void {
  const scope = browserScope();
  if (scope) scope.onmessage = ({ data }) => hear(data as T);
  else void nodeThreads().then(({ parentPort }) => parentPort?.once("message", hear));
}

/** Resolves once the worker listens; rejects where it cannot be loaded. */
export function ready(worker: AnyWorker): Promise<void> {
  return new Promise((resolve, reject) => {
    const line = lineTo(
      worker,
      () => {
        line.hold(false);
        resolve();
      },
      (reason) => {
        line.end();
        reject(new Error(reason));
      },
    );
    line.hold(true);
  });
}

/** Node's constructor of workers. */
export async function nodeWorkers(): Promise<new (url: URL) => NodeWorker> {
  return (await nodeThreads()).Worker;
}
