/** The operations of conv_ops.json in the contract's terms: one layer, its parameters, a cotangent, and what comes out. */
import { readFileSync } from "node:fs";

type Nested = number | readonly Nested[];

interface RawOperation {
  readonly note: string;
  readonly inputs: { readonly x: Nested; readonly w?: Nested; readonly b?: Nested; readonly g?: Nested };
  readonly y: Nested;
  readonly cotangent: Nested;
  readonly grads: { readonly x: Nested; readonly w?: Nested; readonly b?: Nested; readonly g?: Nested };
}

export interface ImageOperation {
  readonly name: string;
  readonly input: readonly [number, number, number];
  readonly parameters: readonly { readonly name: string; readonly values: number[]; readonly gradient: number[] }[];
  readonly features: number[];
  readonly scores: number[];
  readonly cotangent: number[];
  readonly inputGradient: number[];
}

export const flat = (nested: Nested): number[] => (typeof nested === "number" ? [nested] : nested.flatMap(flat));

function sizes(nested: Nested): number[] {
  return typeof nested === "number" ? [] : [nested.length, ...sizes(nested[0] as Nested)];
}

const { ops } = JSON.parse(readFileSync(new URL("../fixtures/conv_ops.json", import.meta.url), "utf8")) as {
  ops: Record<string, RawOperation>;
};

export const operationNames: readonly string[] = Object.keys(ops);

/** One operation; `letters` says which input of the file is which parameter of the layer. */
export function imageOperation(name: string, letters: Readonly<Record<string, string>>): ImageOperation {
  const { inputs, y, cotangent, grads } = ops[name] as RawOperation;
  const parameters = Object.entries(letters).map(([key, letter]) => {
    const from = (arrays: object) => flat((arrays as Record<string, Nested>)[key] as Nested);
    return { name: `0.${letter}`, values: from(inputs), gradient: from(grads) };
  });
  const [, ...input] = sizes(inputs.x);
  return {
    name,
    input: input as unknown as ImageOperation["input"],
    parameters,
    features: flat(inputs.x),
    scores: flat(y),
    cotangent: flat(cotangent),
    inputGradient: flat(grads.x),
  };
}
