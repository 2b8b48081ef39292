/** The data that the reader chose, in training and validation sets. */
import { OdenetError } from "../../core/errors.ts";
import { selectExamples } from "../../data/dataset.ts";
import { planeGenerators } from "../../data/generators.ts";
import { split } from "../../data/split.ts";
import { pointsOf, REACH } from "../points.ts";
import type { ImageSetName, State } from "../state.ts";
import type { Folder } from "./pictures.ts";

export interface Examples {
  /** n × width numbers; images are bytes, which a model scales to 0 … 1. */
  readonly features: Float64Array | Uint8Array;
  readonly labels: Int32Array;
  readonly classes: readonly string[];
  readonly width: number;
  /** Of images: channels, height, width. */
  readonly shape?: readonly [number, number, number];
  /** Half the width of the square that is shown; absent: around the examples. */
  readonly reach?: number;
}

export interface Parts {
  readonly training: Examples;
  readonly validation: Examples;
  /** What the reader should know of them. */
  readonly note?: string;
}

/** What the reader has given. */
export interface Given {
  readonly table?: string;
  readonly folder?: Folder;
}

function drawn(text: string): Examples {
  const points = pointsOf(text);
  const count = 1 + Math.max(1, ...points.map(({ label }) => label));
  if (points.length < 4 || new Set(points.map(({ label }) => label)).size < 2) {
    throw new OdenetError(
      "length",
      `drawing: expected at least 4 points in 2 classes, got ${points.length}. Choose a class and draw in the square.`,
    );
  }
  return {
    features: Float64Array.from(points.flatMap(({ x, y }) => [x, y])),
    labels: Int32Array.from(points, ({ label }) => label),
    classes: Array.from({ length: count }, (_, k) => String(k)),
    width: 2,
    reach: REACH,
  };
}

/** Data in the plane that need no file. */
type Plane = State & { data: Exclude<State["data"], ImageSetName | "pictures" | "table"> };

function all({ data, examples, noise, seed, points }: Plane): Examples {
  if (data === "drawn") return drawn(points);
  const generator = planeGenerators.find(({ name }) => name === data);
  if (!generator) throw new OdenetError("name", `data: expected a generator, got ${data}.`);
  const { features, labels, classes } = generator.make({ examples, noise, seed });
  return { features, labels: Int32Array.from(labels), classes, width: 2 };
}

/** Of data that the page makes itself. */
export const makeExamples = (state: State): Parts => partsOf(all(state as Plane), state.seed);

/** A fifth of the examples is set aside, chosen by the seed. */
export function partsOf(whole: Examples, seed: number): Parts {
  const { training, validation } = split({ ...whole, shape: whole.width }, { validation: 0.2, seed });
  const part = ({ features, labels }: Pick<Examples, "features" | "labels">) => ({ ...whole, features, labels });
  return { training: part(training), validation: part(validation) };
}

/** At most `count` examples, evenly taken. */
export function some(data: Examples, count: number): Examples {
  const n = data.labels.length;
  if (n <= count) return data;
  const rows = Uint32Array.from({ length: count }, (_, k) => Math.floor((k * n) / count));
  const { features, labels } = selectExamples({ ...data, shape: data.width }, rows);
  return { ...data, features, labels };
}
