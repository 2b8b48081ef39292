/** A model that lives in a worker. Its methods are those of a model, and return promises. */
import { OdenetError } from "../core/errors.ts";
import type { Numbers } from "../core/host/memory.ts";
import type { Precision } from "../core/recording/tensor.ts";
import type { Loss } from "../losses/index.ts";
import type { Data } from "../model/examples.ts";
import type { MemoryUse, ParameterInfo } from "../model/model.ts";
import type { Network } from "../networks/network.ts";
import type { Regularizer } from "../regularizers/index.ts";
import { describeOptions } from "../training/describeOptions.ts";
import type { FitOptions, FitResult, TrainableModel } from "../training/index.ts";
import type { Link } from "./link.ts";
import { buffersOf, type ModelToken, type ToldStep } from "./messages.ts";

/** What a model is, which never changes. */
export interface ModelFacts {
  readonly network: Network;
  readonly parameters: readonly ParameterInfo[];
  readonly statistics: readonly ParameterInfo[];
  readonly loss: Loss;
  readonly regularizers: readonly Regularizer[];
  readonly precision: Precision;
}

export interface RemoteFitOptions extends Omit<FitOptions, "onStep"> {
  /** Steps are told in groups, some sixty times a second; they have no `checkpoint()`. */
  onStep?: (step: ToldStep) => void;
  /** The run as bytes for `resume`, from time to time. */
  onCheckpoint?: (bytes: Uint8Array) => void;
  /** Milliseconds between checkpoints, default 1000. They are taken where a worker can be replaced, or for `onCheckpoint`. */
  checkpointInterval?: number;
  /**
   * True moves the data's arrays to the worker instead of copying them: they are empty here afterwards, and training cannot
   * go on in another worker. Default false.
   */
  transfer?: boolean;
}

type Promised<F> = F extends (...args: infer A) => infer R ? (...args: A) => Promise<Awaited<R>> : never;

const METHODS = [
  ...(["scores", "states", "predict", "evaluate", "value", "gradient", "inputGradient"] as const),
  ...(["jacobianVector", "vectorJacobian", "gaussNewton", "hessianVector"] as const),
  ...(["project", "reversibilityError", "toBytes", "describe"] as const),
];

/** Those methods of a model that are the same but for the promise. */
type Methods = { readonly [K in (typeof METHODS)[number]]: Promised<TrainableModel[K]> };

export interface RemoteModel extends ModelFacts, Methods {}

// biome-ignore lint/suspicious/noUnsafeDeclarationMerging: the loop below defines every method of the interface.
export class RemoteModel {
  readonly #link: Link;
  readonly #model: number;
  readonly #end: (() => void) | undefined;
  #disposed = false;

  /** @internal `end` is called once the model is disposed of. */
  constructor(link: Link, model: number, facts: ModelFacts, end?: () => void) {
    this.#link = link;
    this.#model = model;
    this.#end = end;
    Object.assign(this, facts);
  }

  /** @internal */
  get token(): ModelToken {
    return { odenetModel: this.#model };
  }

  /** @internal The same model, whose end is that of its worker as well. */
  owning(end: () => void): RemoteModel {
    return new RemoteModel(this.#link, this.#model, this, end);
  }

  /** All parameters flat, or one of them, or one of the running statistics. */
  get(name?: string): Promise<Numbers> {
    return this.ask("get", name === undefined ? [] : [name]);
  }

  /** Sets all parameters, or one of them, or one of the running statistics. */
  set(values: ArrayLike<number>): Promise<void>;
  set(name: string, values: ArrayLike<number>): Promise<void>;
  set(...args: [ArrayLike<number>] | [string, ArrayLike<number>]): Promise<void> {
    return this.ask("set", args);
  }

  /** Bytes in use. */
  get memory(): Promise<MemoryUse> {
    return this.ask("memory", []);
  }

  /** As `fit` of a model, with the same bits. The page stays free; `signal` reaches the worker between two steps. */
  async fit(data: Data, options: RemoteFitOptions = {}): Promise<FitResult> {
    const { onStep, onEpoch, onCheckpoint, signal, transfer = false, checkpointInterval = 1000, ...rest } = options;
    this.check("fit");
    if (signal !== undefined && typeof signal?.aborted !== "boolean") {
      throw new OdenetError("option", "fit: expected signal to be an AbortSignal. Pass controller.signal.");
    }
    const onSteps = (steps: readonly ToldStep[]): void => {
      for (const step of steps) {
        onStep?.(step);
        if (step.epochEnd) onEpoch?.({ epoch: step.epoch, iteration: step.iteration, ...step.epochEnd });
      }
    };
    const wanted = onCheckpoint !== undefined || (this.#link.keeps && !transfer);
    const report = {
      steps: onStep ? ("all" as const) : onEpoch ? ("epochEnds" as const) : ("none" as const),
      ...(wanted ? { checkpoints: checkpointInterval } : {}),
    };
    const id = this.#link.number();
    const args = [data, describeOptions(rest)];
    const result = this.#link.ask<FitResult>(
      { kind: "method", id, model: this.#model, name: "fit", args, report },
      { onSteps, ...(onCheckpoint ? { onCheckpoint } : {}), resumes: this.#link.keeps && !transfer },
      transfer ? buffersOf(args) : [],
    );
    const abort = (): void => this.#link.abort(id);
    if (signal?.aborted) abort();
    signal?.addEventListener("abort", abort, { once: true });
    try {
      return await result;
    } finally {
      signal?.removeEventListener("abort", abort);
    }
  }

  /** Frees the memory in the worker. Calling it again does nothing; any other use afterwards throws `disposed`. */
  async dispose(): Promise<void> {
    if (this.#disposed) return;
    const done = this.ask("dispose", []);
    this.#disposed = true;
    await done;
    this.#end?.();
  }

  /** @internal */
  async ask<T>(name: string, args: readonly unknown[]): Promise<T> {
    this.check(name);
    const id = this.#link.number();
    return this.#link.ask<T>({ kind: "method", id, model: this.#model, name, args: [...args] });
  }

  private check(where: string): void {
    if (!this.#disposed) return;
    throw new OdenetError("disposed", `${where}: expected a live model, got one that was disposed of. Make another.`);
  }
}

for (const name of METHODS) {
  Object.defineProperty(RemoteModel.prototype, name, {
    value(this: RemoteModel, ...args: unknown[]) {
      return this.ask(name, args);
    },
  });
}
