/** K y + b, the argument of every σ: b has one number a row, one number a step ("scalar"), or is absent. */
import { OdenetError } from "../core/errors.ts";
import type { Tensor } from "../core/tensor.ts";
import { type ActivationName, activate, activations, antiderivative } from "../operations/activation.ts";
import { addBias } from "../operations/bias.ts";
import { product, productTransposed } from "../operations/product.ts";
import type { DynamicsParameter, FieldContext } from "./dynamics.ts";

/** One number a row, none, or one number a step. */
export type Bias = boolean | "scalar";

/** Options that every dynamics has. */
export interface FieldOptions {
  /** σ, default `"tanh"`. */
  activation?: ActivationName;
  /** Default true: b has one number a row. `"scalar"`: one number a step. */
  bias?: Bias;
}

export interface Field {
  readonly activation: ActivationName;
  readonly bias: Bias;
}

/** Checks the common options of a dynamics. */
export function fieldOptions(where: string, { activation = "tanh", bias = true }: FieldOptions): Field {
  if (!Object.hasOwn(activations, activation)) {
    const names = Object.keys(activations).join(", ");
    throw new OdenetError(
      "name",
      `${where}: expected activation to be one of ${names}, got ${JSON.stringify(activation)}.`,
    );
  }
  if (typeof bias !== "boolean" && bias !== "scalar") {
    throw new OdenetError(
      "option",
      `${where}: expected bias to be true, false or "scalar", got ${JSON.stringify(bias)}.`,
    );
  }
  return { activation, bias };
}

/** The parameters K: rows × columns and b, with the letters' suffix. */
export function affineParameters(bias: Bias, rows: number, columns: number, suffix = ""): DynamicsParameter[] {
  const K = { letter: `K${suffix}`, shape: [rows, columns] as const };
  if (bias === false) return [K];
  return [K, { letter: `b${suffix}`, shape: [bias === "scalar" ? 1 : rows] as const }];
}

/** The bias as a row of `length` numbers. */
export function biasRow({ record, ones }: FieldContext, b: Tensor, length: number): Tensor {
  return b.columns === length ? b : product(record, b, ones(length));
}

/** z + 1 bᵀ, or z where there is no b. */
export function withBias(context: FieldContext, z: Tensor, b: Tensor | undefined): Tensor {
  return b ? addBias(context.record, z, biasRow(context, b, z.columns)) : z;
}

/** Σ(z + 1 bᵀ), Σ' = σ: a summand of an energy. */
export function potential(context: FieldContext, z: Tensor, b: Tensor | undefined, activation: ActivationName): Tensor {
  return antiderivative(context.record, withBias(context, z, b), activation);
}

/** Throws `option` unless `hidden` is a whole number from 1. */
export function checkHidden(where: string, hidden: number | undefined): void {
  if (hidden !== undefined && (!Number.isSafeInteger(hidden) || hidden < 1)) {
    throw new OdenetError("option", `${where}: expected hidden to be a whole number from 1, got ${String(hidden)}.`);
  }
}

/** Throws `option` unless a number is finite. */
export function checkNumber(where: string, what: string, value: unknown): void {
  if (typeof value !== "number" || !Number.isFinite(value)) {
    throw new OdenetError("option", `${where}: expected ${what} to be a finite number, got ${String(value)}.`);
  }
}

/** Kᵀ σ(K y + b). */
export function symmetricLayer(
  context: FieldContext,
  y: Tensor,
  K: Tensor,
  b: Tensor | undefined,
  activation: ActivationName,
): Tensor {
  const { record } = context;
  const s = activate(record, withBias(context, product(record, y, K), b), activation);
  return productTransposed(record, s, K);
}
