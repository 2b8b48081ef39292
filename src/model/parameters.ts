/**
 * θ in the core's order (in × out matrices, padded rows, one after another) and in the contract's (row-major, unpadded):
 * one table of strides says where each number of the one lies in the other.
 */

import { OdenetError } from "../core/errors.ts";
import type { Numbers } from "../core/host/memory.ts";
import { nth } from "../core/nth.ts";
import { type Precision, paddedColumns } from "../core/recording/tensor.ts";
import type { ParameterSpec } from "../layers/parameters.ts";
import { show } from "../layers/shape.ts";

export interface Parameter extends ParameterSpec {
  /** First number in the core's order. */
  readonly offset: number;
  /** First number in the contract's order. */
  readonly start: number;
  /** Numbers in the contract's order. */
  readonly length: number;
  /** Lengths of the API's axes, or of finer ones, and the step of each in the core's order. */
  readonly lengths: readonly number[];
  readonly strides: readonly number[];
}

export class ParameterTable {
  readonly parameters: readonly Parameter[];
  /** Numbers of θ with padding, in the core. */
  readonly coreLength: number;
  /** Numbers of θ at the API. */
  readonly length: number;

  constructor(specs: readonly ParameterSpec[], precision: Precision) {
    let offset = 0;
    let start = 0;
    this.parameters = specs.map((spec) => {
      const row = paddedColumns(spec.columns, precision);
      const step = { count: spec.rows * row, row, column: 1 };
      const length = spec.shape.reduce((a, b) => a * b, 1);
      const fine = spec.fine ?? spec.axes.map((on, k) => ({ length: nth(spec.shape, k), on, step: 1 }));
      const strides = fine.map((axis) => axis.step * step[axis.on]);
      const parameter = { ...spec, offset, start, length, lengths: fine.map((axis) => axis.length), strides };
      offset += spec.count * spec.rows * row;
      start += length;
      return parameter;
    });
    this.coreLength = offset;
    this.length = start;
  }

  has(name: string): boolean {
    return this.parameters.some((p) => p.name === name);
  }

  find(name: string): Parameter {
    const found = this.parameters.find((p) => p.name === name);
    if (found) return found;
    const names = this.parameters.map((p) => p.name).join(", ");
    throw new OdenetError(
      "name",
      `parameter: expected one of ${names || "none (the network has no parameters)"}, got ${show(name)}.`,
    );
  }

  /** Copies numbers of one parameter between the API's order (`api`, from `at`) and the core's (`core` starts with θ). */
  copy(
    parameter: Parameter,
    api: Numbers | number[] | ArrayLike<number>,
    at: number,
    core: Numbers,
    toCore: boolean,
  ): void {
    const { lengths, strides, offset } = parameter;
    const inner = lengths[lengths.length - 1] ?? 1;
    const innerStride = strides[strides.length - 1] ?? 1;
    const outer = parameter.length / inner;
    const index = new Array<number>(Math.max(lengths.length - 1, 0)).fill(0);
    let base = offset;
    let k = at;
    for (let o = 0; o < outer; o++) {
      if (toCore) for (let i = 0, c = base; i < inner; i++, c += innerStride) core[c] = api[k++] ?? Number.NaN;
      else for (let i = 0, c = base; i < inner; i++, c += innerStride) (api as Numbers)[k++] = core[c] ?? Number.NaN;
      for (let axis = lengths.length - 2; axis >= 0; axis--) {
        index[axis] = nth(index, axis) + 1;
        base += nth(strides, axis);
        if (nth(index, axis) < nth(lengths, axis)) break;
        base -= nth(lengths, axis) * nth(strides, axis);
        index[axis] = 0;
      }
    }
  }
}

/** A vector in θ's API order, checked: length, and numbers that are finite in the model's precision and at least `least`. */
export function checkVector(
  values: ArrayLike<number>,
  length: number,
  where: string,
  precision: Precision,
  least = Number.NEGATIVE_INFINITY,
): void {
  if (values?.length !== length) {
    throw new OdenetError("length", `${where}: expected ${length} numbers, got ${show(values?.length ?? values)}.`);
  }
  for (let i = 0; i < length; i++) {
    const value = values[i];
    if (typeof value !== "number" || !Number.isFinite(precision === "f32" ? Math.fround(value) : value)) {
      throw new OdenetError(
        "value",
        `${where}: expected finite ${precision} numbers, got ${show(value)} at index ${i}.`,
      );
    }
    if (value < least) {
      throw new OdenetError("value", `${where}: expected numbers from ${least} on, got ${value} at index ${i}.`);
    }
  }
}
