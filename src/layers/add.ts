/** shortcut(y) + branch(y): the residual block of He et al. 2016; with pad and dense, the course's P_j Y + h σ(K_j Y + b_j). */
import { OdenetError } from "../core/errors.ts";
import { addScaled } from "../operations/combine.ts";
import type { LayerKind } from "./layer.ts";
import { featureCount, show } from "./shape.ts";

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

export const addKind: LayerKind<Add> = {
  kind: "add",
  layOut({ branch, shortcut }, input, name, layOut) {
    const left = layOut(branch, input, `${name}.branch.`);
    const right = layOut(shortcut, input, `${name}.shortcut.`);
    if (featureCount(left.output) !== featureCount(right.output)) {
      throw new OdenetError(
        "shape",
        `layer ${name} (add): expected branch and shortcut to give equal features, got ${featureCount(left.output)} and ${featureCount(right.output)}. Put pad(${featureCount(left.output)}) into the shortcut.`,
      );
    }
    return {
      output: left.output,
      parameters: [...left.parameters, ...right.parameters],
      constants: [...(left.constants ?? []), ...(right.constants ?? [])],
      record: (context, y) => addScaled(context.record, right.record(context, y), 1, left.record(context, y)),
    };
  },
  parse: (json, path, parse) =>
    add(parse(json.branch, `${path}.branch`), parse(json.shortcut ?? [], `${path}.shortcut`)),
};
