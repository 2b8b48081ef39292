/**
 * Threads that run a model's plans together: workers of Node or of a browser, each with an instance of the threaded build
 * over the model's one shared memory. They wait inside WebAssembly (assembly/team.ts) and hold nothing else.
 */
import { takePlace } from "./thread.ts";

/** Threads of one model at most: a batch has eight shards at most. */
export const MOST_THREADS = 8;

/** Slots for parts of sums that each thread has at most. */
export const MOST_SLOTS = 512;

/** Bytes of the control block: a head, a block for each thread, the sums still to be added. */
export const CONTROL_BYTES = 64 + 512 * MOST_THREADS + 12 * MOST_SLOTS;

/** A worker thread, as far as a team needs it. */
interface Member {
  send(message: unknown): void;
  /** Resolves when the thread has its instance, rejects when it cannot have one. */
  readonly ready: Promise<void>;
  stop(): void;
}

/** Shared memory and the threads that wait for plans in it. */
export interface Team {
  readonly module: WebAssembly.Module;
  readonly memory: WebAssembly.Memory;
  /** Threads in all, the caller's included. */
  readonly threads: number;
  /** Lets the threads wait for runs; before, their instances have set up memory, which only one of them may then use. */
  serve(control: number): void;
  stop(): void;
}

const NODE_SOURCE = `const { parentPort, workerData } = require("node:worker_threads");
const serve = (${takePlace})(workerData, () => parentPort.postMessage(0));
parentPort.once("message", serve);`;

const WEB_SOURCE = `let serve;
onmessage = ({ data }) => { serve ? serve(data) : serve = (${takePlace})(data, () => postMessage(0)); };`;

let text: string | undefined;

/** A worker without a file; a policy may forbid it. */
function workerOfText(): Worker {
  text ??= URL.createObjectURL(new Blob([WEB_SOURCE], { type: "text/javascript" }));
  return new Worker(text);
}

let newWorker = workerOfText;

/** Makes the threads of teams hired from now on: workers whose file calls `serveThread`. */
export function offerThreads(make: () => Worker): void {
  newWorker = make;
}

/** Node's module is named in a variable, so that no bundler looks for it. */
const NODE_THREADS = "node:worker_threads";

interface NodeThreads {
  Worker: new (
    source: string,
    options: object,
  ) => {
    postMessage(message: unknown): void;
    once(event: string, listener: (value: never) => void): void;
    unref(): void;
    terminate(): Promise<unknown>;
  };
}

function nodeMember({ Worker }: NodeThreads, start: object): Member {
  const worker = new Worker(NODE_SOURCE, { eval: true, workerData: start });
  const ready = new Promise<void>((resolve, reject) => {
    worker.once("message", () => resolve());
    worker.once("error", reject);
    worker.once("exit", () => reject(new Error("the thread ended")));
  });
  return {
    ready: ready.then(() => worker.unref()), // from here on, a process ends without regard to it
    send: (message) => worker.postMessage(message),
    stop: () => void worker.terminate(),
  };
}

function webMember(start: object): Member {
  const worker = newWorker();
  const ready = new Promise<void>((resolve, reject) => {
    worker.onmessage = () => resolve();
    worker.onerror = () => reject(new Error("the thread could not start"));
  });
  worker.postMessage(start);
  return { ready, send: (message) => worker.postMessage(message), stop: () => worker.terminate() };
}

/** Whether this thread may share memory and sleep: Node and isolated workers may, a page's main thread never. */
function maySleep(): boolean {
  try {
    return Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 1, 0) === "not-equal";
  } catch {
    return false;
  }
}

const isNode = (): boolean =>
  typeof (globalThis as { process?: { versions?: { node?: string } } }).process?.versions?.node === "string";

/** A team of `threads`, or undefined where it cannot be had: one thread then does the same, with the same bits. */
export async function hire(
  threads: number,
  load: () => Promise<WebAssembly.Module | undefined>,
): Promise<Team | undefined> {
  if (threads < 2 || !maySleep()) return undefined;
  const module = await load();
  if (!module) return undefined;
  const members: Member[] = [];
  try {
    const memory = new WebAssembly.Memory({ initial: 1, maximum: 65536, shared: true });
    const start = { module, memory };
    const node = isNode()
      ? ((await import(/* @vite-ignore */ /* webpackIgnore: true */ NODE_THREADS)) as NodeThreads)
      : undefined;
    for (let t = 1; t < threads; t++) members.push(node ? nodeMember(node, start) : webMember(start));
    await Promise.all(members.map(({ ready }) => ready));
    return {
      module,
      memory,
      threads,
      serve(control) {
        for (const [k, member] of members.entries()) member.send({ control, thread: k + 1 });
      },
      stop() {
        for (const member of members) member.stop();
      },
    };
  } catch {
    // No shared memory of this size, or a policy without workers.
    for (const member of members) member.stop();
    return undefined;
  }
}
