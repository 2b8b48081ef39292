/** Runs of training, one after another: where they stand, and from what the next goes on. */
import { messageOf } from "../../core/messageOf.ts";
import type { RemoteModel } from "../../worker/remoteModel.ts";
import type { Parts } from "../compute/examples.ts";
import type { State } from "../state.ts";
import { startRun } from "./run.ts";

export class Training {
  epoch = 0;
  /** Examples a second, lately. */
  speed = 0;
  #stop: (() => void) | undefined;
  #done: Promise<unknown> = Promise.resolve();
  #checkpoint: Uint8Array | undefined;
  #base = 0; // epochs of earlier runs

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
    this.#base = this.epoch;
  }

  /** Everything does. */
  restart(): void {
    this.#checkpoint = undefined;
    this.epoch = this.#base = this.speed = 0;
  }

  /** `over` is told why a run has ended, where that is worth a word, and whether it failed. */
  begin(
    model: RemoteModel,
    { training }: Parts,
    state: State,
    oneEpoch: boolean,
    over: (why: string | undefined, failed: boolean) => Promise<void>,
  ): void {
    const keep = (bytes: Uint8Array): void => {
      this.#checkpoint = bytes;
    };
    const run = startRun(model, training, state, {
      ...(oneEpoch ? { epochs: this.epoch - this.#base + 1, onCheckpoint: keep } : {}),
      resume: this.#checkpoint,
      onEpoch: (epoch, speed = this.speed) => {
        this.epoch = this.#base + epoch + 1;
        this.speed = speed;
      },
    });
    this.#stop = run.stop;
    this.#done = run.result
      .then(({ status, reason, checkpoint }) => {
        if (checkpoint) keep(checkpoint);
        const ended = !oneEpoch && status !== "stopped";
        if (ended) this.forget();
        const failed = status === "diverged";
        return [ended || failed ? `${status}: ${reason}` : undefined, failed] as const;
      })
      .catch((error) => [messageOf(error), true] as const)
      .then(([why, failed]) => {
        this.#stop = undefined;
        return over(why, failed);
      });
  }
}
