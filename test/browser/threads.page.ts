// Loaded by the page, and by the page's worker from the same bundle.
import { oneAndTwo, type Trained } from "./threads.ts";

type Result = Awaited<ReturnType<typeof oneAndTwo>>;

export interface InPage {
  readonly isolated: boolean;
  readonly page: { one: Trained; two: Trained };
  readonly worker: { one: Trained; two: Trained };
}

function inWorker(): Promise<Result> {
  const worker = new Worker(import.meta.url, { type: "module" });
  return new Promise((resolve, reject) => {
    worker.onmessage = ({ data }) => resolve(data);
    worker.onerror = ({ message }) => reject(new Error(message));
  });
}

async function inPage(): Promise<InPage> {
  return { isolated: crossOriginIsolated, page: await oneAndTwo(), worker: await inWorker() };
}

async function answer(): Promise<undefined> {
  postMessage(await oneAndTwo());
  return undefined;
}

export default typeof document === "undefined" ? answer() : inPage();
