/** The one block of features and scratch that all plans of a model use in turn: as large as the largest of them needs. */
import type { Memory } from "../core/host/memory.ts";

export class PrivateBlock {
  base = 0;
  bytes = 0;

  constructor(private readonly memory: Memory) {}

  /** Makes the block at least this large. Throws `memory`; the block is gone then. */
  reserve(bytes: number): void {
    if (bytes > this.bytes) this.resize(bytes);
  }

  /** Gives the block this size; what is in it never outlives a run. */
  resize(bytes: number): void {
    if (bytes === this.bytes) return;
    if (this.base !== 0) this.memory.free(this.base);
    this.base = 0;
    this.bytes = 0;
    if (bytes === 0) return;
    this.base = this.memory.allocate(bytes, "features");
    this.bytes = bytes;
  }
}
