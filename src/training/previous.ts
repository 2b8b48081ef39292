/** θ and the layers' state as they were before a step, to go back to where the step leaves the finite range. */
import type { Vectors } from "../model/vectors.ts";

export class Previous {
  theta = 0;
  state = 0;

  constructor(private readonly vectors: Vectors) {}

  begin(): void {
    this.theta = this.vectors.allocate();
    this.state = this.vectors.allocateState();
  }

  restore(): void {
    const { vectors } = this;
    vectors.copy(vectors.theta, this.theta);
    vectors.copyState(vectors.state, this.state);
  }

  release(): void {
    this.vectors.free([this.theta]);
    this.vectors.freeStates([this.state]);
  }
}
