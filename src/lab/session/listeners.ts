/** Whoever wants to know when there is something new. */
export class Listeners {
  readonly #all = new Set<() => void>();

  /** Returns what ends it. */
  add(listener: () => void): () => void {
    this.#all.add(listener);
    return () => this.#all.delete(listener);
  }

  tell(): void {
    for (const listener of this.#all) listener();
  }
}
