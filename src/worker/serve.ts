/** The worker's side: models that live here, and calls of their methods. */

import { OdenetError } from "../core/errors.ts";
import { offerThreads } from "../core/host/team.ts";
import { known } from "../core/known.ts";
import { networkFromJSON, type ReadingOptions } from "../networks/network.ts";
import type { Described } from "../training/describeOptions.ts";
import {
  createModel,
  type FitOptions,
  type ModelOptions,
  modelFromBytes,
  type Step,
  type TrainableModel,
} from "../training/index.ts";
import { reviveOptions } from "../training/reviveOptions.ts";
import { buffersOf, type ModelToken, type Reply, type Report, type Request, type ToldStep } from "./messages.ts";
import { listen, type WorkerEnd } from "./port.ts";

/** Functions that a worker serves besides models, called by name with what can be sent, and with models. */
// biome-ignore lint/suspicious/noExplicitAny: any function will do.
export type Functions = Record<string, (...args: any[]) => unknown>;

/** Options of `serve`. */
export interface ServeOptions {
  /**
   * Makes a thread for a model with `threads`: a worker whose file calls `serveThread()`. Default: one without a file, which a
   * policy has to allow (`worker-src blob:`).
   */
  thread?: () => Worker;
  /** Integrators that are not odenet's own: a page's network tells the worker their names alone. */
  integrators?: ReadingOptions["integrators"];
}

/** Milliseconds between two messages about steps: a picture of the screen. */
const TELLING = 16;

/** Methods after which θ is another one. */
const CHANGING = new Set(["set", "project", "fit"]);

/**
 * Serves models, and `functions` besides, to the page that made this worker: all that the worker's file calls. A function
 * receives the model itself where the page passed its own, so `serve({ gradientFlow })` is enough for
 * `connection.call("gradientFlow", model, data)`.
 */
export function serve(functions: Functions = {}, { thread, integrators = [] }: ServeOptions = {}): void {
  if (thread) offerThreads(thread);
  const models = new Map<number, Promise<TrainableModel>>();
  const keeping = new Set<number>();
  const trainings = new Map<number, AbortController>();

  listen(async (request, end) => {
    if (request.kind === "abort") return trainings.get(request.id)?.abort();
    const { id } = request;
    if (request.kind === "method" && request.name === "fit") trainings.set(id, new AbortController());
    try {
      const value = await answer(request, end);
      const saved = await bytesAfter(request);
      tell(end, { kind: "value", id, value, ...(saved ? { saved } : {}) });
    } catch (error) {
      const code = error instanceof OdenetError ? error.code : undefined;
      tell(end, { kind: "error", id, code, message: error instanceof Error ? error.message : String(error) });
    } finally {
      trainings.delete(id);
    }
  });

  async function answer(request: Exclude<Request, { kind: "abort" }>, end: WorkerEnd): Promise<unknown> {
    if (request.kind === "create") {
      const { network, options } = request;
      return open(
        request,
        Promise.resolve().then(() => createModel(networkFromJSON(network, { integrators }), options as ModelOptions)),
      );
    }
    if (request.kind === "load")
      return open(request, modelFromBytes(request.bytes, { ...request.options, integrators }));
    if (request.kind === "function") {
      const { name, args } = request;
      const found = Object.hasOwn(functions, name) ? functions[name] : undefined;
      if (!found) {
        const known = Object.keys(functions).join(", ") || "none";
        throw new OdenetError("name", `call: expected a function that the worker serves (${known}), got ${name}.`);
      }
      return found(...(await Promise.all(args.map(received))));
    }
    return method(request, end);
  }

  /** Keeps the model at once: what is called on it meanwhile waits. */
  async function open({ model: key, keep }: { model: number; keep: boolean }, made: Promise<TrainableModel>) {
    models.set(key, made);
    if (keep) keeping.add(key);
    try {
      const { network, parameters, statistics, loss, regularizers, precision } = await made;
      return { network, parameters, statistics, loss, regularizers, precision };
    } catch (error) {
      models.delete(key);
      throw error;
    }
  }

  async function method(request: Extract<Request, { kind: "method" }>, end: WorkerEnd): Promise<unknown> {
    const { id, model: key, name, args, report } = request;
    const model = known(await models.get(key));
    if (name === "fit") {
      const [data, options] = args as [Parameters<TrainableModel["fit"]>[0], FitOptions & { optimizer?: Described }];
      const { signal } = known(trainings.get(id));
      const { onStep, flush } = telling(id, report, end);
      const result = await model.fit(data, { ...reviveOptions(options), ...(onStep ? { onStep } : {}), signal });
      flush();
      return result;
    }
    if (name === "memory") return model.memory;
    if (name === "dispose") {
      models.delete(key);
      keeping.delete(key);
    }
    return (model as unknown as Functions)[name]?.(...args);
  }

  async function bytesAfter(request: Request): Promise<Uint8Array | undefined> {
    if (request.kind !== "method" || !CHANGING.has(request.name) || !keeping.has(request.model)) return undefined;
    return (await models.get(request.model))?.toBytes();
  }

  const received = (value: unknown): unknown =>
    typeof value === "object" && value !== null && "odenetModel" in value
      ? models.get((value as ModelToken).odenetModel)
      : value;
}

function tell(end: WorkerEnd, reply: Reply): void {
  end.postMessage(reply, [...buffersOf(reply)]);
}

/** `onStep` that reports to the page: steps in groups, and a checkpoint from time to time. `flush` tells the last ones. */
function telling(id: number, report: Report | undefined, end: WorkerEnd) {
  if (!report) return { flush() {} };
  const { steps: which, checkpoints = Number.POSITIVE_INFINITY } = report;
  let steps: ToldStep[] = [];
  let toldAt = performance.now();
  let checkpointAt = toldAt;
  const flush = (): void => {
    if (steps.length > 0) tell(end, { kind: "steps", id, steps });
    steps = [];
    toldAt = performance.now();
  };
  return {
    flush,
    onStep(step: Step) {
      if (which === "all" || (which === "epochEnds" && step.epochEnd)) steps.push({ ...step });
      const now = performance.now();
      if (now - toldAt >= TELLING) flush();
      if (now - checkpointAt >= checkpoints && !step.diverged) {
        tell(end, { kind: "checkpoint", id, bytes: step.checkpoint() });
        checkpointAt = now;
      }
    },
  };
}
