/** The lab's worker: models, and what the page shows of them. */

import type { Picture } from "../data/picture.ts";
import type { Model } from "../model/model.ts";
import { serve } from "../worker/serve.ts";
import { describeNetwork } from "./compute/describe.ts";
import { endurance } from "./compute/endurance.ts";
import { type Given, makeExamples, type Parts } from "./compute/examples.ts";
import { refine } from "./compute/refine.ts";
import { advance, leave } from "./compute/stepping.ts";
import { type View, view, type Wanted } from "./compute/view.ts";
import type { IntegratorName } from "./families.ts";
import { type ImageSetName, isImageSet, type State } from "./state.ts";

/** The data that the page shows, under numbers of its choice: they are too large to be sent with every question. */
const kept = new Map<number, Parts>();

/** Two networks side by side, and what each had before. */
const MOST_KEPT = 4;

const keepParts = (key: number, parts: Parts): void => {
  kept.delete(key);
  kept.set(key, parts);
  const [oldest] = kept.keys();
  if (kept.size > MOST_KEPT && oldest !== undefined) kept.delete(oldest);
};

/** `address` is the page's. */
async function partsFrom(state: State, given: Given, address: string): Promise<Parts> {
  if (isImageSet(state.data)) return (await import("./compute/images.ts")).makeImages(state, address);
  if (state.data === "pictures") return (await import("./compute/pictures.ts")).makePictures(state, given.folder);
  if (state.data === "table") return (await import("./compute/table.ts")).makeTable(state, given.table ?? "");
  return makeExamples(state);
}

/** Experiments and images are loaded when they are asked for: the first page needs none. */
export const functions = {
  makeExamples: async (key: number, state: State, given: Given, address: string) => {
    const parts = await partsFrom(state, given, address);
    keepParts(key, parts);
    return structuredClone(parts); // an answer's arrays are moved to the page
  },
  keepParts,
  describeNetwork,
  /** Undefined where the data are not here, as in a worker that has replaced another. */
  view: async (model: Model, key: number, loss: State["loss"], wanted: Wanted): Promise<View | undefined> => {
    const parts = kept.get(key);
    const seen = parts && view(model, parts, loss, wanted);
    if (!seen || !wanted.inside) return seen;
    const { insideOf } = await import("./compute/inside.ts");
    return { ...seen, inside: insideOf(model, parts.training, loss) };
  },
  /** Undefined as above. */
  advance: (model: Model, key: number, state: State, run: number, count: number, resume?: Uint8Array) => {
    const parts = kept.get(key);
    return parts && advance(model, parts.training, state, run, count, resume);
  },
  leave,
  refine,
  classify: async (model: Model, picture: Picture, set: ImageSetName) =>
    (await import("./compute/digit.ts")).classify(model, picture, set),
  recognise: async (model: Model, file: Blob, state: State) =>
    (await import("./compute/pictures.ts")).recognise(model, file, state),
  region: async (name: IntegratorName, reach: number) => (await import("./compute/plane.ts")).region(name, reach),
  factor: async (name: IntegratorName, z: { re: number; im: number }) =>
    (await import("./compute/plane.ts")).factor(name, z),
  endurance,
  objective: async (steps: number, seed: number, points: number) =>
    (await import("./compute/trials.ts")).objective(steps, seed, points),
  rotation: async (name: "euler" | "heun" | "rk4" | "implicitMidpoint", h: number, tanh: boolean) =>
    (await import("./compute/trials.ts")).rotation(name, h, tanh),
  flow: async (finalTime: number, steps: number, seed: number, kind: "layerField" | "antisymmetric") =>
    (await import("./compute/trials.ts")).flow(finalTime, steps, seed, kind),
  landscape: async (depth: number, radius: number, seed: number) =>
    (await import("./compute/landscape.ts")).landscape(depth, radius, seed),
  onnx: async (model: Model) => (await import("../exchange/toOnnx.ts")).toOnnx(model),
  course: async () => (await import("./compute/lecturePage.ts")).course(),
  lecturePage: async (name: string, theme: "light" | "dark") =>
    (await import("./compute/lecturePage.ts")).lecturePage(name, theme),
};

serve(functions, {
  thread: () => new Worker(new URL("./lab.thread.js", import.meta.url), { type: "module" }),
});
