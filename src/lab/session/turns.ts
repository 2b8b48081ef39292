/** One thing after another; what goes wrong is told, and the next thing's turn comes. */
import { messageOf } from "../../core/messageOf.ts";

export class Turns {
  #last: Promise<unknown> = Promise.resolve();
  readonly #failed: (why: string) => void;
  readonly #over: () => void;

  constructor(told: { failed(why: string): void; over(): void }) {
    this.#failed = told.failed;
    this.#over = told.over;
  }

  /** Resolves when everything asked so far is done. */
  get settled(): Promise<unknown> {
    return this.#last;
  }

  take(task: () => Promise<void>): Promise<void> {
    const turn = this.#last.then(async () => {
      try {
        await task();
      } catch (error) {
        this.#failed(messageOf(error));
      }
      this.#over();
    });
    this.#last = turn;
    return turn;
  }
}
