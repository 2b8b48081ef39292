/** out = Σ c_i x_i: the update of every explicit method, sums and multiples. */
import type { Attributes, CallRecorder, Operation, Tensor } from "../core/recording/tensor.ts";
import * as encoders from "./encoders.generated.ts";
import { flatLength } from "./fill.ts";

/** c x. */
export type Term = readonly [c: number, x: Tensor];

/** Σ c_i x_i of equal shapes, one to five terms (four with `into`). */
export function combine(record: CallRecorder, [first, ...rest]: readonly Term[], into?: Tensor): Tensor {
  if (!first) throw new Error("combine: at least one term");
  const attributes: Record<string, number> = { c0: first[0] };
  rest.forEach(([c], i) => {
    attributes[`c${i + 1}`] = c;
  });
  const [, x] = first;
  return record.call(combination, [x, ...rest.map(([, more]) => more)], [x], attributes, into)[0];
}

/** y + c x. */
export function addScaled(record: CallRecorder, y: Tensor, c: number, x: Tensor): Tensor {
  return combine(record, [
    [1, y],
    [c, x],
  ]);
}

/** into + x, in the memory of `into`. */
export function add(record: CallRecorder, into: Tensor, x: Tensor): Tensor {
  return combine(record, [[1, x]], into);
}

/** The factor of input i. */
export const factorOf = (attributes: Attributes, i: number): number => attributes[`c${i}`] ?? 0;

export const combination: Operation<[Tensor, ...Tensor[]], [out: Tensor]> = {
  name: "combine",
  examples: "all",
  overwrites: [0, 1, 2, 3, 4],
  encode({ inputs, outputs: [out], into, attributes }, precision) {
    const own = inputs.map((x, i): Term => [factorOf(attributes, i), x]);
    const terms: readonly Term[] = into ? [[1, out], ...own] : own;
    const [c0 = 0, c1 = 0, c2 = 0, c3 = 0, c4 = 0] = terms.map(([c]) => c);
    const [x0 = out, x1, x2, x3, x4] = terms.map(([, x]) => x);
    const n = flatLength(out, precision);
    return encoders.combine({ out, x0, x1, x2, x3, x4, c0, c1, c2, c3, c4, n, terms: terms.length });
  },
  vjp(record, { inputs, outputs: [out], attributes }, cotangents) {
    const d = cotangents.of(out);
    inputs.forEach((x, i) => {
      const c = factorOf(attributes, i);
      if (c === 1) cotangents.pass(x, d);
      else cotangents.add(x, (into) => combine(record, [[c, d]], into));
    });
  },
  jvp(record, { inputs, outputs: [out], attributes }, tangents) {
    const [first, ...rest] = inputs.flatMap((x, i): Term[] => {
      const t = tangents.get(x);
      return t ? [[factorOf(attributes, i), t]] : [];
    });
    if (first) tangents.set(out, combine(record, [first, ...rest]));
  },
};
