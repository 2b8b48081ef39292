/**
 * A network found in another tool's file: layers with the numbers of their parameters, made a model. The names of parameters
 * follow from the places of their layers.
 */
import { OdenetError } from "../core/errors.ts";
import type { Precision } from "../core/recording/tensor.ts";
import type { StoredTensor } from "../formats/safetensors.ts";
import { add } from "../layers/add.ts";
import type { Layer } from "../layers/index.ts";
import type { FeatureShape } from "../layers/shape.ts";
import { type Loss, leastSquares, logistic, softmaxCrossEntropy } from "../losses/index.ts";
import { descriptionOf, understandModel } from "../model/saving.ts";
import { network } from "../networks/network.ts";
import type { ModelOptions, TrainableModel } from "../training/index.ts";
import { type LoadOptions, restoreModel } from "../training/modelFromBytes.ts";

/** One layer with its parameters by letter, or a block of two paths. */
export type Found =
  | { readonly layer: Layer; readonly parameters: Readonly<Record<string, StoredTensor>> }
  | { readonly branch: readonly Found[]; readonly shortcut: readonly Found[] };

export interface Described {
  readonly input: FeatureShape;
  readonly layers: readonly Found[];
  /** What the file does after the scores. */
  readonly ending?: "softmax" | "sigmoid" | undefined;
}

export interface ImportOptions extends LoadOptions {
  /** The loss to evaluate and train by; default: by the network's ending and the number of its scores. */
  loss?: ModelOptions["loss"];
  /** Names of the classes. */
  classes?: readonly string[];
}

/** A whole file's error: whatever is wrong with it, the file is. */
export function importError(where: string, expected: string, got: string): OdenetError {
  return new OdenetError(
    "file",
    `${where}: expected ${expected}, got ${got.replace(/\.$/, "")}. ${MEND[where] ?? ""}`.trim(),
  );
}

const MEND: Readonly<Record<string, string>> = {
  fromOnnx:
    "Export the model again: whole, with its weights inside, for inference, as a chain of layers and residual blocks.",
  fromTfjs: "Export the model again with model.save: a layers model, whole, of layers that the documentation lists.",
  fromNpz: "Save it again with toNpz, or with numpy.savez.",
};

/** Makes the model. Throws `file`, whatever is wrong with the description. */
export async function modelOf(
  { input, layers, ending }: Described,
  { loss, classes, ...options }: ImportOptions,
  where: string,
): Promise<TrainableModel> {
  const tensors = new Map<string, StoredTensor>();
  const name = (found: readonly Found[], prefix: string): Layer[] =>
    found.map((part, i) => {
      const own = `${prefix}${i}.`;
      if ("branch" in part)
        return add(name(part.branch, `${own}branch.`), name(part.shortcut, `${own}shortcut.`)) as Layer;
      for (const [letter, tensor] of Object.entries(part.parameters)) tensors.set(own + letter, tensor);
      return part.layer;
    });
  const described = told(where, () => {
    const named = name(layers, "");
    return network(classes ? { input, layers: named, classes } : { input, layers: named });
  });
  const precision: Precision = [...tensors.values()].some(({ values }) => values instanceof Float64Array)
    ? "f64"
    : "f32";
  const chosen = typeof loss === "function" ? loss() : (loss ?? lossFor(ending, scoresOf(tensors, layers)));
  const metadata = descriptionOf({ network: described, loss: chosen, regularizers: [], precision });
  return restoreModel(
    told(where, () => understandModel({ metadata, tensors }, where)),
    options,
    where,
  );
}

function told<T>(where: string, make: () => T): T {
  try {
    return make();
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    throw importError(
      where,
      "a network",
      `one that is wrong: ${message.replace(`${where}: `, "").split(/\. (?=[A-Z])/)[0]}`,
    );
  }
}

/** The number of scores where the last layer has parameters, else more than one. */
function scoresOf(tensors: ReadonlyMap<string, StoredTensor>, layers: readonly Found[]): number {
  return tensors.get(`${layers.length - 1}.W`)?.shape[0] ?? 2;
}

function lossFor(ending: Described["ending"], scores: number): Loss {
  if (scores > 1) return softmaxCrossEntropy();
  return ending === "sigmoid" ? logistic() : leastSquares();
}
