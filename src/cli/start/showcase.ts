/** What npm start can show: a set of pictures, the network that learns it, and how. */
import { instance } from "../../core/known.ts";
import { type Dataset, fashionMnistClasses } from "../../data/index.ts";
import { type Network, parabolicCnn, resNet } from "../../index.ts";
import { readImageSet } from "../images.ts";
import { readDigits } from "./digits.ts";

export const SIDE = 28;

/** n images of 28 × 28 bytes, row by row, and what they show. */
export interface Images {
  readonly features: Uint8Array;
  readonly labels: Uint8Array;
  readonly classes: readonly string[];
}

export interface Showcase {
  readonly title: string;
  /** What the pictures show, in the plural. */
  readonly things: string;
  /** From a folder, or from where the files are usually. */
  readonly read: (folder: string | undefined) => Promise<{ learning: Images; test: Images }>;
  readonly network: (classes: readonly string[]) => Network;
  /** In lines. */
  readonly networkText: readonly string[];
  readonly batchSize: number;
  readonly learningRate: number;
}

const [WIDTH, STEPS] = [128, 8];

const digits: Showcase = {
  title: "A residual network learns handwritten digits",
  things: "digits",
  read: (folder) => readDigits(folder),
  network: (classes) =>
    resNet({ input: SIDE * SIDE, outputs: classes.length, width: WIDTH, steps: STEPS, activation: "relu", classes }),
  networkText: [`${SIDE} × ${SIDE} pixels → ${WIDTH} features → ${STEPS} steps y + h relu(K y + b) → 10 scores`],
  batchSize: 128,
  learningRate: 3e-3,
};

const fashion: Showcase = {
  title: "A convolutional network learns clothes",
  things: "clothes",
  read: async (folder) => ({
    learning: images(await readImageSet("fashion-mnist", "training", folder)),
    test: images(await readImageSet("fashion-mnist", "test", folder)),
  }),
  network: (classes) =>
    parabolicCnn({
      input: [1, SIDE, SIDE],
      outputs: classes.length,
      channels: [16, 32],
      steps: [1, 2],
      stride: 2,
      head: "flatten",
      classes,
    }),
  networkText: [
    `${SIDE} × ${SIDE} pixels → 16 channels, 1 step → 32 channels, 2 steps → 10 scores`,
    "steps y − h Kᵀ ⋆ relu(N(K ⋆ y) + b), N the instance norm",
  ],
  batchSize: 64,
  learningRate: 4e-3,
};

/** The bytes of an IDX file. */
const images = ({ features, labels, classes = fashionMnistClasses }: Dataset): Images => ({
  features: instance(Uint8Array, features),
  labels: instance(Uint8Array, labels),
  classes,
});

/** By the word after `npm start --`; the first is shown without one. */
export const showcases = { digits, fashion } satisfies Record<string, Showcase>;
