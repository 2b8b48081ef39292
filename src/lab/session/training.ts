/** Runs of training, one after another: where they stand, and from what the next goes on. */
import { messageOf } from "../../core/messageOf.ts";
import type { RemoteModel } from "../../worker/remoteModel.ts";
import type { Parts } from "../compute/examples.ts";
import type { Told } from "../compute/stepping.ts";
import type { State } from "../state.ts";
import type { Lab } from "./lab.ts";
import { startPaced } from "./pacedRun.ts";
import type { Pace } from "./paces.ts";
import { type Ending, type Run, startRun } from "./run.ts";

/** What a run is begun with. */
export interface Beginning {
  readonly model: RemoteModel;
  readonly parts: Parts;
  /** The number under which the worker keeps the data. */
  readonly key: number;
  readonly state: State;
  /** Until the reader stops it, or a single one. */
  readonly much: "all" | "epoch" | "step";
  readonly pace: Pace;
  look(): Promise<void>;
  /** Told why a run has ended, where that is worth a word, and whether it failed. */
  over(why: string | undefined, failed: boolean): Promise<void>;
}

/** Of runs in the worker; two sessions may share it. */
let runs = 0;

export class Training {
  epoch = 0;
  steps = 0;
  /** Examples a second, lately. */
  speed = 0;
  #stop: (() => void) | undefined;
  #done: Promise<unknown> = Promise.resolve();
  #checkpoint: Uint8Array | undefined;
  /** Of earlier runs. */
  #base = { epochs: 0, steps: 0 };
  readonly #lab: Lab;

  constructor(lab: Lab) {
    this.#lab = lab;
  }

  get running(): boolean {
    return this.#stop !== undefined;
  }

  /** Stops the run, which is over when this resolves, `over` included. */
  async halt(): Promise<void> {
    this.#stop?.();
    await this.#done;
  }

  /** Resolves at the end of the present run. */
  get done(): Promise<unknown> {
    return this.#done;
  }

  /** The next run starts anew: another optimizer, or other parameters. */
  forget(): void {
    this.#checkpoint = undefined;
    this.#base = { epochs: this.epoch, steps: this.steps };
  }

  /** Everything does. */
  restart(): void {
    this.#checkpoint = undefined;
    this.#base = { epochs: 0, steps: 0 };
    this.epoch = this.steps = this.speed = 0;
  }

  begin(beginning: Beginning): void {
    const { much, over } = beginning;
    const whole = much === "epoch" || (much === "all" && !Number.isFinite(beginning.pace));
    const run = whole ? this.#whole(beginning) : this.#paced(beginning);
    this.#stop = run.stop;
    this.#done = run.result
      .then((ending) => this.#told(ending, much))
      .catch((error) => [messageOf(error), true] as const)
      .then(([why, failed]) => {
        this.#stop = undefined;
        return over(why, failed);
      });
  }

  #told({ status, reason, checkpoint }: Ending, much: Beginning["much"]): readonly [string | undefined, boolean] {
    if (checkpoint) this.#checkpoint = checkpoint;
    const failed = status === "diverged";
    const ended = failed || (much === "all" && status !== "stopped");
    if (ended) this.forget();
    return [ended ? `Training has ${failed ? "diverged" : "ended"}: ${reason}` : undefined, failed];
  }

  #at({ epochs, steps }: { epochs: number; steps: number }): void {
    this.epoch = this.#base.epochs + epochs;
    this.steps = this.#base.steps + steps;
  }

  #whole({ model, parts, state, much }: Beginning): Run {
    const keep = (bytes: Uint8Array): void => {
      this.#checkpoint = bytes;
    };
    const one = much === "epoch" ? { epochs: this.epoch - this.#base.epochs + 1, onCheckpoint: keep } : {};
    return startRun(model, parts.training, state, {
      ...one,
      resume: this.#checkpoint,
      onEpoch: (position, speed = this.speed) => {
        this.#at(position);
        this.speed = speed;
      },
    });
  }

  #paced({ model, parts, key, state, much, pace, look }: Beginning): Run {
    const id = ++runs;
    const resume = this.#checkpoint;
    const ask = (count: number) => this.#lab.call("advance", model, key, state, id, count, resume);
    const size = Math.min(state.batchSize, parts.training.labels.length);
    let [from, at] = [this.steps, performance.now()];
    return startPaced({
      pace: much === "step" ? 1 : pace,
      ...(much === "step" ? { steps: 1 } : {}),
      advance: async (count): Promise<Told> => {
        const first = await ask(count);
        // A worker that has replaced another has no data yet.
        if (!first) await this.#lab.call("keepParts", key, parts);
        const told = first ?? (await ask(count));
        if (!told) throw new Error("The data are gone. Start again.");
        return told;
      },
      leave: () => this.#lab.call("leave", id),
      onSteps: (position) => {
        this.#at(position);
        const now = performance.now();
        if (now - at < 400) return;
        this.speed = (1000 * size * (this.steps - from)) / (now - at);
        [from, at] = [this.steps, now];
      },
      look,
    });
  }
}
