/** Which test pictures are worth drawing: recognised ones of different classes, and the mistakes made with most certainty. */
import { nth } from "../../core/nth.ts";
import type { ClassifiedPicture } from "./drawPictures.ts";
import { type Images, SIDE } from "./showcase.ts";

export interface Recognition {
  readonly classes: ArrayLike<number>;
  /** n × number of classes. */
  readonly probabilities: ArrayLike<number>;
}

export interface Examples {
  readonly right: ClassifiedPicture[];
  readonly wrong: ClassifiedPicture[];
}

export function chooseExamples(images: Images, recognition: Recognition, count: number): Examples {
  const { labels, classes: names, features } = images;
  const { classes, probabilities } = recognition;
  const sure = (i: number) => nth(probabilities, i * names.length + nth(classes, i));
  const all = Array.from(labels, (_, i) => i);
  const different = new Set<number>();
  const right = all.filter((i) => {
    const label = nth(labels, i);
    const isNew = classes[i] === label && different.size < count && !different.has(label);
    if (isNew) different.add(label);
    return isNew;
  });
  const wrong = all
    .filter((i) => classes[i] !== labels[i])
    .sort((a, b) => sure(b) - sure(a))
    .slice(0, count);
  const drawn = (i: number): ClassifiedPicture => ({
    pixels: features.subarray(i * SIDE * SIDE, (i + 1) * SIDE * SIDE),
    width: SIDE,
    height: SIDE,
    truth: nth(names, nth(labels, i)),
    predicted: nth(names, nth(classes, i)),
    probability: sure(i),
  });
  return { right: right.map(drawn), wrong: wrong.map(drawn) };
}
