/** R(θ) = λ/2 ‖L (θ − θ_ref)‖²; L = I and θ_ref = 0 unless told. */
import { OdenetError } from "../core/errors.ts";
import {
  checkSelection,
  checkWeight,
  chosen,
  type Layout,
  type Place,
  type RegularizerKind,
  type Selection,
} from "./regularizer.ts";

export interface TikhonovOptions {
  /** L, one array a row, as long as the chosen parameters together, in their order. Default: the identity. */
  operator?: readonly ArrayLike<number>[];
  /** θ_ref, as long as the chosen parameters together. Default 0. */
  reference?: ArrayLike<number>;
  /** Default: all of θ. */
  parameters?: Selection;
}

export interface Tikhonov {
  readonly kind: "tikhonov";
  readonly weight: number;
  readonly operator?: readonly (readonly number[])[];
  readonly reference?: readonly number[];
  readonly parameters?: Selection;
}

/** `λ/2 ‖L (θ − θ_ref)‖²`. Throws `option`; lengths are checked by `createModel`. */
export function tikhonov(lambda: number, { operator, reference, parameters }: TikhonovOptions = {}): Tikhonov {
  checkWeight(lambda, "tikhonov", "λ");
  checkSelection(parameters, "tikhonov");
  if (operator !== undefined && !(Array.isArray(operator) && operator.length > 0)) {
    fail("operator as rows of numbers", operator, "Pass [[1, −1, 0], [0, 1, −1]].");
  }
  const rows = operator?.map((row) => finite(row, "operator"));
  return Object.freeze({
    kind: "tikhonov",
    weight: lambda,
    ...(rows ? { operator: rows } : {}),
    ...(reference === undefined ? {} : { reference: finite(reference, "reference") }),
    ...(parameters === undefined ? {} : { parameters }),
  });
}

function fail(expected: string, got: unknown, fix: string): never {
  throw new OdenetError("option", `tikhonov: expected ${expected}, got ${String(got)}. ${fix}`);
}

function finite(values: ArrayLike<number>, what: string): readonly number[] {
  const numbers = Array.from(values ?? []);
  if (!numbers.every(Number.isFinite)) fail(`finite numbers in ${what}`, "others", "Pass an array of numbers.");
  return Object.freeze(numbers);
}

export const tikhonovKind: RegularizerKind<Tikhonov> = {
  terms({ weight, operator, reference, parameters }, layout) {
    const places = chosen(parameters, layout, "tikhonov");
    if (operator) return [operatorTerm(weight, operator, reference, places, layout)];
    const core = reference && spread(reference, places, layout, "reference");
    const whole = places.length === layout.parameters.length;
    const stretches = whole
      ? [{ from: 0, to: layout.coreLength }]
      : places.map((p) => ({ from: p.offset, to: endOf(p, layout) }));
    return stretches.map(({ from, to }) => ({
      ...({ penalty: "square", n: to - from, sets: 1, weight, offset: from } as const),
      ...(core ? { extra: core.subarray(from, to) } : {}),
    }));
  },
  parse: (json) => tikhonov(json.weight as number, json as TikhonovOptions),
};

/** First number of the core's θ behind a parameter. */
function endOf(place: Place, { parameters, coreLength }: Layout): number {
  return Math.min(coreLength, ...parameters.map((p) => p.offset).filter((offset) => offset > place.offset));
}

/** Numbers of the chosen parameters, in the contract's order, as a whole θ in the core's; zero elsewhere. */
function spread(values: ArrayLike<number>, places: readonly Place[], layout: Layout, what: string) {
  const length = places.reduce((sum, p) => sum + p.length, 0);
  if (values.length !== length) {
    throw new OdenetError(
      "length",
      `tikhonov: expected ${what} of ${length} numbers, as many as the chosen parameters have, got ${values.length}.`,
    );
  }
  const core = new Float64Array(layout.coreLength);
  let at = 0;
  for (const place of places) {
    layout.copy(place, values, at, core, true);
    at += place.length;
  }
  return core;
}

function operatorTerm(
  weight: number,
  operator: readonly (readonly number[])[],
  reference: readonly number[] | undefined,
  places: readonly Place[],
  layout: Layout,
) {
  const n = layout.coreLength;
  const rows = operator.map((row) => spread(row, places, layout, "every row of the operator"));
  if (reference) rows.push(spread(reference, places, layout, "reference"));
  const extra = new Float64Array(rows.length * n);
  rows.forEach((row, i) => {
    extra.set(row, i * n);
  });
  const referenced = reference !== undefined;
  return { penalty: "operator", n, sets: 1, weight, offset: 0, rows: operator.length, referenced, extra } as const;
}
