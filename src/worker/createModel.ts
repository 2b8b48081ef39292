/** A model in a worker of its own. */
import type { Network } from "../networks/network.ts";
import type { ModelOptions } from "../training/index.ts";
import { connect } from "./connect.ts";
import { type AnyWorker, nodeWorkers } from "./port.ts";
import type { RemoteModel } from "./remoteModel.ts";

/** Bundlers look for exactly this form and make a file of their own of the worker's. */
const webWorker = (): AnyWorker => new Worker(new URL("./serving.js", import.meta.url), { type: "module" });

async function workers(): Promise<() => AnyWorker> {
  if (typeof Worker !== "undefined") return webWorker;
  const NodeWorker = await nodeWorkers();
  return () => new NodeWorker(new URL("./serving.js", import.meta.url));
}

/**
 * As `createModel` of odenet, in a new worker of its own: several models train at the same time. `dispose` ends the worker
 * too. A worker that fails is replaced, and the training goes on from its last checkpoint.
 */
export async function createModel(network: Network, options?: ModelOptions): Promise<RemoteModel> {
  const connection = connect(await workers());
  try {
    return (await connection.createModel(network, options)).owning(() => connection.close());
  } catch (error) {
    connection.close();
    throw error;
  }
}
