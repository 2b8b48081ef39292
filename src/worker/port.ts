/** The two ends of the line between a page and its worker: a Worker of a browser, Deno or Bun, or one of Node's. */
import type { Reply, Request } from "./messages.ts";

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

/** Node's module is named in a variable, so that no bundler looks for it. */
const NODE_THREADS = "node:worker_threads";

/** Gives `hear` each request. A browser's worker listens before this returns: what was sent meanwhile is not lost. */
export function listen(hear: (request: Request, end: WorkerEnd) => void): void {
  if ("WorkerGlobalScope" in globalThis) {
    const scope = globalThis as unknown as WorkerEnd & { onmessage: (event: { data: Request }) => void };
    scope.onmessage = ({ data }) => hear(data, scope);
    return;
  }
  void import(/* @vite-ignore */ /* webpackIgnore: true */ NODE_THREADS).then(({ parentPort }) => {
    parentPort?.on("message", (request: Request) => hear(request, parentPort));
  });
}

/** Node's constructor of workers. */
export async function nodeWorkers(): Promise<new (url: URL) => NodeWorker> {
  return (await import(/* @vite-ignore */ /* webpackIgnore: true */ NODE_THREADS)).Worker;
}
