// Loaded by the page, by the page's workers, and by their threads, from the same bundle: a worker's name says what it is.
import { offerThreads } from "../../src/core/host/team.ts";
import { serveThread } from "../../src/worker/index.ts";
import { oneAndTwo, type Trained } from "./threads.ts";

type Result = Awaited<ReturnType<typeof oneAndTwo>>;

export interface InPage {
  readonly isolated: boolean;
  readonly page: { one: Trained; two: Trained };
  readonly worker: { one: Trained; two: Trained };
  /** Its threads have a file. */
  readonly filed: { one: Trained; two: Trained };
}

const another = (name: string) => new Worker(import.meta.url, { type: "module", name });

function inWorker(name: string): Promise<Result> {
  const worker = another(name);
  return new Promise((resolve, reject) => {
    worker.onmessage = ({ data }) => resolve(data);
    worker.onerror = ({ message }) => reject(new Error(message));
  });
}

async function inPage(): Promise<InPage> {
  const page = await oneAndTwo();
  return { isolated: crossOriginIsolated, page, worker: await inWorker("plain"), filed: await inWorker("filed") };
}

async function answer(): Promise<undefined> {
  if (self.name === "thread") {
    serveThread();
    return;
  }
  if (self.name === "filed") offerThreads(() => another("thread"));
  postMessage(await oneAndTwo());
}

export default typeof document === "undefined" ? answer() : inPage();
