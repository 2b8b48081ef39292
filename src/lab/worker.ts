/** The lab's worker: models, and what the page shows of them. */

import type { Picture } from "../data/picture.ts";
import type { Model } from "../model/model.ts";
import { serve } from "../worker/serve.ts";
import { describeNetwork } from "./compute/describe.ts";
import { makeExamples } from "./compute/examples.ts";
import { factor, region } from "./compute/plane.ts";
import { view } from "./compute/view.ts";
import { type ImageSetName, isImageSet, type State } from "./state.ts";

/** Experiments and images are loaded when they are asked for: the first page needs none. */
export const functions = {
  /** `text` is the reader's table, `address` the page's. */
  makeExamples: async (state: State, text: string, address: string) =>
    isImageSet(state.data)
      ? (await import("./compute/images.ts")).makeImages(state, address)
      : makeExamples(state, text),
  describeNetwork,
  view,
  classify: async (model: Model, picture: Picture, set: ImageSetName) =>
    (await import("./compute/digit.ts")).classify(model, picture, set),
  region,
  factor,
  objective: async (steps: number, seed: number, points: number) =>
    (await import("./compute/trials.ts")).objective(steps, seed, points),
  rotation: async (name: "euler" | "heun" | "rk4" | "implicitMidpoint", h: number, tanh: boolean) =>
    (await import("./compute/trials.ts")).rotation(name, h, tanh),
  flow: async (finalTime: number, steps: number, seed: number, kind: "layerField" | "antisymmetric") =>
    (await import("./compute/trials.ts")).flow(finalTime, steps, seed, kind),
  onnx: async (model: Model) => (await import("../exchange/toOnnx.ts")).toOnnx(model),
  lecturePage: async (name: string, theme: "light" | "dark") =>
    (await import("./compute/lecturePage.ts")).lecturePage(name, theme),
};

serve(functions, {
  thread: () => new Worker(new URL("./lab.thread.js", import.meta.url), { type: "module" }),
});
