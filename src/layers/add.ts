/** shortcut(y) + branch(y): the residual block of He et al. 2016; with pad and dense, the course's P_j Y + h σ(K_j Y + b_j). */
import { OdenetError } from "../core/errors.ts";
import type { Tensor } from "../core/recording/tensor.ts";
import type { Rule } from "../core/registry.ts";
import { addScaled } from "../operations/combine.ts";
import { asFeatures, asImage } from "./imageForm.ts";
import { type LayerData, type LayerKind, type LayerPlan, together } from "./layer.ts";
import { describeShape, type FeatureShape, featureCount, isImage, show } from "./shape.ts";

export interface Add<L = LayerData> {
  readonly kind: "add";
  readonly branch: readonly L[];
  readonly shortcut: readonly L[];
}

/** `shortcut(y) + branch(y)`; an empty list is the identity. Both must give the same number of features. */
export function add<L extends LayerData>(branch: readonly L[], shortcut: readonly L[] = []): Add<L> {
  for (const [what, layers] of Object.entries({ branch, shortcut })) {
    if (!Array.isArray(layers)) {
      throw new OdenetError("option", `add: expected ${what} to be an array of layers, got ${show(layers)}.`);
    }
  }
  return Object.freeze({ kind: "add", branch: Object.freeze([...branch]), shortcut: Object.freeze([...shortcut]) });
}

const listRule = (label: string): Rule<readonly LayerData[]> => ({
  kind: "custom",
  label,
  check: (value) => (Array.isArray(value) ? value : []),
});

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
  label: "sum of two branches",
  options: { branch: listRule("layers"), shortcut: listRule("layers beside them") },
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
        const resultOf = (part: LayerPlan): Tensor => {
          const result = part.record(context, y);
          return isImage(output) ? asImage(record, result, output) : asFeatures(record, result, part.output);
        };
        const shortcutResult = resultOf(right);
        return addScaled(record, shortcutResult, 1, resultOf(left));
      },
    };
  },
  parse(json: { branch?: unknown; shortcut?: unknown }, path, { layers }) {
    return add(layers(json.branch, `${path}.branch`), layers(json.shortcut ?? [], `${path}.shortcut`));
  },
  inner: {
    of: ({ branch, shortcut }) => ({ branch, shortcut }),
    with: ({ branch, shortcut }, change) => add(change(branch), change(shortcut)),
  },
};
