/** A model in a worker of its own. */
import { OdenetError } from "../core/errors.ts";
import { coreSource } from "../core/host/source.ts";
import { messageOf } from "../core/messageOf.ts";
import type { Network } from "../networks/network.ts";
import type { ModelOptions } from "../training/index.ts";
import { connect } from "./connect.ts";
import { type AnyWorker, nodeWorkers, ready } from "./port.ts";
import type { RemoteModel } from "./remoteModel.ts";

type Make = () => AnyWorker;

/** Bundlers look for exactly this form and make a file of their own of the worker's. */
const webFile: Make = () => new Worker(new URL("./serving.js", import.meta.url), { type: "module" });

/** Node's constructor comes by a name, so that bundlers of servers leave the form alone. */
async function nodeFile(): Promise<Make> {
  const NodeWorker = await nodeWorkers();
  return () => new NodeWorker(new URL("./serving.js", import.meta.url));
}

/** The worker's code as text, where the core is here as bytes. */
async function withoutFile(): Promise<Make> {
  const { text } = await import("./standaloneText.ts");
  const bytes = coreSource()?.bytes;
  if (text === undefined || !bytes) throw new Error("the worker's code and core are not embedded");
  const make = await fromText(text);
  return () => {
    const worker = make();
    worker.postMessage(bytes, []);
    return worker;
  };
}

async function fromText(text: string): Promise<Make> {
  if (typeof Worker === "undefined") {
    const NodeWorker = await nodeWorkers();
    const url = new URL(`data:text/javascript,${encodeURIComponent(text)}`);
    return () => new NodeWorker(url);
  }
  const url = URL.createObjectURL(new Blob([text], { type: "text/javascript" }));
  return () => new Worker(url, { type: "module" });
}

/** What makes workers here, and the first of them. */
interface Found {
  readonly make: Make;
  first: AnyWorker | undefined;
}

/** The file, where the page's bundler or server has it; else the text. */
async function find(): Promise<Found> {
  const reasons: string[] = [];
  for (const form of [typeof Worker === "undefined" ? nodeFile : async () => webFile, withoutFile]) {
    try {
      const make = await form();
      const first = make();
      await ready(first);
      return { make, first };
    } catch (cause) {
      reasons.push(messageOf(cause));
    }
  }
  throw new OdenetError(
    "engine",
    `createModel of odenet/worker: expected a worker to start, got: ${reasons.join("; ")}. Make the worker yourself, from a file that calls serve(), and pass it to connect.`,
  );
}

let found: Promise<Found> | undefined;

/**
 * As `createModel` of odenet, in a new worker of its own: several models train at the same time. `dispose` ends the worker
 * too. A worker that fails is replaced, and the training goes on from its last checkpoint. Throws `engine` where the page's
 * policy allows neither the package's file nor a worker without one.
 */
export async function createModel(network: Network, options?: ModelOptions): Promise<RemoteModel> {
  found ??= find();
  const workers = await found.catch((error) => {
    found = undefined;
    throw error;
  });
  const connection = connect(() => {
    const worker = workers.first ?? workers.make();
    workers.first = undefined;
    return worker;
  });
  try {
    return (await connection.createModel(network, options)).owning(() => connection.close());
  } catch (error) {
    connection.close();
    throw error;
  }
}
