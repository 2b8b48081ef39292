/** shortcut(y) + branch(y): the residual block of He et al. 2016; with pad and dense, the course's P_j Y + h σ(K_j Y + b_j). */
import { OdenetError } from "../core/errors.ts";
import type { Tensor } from "../core/recording/tensor.ts";
import { addScaled } from "../operations/combine.ts";
import { asFeatures, asImage } from "./imageForm.ts";
import { type LayerKind, together } from "./layer.ts";
import { describeShape, type FeatureShape, featureCount, isImage, show } from "./shape.ts";

export interface Add<L = { readonly kind: string }> {
  readonly kind: "add";
  readonly branch: readonly L[];
  readonly shortcut: readonly L[];
}

/** `shortcut(y) + branch(y)`; an empty list is the identity. Both must give the same number of features. */
export function add<L extends { readonly kind: string }>(branch: readonly L[], shortcut: readonly L[] = []): Add<L> {
  checkLayers(branch, "branch");
  checkLayers(shortcut, "shortcut");
  return Object.freeze({ kind: "add", branch: Object.freeze([...branch]), shortcut: Object.freeze([...shortcut]) });
}

function checkLayers(layers: unknown, what: string): void {
  if (!Array.isArray(layers)) {
    throw new OdenetError("option", `add: expected ${what} to be an array of layers, got ${show(layers)}.`);
  }
}

function checkEqual(left: FeatureShape, right: FeatureShape, name: string): void {
  const different = isImage(left) && isImage(right) && left.some((n, k) => n !== right[k]);
  if (!different && featureCount(left) === featureCount(right)) return;
  const images = isImage(left) && isImage(right);
  const fix = images
    ? "Put a conv2d with the same channels and stride into the shortcut."
    : `Put pad(${featureCount(left)}) into the shortcut.`;
  const got = images
    ? `${describeShape(left)} and ${describeShape(right)}`
    : `${featureCount(left)} and ${featureCount(right)}`;
  throw new OdenetError(
    "shape",
    `layer ${name} (add): expected branch and shortcut to give equal features, got ${got}. ${fix}`,
  );
}

export const addKind: LayerKind<Add> = {
  kind: "add",
  layOut({ branch, shortcut }, input, name, layOut) {
    const left = layOut(branch, input, `${name}.branch.`);
    const right = layOut(shortcut, input, `${name}.shortcut.`);
    checkEqual(left.output, right.output, name);
    const { output } = left;
    return {
      output,
      made: Boolean(left.made || right.made),
      ...together([left, right]),
      record(context, y) {
        const { record } = context;
        const [a, b] = [right, left].map((part) => {
          const result = part.record(context, y);
          return isImage(output) ? asImage(record, result, output) : asFeatures(record, result, part.output);
        });
        return addScaled(record, a as Tensor, 1, b as Tensor);
      },
    };
  },
  parse: (json, path, parse) =>
    add(parse(json.branch, `${path}.branch`), parse(json.shortcut ?? [], `${path}.shortcut`)),
};
