/** The page's side: models that live in a worker, as objects whose methods return promises. */
import type { Network } from "../networks/network.ts";
import type { LoadOptions, ModelOptions } from "../training/index.ts";
import { Link } from "./link.ts";
import type { ModelToken, Request } from "./messages.ts";
import type { AnyWorker } from "./port.ts";
import { type ModelFacts, RemoteModel } from "./remoteModel.ts";
import type { Functions } from "./serve.ts";

/** The worker's models and functions. */
export interface Connection<F extends Functions = Functions> {
  /** As `createModel` of odenet; the model lives in the worker. */
  createModel(network: Network, options?: ModelOptions): Promise<RemoteModel>;
  /** As `modelFromBytes` of odenet; own integrators are passed to `serve`. */
  modelFromBytes(bytes: Uint8Array | ArrayBuffer, options?: Omit<LoadOptions, "integrators">): Promise<RemoteModel>;
  /** Calls one of the functions that the worker's file gave to `serve`. A model of this connection may be an argument. */
  call<K extends keyof F & string>(name: K, ...args: Sent<Parameters<F[K]>>): Promise<Awaited<ReturnType<F[K]>>>;
  /** Ends the worker. Whatever is under way is rejected with `disposed`. */
  close(): void;
}

/** Arguments as the page has them: a model is a remote one. */
// biome-ignore lint/suspicious/noExplicitAny: whatever can be sent.
type Sent<A extends readonly any[]> = {
  [K in keyof A]: A[K] extends { readonly network: Network } ? RemoteModel : A[K];
};

/**
 * Connects to a worker whose file calls `serve()`: a Worker made by your bundler, or a function that makes one. With a
 * function, a worker that fails is replaced: models come back as they were last kept, trainings go on from their last
 * checkpoint.
 *
 * @example
 * const connection = connect(() => new Worker(new URL("./models.ts", import.meta.url), { type: "module" }));
 * const model = await connection.createModel(resNet({ input: 2, outputs: 5, width: 8, steps: 8 }));
 */
export function connect<F extends Functions = Functions>(worker: AnyWorker | (() => AnyWorker)): Connection<F> {
  const link = new Link(worker);

  async function open(request: Extract<Request, { kind: "create" | "load" }>): Promise<RemoteModel> {
    return new RemoteModel(link, request.model, await link.ask<ModelFacts>(request));
  }
  const head = () => ({ id: link.number(), model: link.number(), keep: link.keeps });
  return {
    createModel(network, { loss, encoder, ...options } = {}) {
      const made = typeof loss === "function" ? loss() : loss;
      // An encoder holds functions: its description is sent.
      const described = encoder ? { encoder: JSON.parse(JSON.stringify(encoder)) } : {};
      const sent = { ...options, ...described, ...(made ? { loss: made } : {}) };
      return open({ kind: "create", ...head(), network: JSON.stringify(network), options: sent });
    },
    modelFromBytes(bytes, options = {}) {
      return open({ kind: "load", ...head(), bytes: new Uint8Array(bytes), options });
    },
    async call(name, ...args) {
      const sent = (args as unknown[]).map((value): unknown | ModelToken =>
        value instanceof RemoteModel ? value.token : value,
      );
      return (await link.ask({ kind: "function", id: link.number(), name, args: sent })) as never;
    },
    close: () => link.close(),
  };
}
