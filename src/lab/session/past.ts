/** The run so far: θ at intervals, every second one dropped where they become many. */

export interface Moment {
  readonly step: number;
  readonly epoch: number;
  readonly theta: ArrayLike<number>;
}

const MOST = 60;
/** Numbers that are kept in all. */
const MOST_NUMBERS = 6e6;

export class Past {
  moments: readonly Moment[] = [];
  #stride = 1;

  /** Whether θ of this step is to be kept. */
  wants(step: number): boolean {
    const last = this.moments[this.moments.length - 1];
    return !last || step - last.step >= this.#stride;
  }

  add(moment: Moment): void {
    if (!this.wants(moment.step)) return;
    this.moments = [...this.moments, moment];
    const most = Math.max(2, Math.min(MOST, Math.floor(MOST_NUMBERS / Math.max(1, moment.theta.length))));
    while (this.moments.length > most) {
      this.moments = this.moments.filter((_, k) => k % 2 === 0);
      this.#stride *= 2;
    }
  }
}
