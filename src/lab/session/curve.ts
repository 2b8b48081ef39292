/** The learning curve: a sample at each look, every second one dropped where they become many. */
import type { View } from "../compute/view.ts";

/** One point of the learning curve. */
export interface Sample {
  readonly step: number;
  readonly epoch: number;
  readonly training: number;
  readonly validation: number;
  readonly trainingAccuracy: number;
  /** On the validation data. */
  readonly accuracy: number;
}

const MOST_SAMPLES = 400;

export class Curve {
  samples: readonly Sample[] = [];
  #stride = 1;

  add(step: number, epoch: number, { training, validation }: View): void {
    const last = this.samples[this.samples.length - 1];
    if (last && step - last.step < this.#stride) return;
    const [trainingAccuracy, accuracy] = [training.accuracy ?? Number.NaN, validation.accuracy ?? Number.NaN];
    const sample = { step, epoch, training: training.loss, validation: validation.loss, trainingAccuracy, accuracy };
    this.samples = [...this.samples, sample];
    if (this.samples.length <= MOST_SAMPLES) return;
    this.samples = this.samples.filter((_, k) => k % 2 === 0);
    this.#stride *= 2;
  }
}
