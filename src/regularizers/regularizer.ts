/** What a regularizer is made of: terms, each one kernel call on a stretch of θ. */
import { OdenetError } from "../core/errors.ts";
import type { Penalized } from "../operations/regularize.ts";

/** A parameter's name, a pattern of names, or several of them. */
export type Selection = string | RegExp | readonly (string | RegExp)[];

/** A parameter in θ, in the contract's order and in the core's. */
export interface Place {
  readonly name: string;
  readonly length: number;
  /** First number in the core's order. */
  readonly offset: number;
  /** Matrices one after another, each with `rows` rows in the core; `columns` without padding. */
  readonly count: number;
  readonly rows: number;
  readonly columns: number;
  /** Of an ode layer's parameters. */
  readonly time?: TimeAxis;
}

/** How the sets of an ode layer's parameter stand in time. */
export interface TimeAxis {
  readonly free: boolean;
  /** Time from one set to the next. */
  readonly spacing: number;
  /** Share of time that one set stands for. */
  readonly share: number;
  /** One set for all times, without an axis. */
  readonly constant: boolean;
}

/** θ as a regularizer sees it. */
export interface Layout<P extends Place = Place> {
  readonly parameters: readonly P[];
  /** Numbers of θ with padding, in the core. */
  readonly coreLength: number;
  copy(parameter: P, api: ArrayLike<number>, at: number, core: Float64Array<ArrayBuffer>, toCore: boolean): void;
}

/** One kernel call: what, where in the core's θ, and constants in the core's order. */
export interface Term extends Penalized {
  readonly offset: number;
  readonly extra?: Float64Array;
}

/** The rules of one regularizer; a regularizer itself is plain data. */
export interface RegularizerKind<R> {
  terms(regularizer: R, layout: Layout): readonly Term[];
  /** Terms whose derivative, with the weight −1, brings θ to the nearest point that is allowed. */
  projection?(regularizer: R, layout: Layout): readonly Term[];
  /** From JSON; throws for what is wrong. */
  parse(json: Record<string, unknown>): R;
}

/** Numbers of one set in the core, padding included: sets follow each other without a gap. */
export function setLength(layout: Layout, place: Place): number {
  const next = Math.min(layout.coreLength, ...layout.parameters.map((p) => p.offset).filter((o) => o > place.offset));
  return (next - place.offset) / place.count;
}

/** The parameters that `selection` names; all without one. Throws `name` where it names none. */
export function chosen(selection: Selection | undefined, { parameters }: Layout, where: string): readonly Place[] {
  if (selection === undefined) return parameters;
  const patterns = isList(selection) ? selection : [selection];
  const fits = (name: string, pattern: string | RegExp) =>
    typeof pattern === "string"
      ? pattern === name
      : new RegExp(pattern.source, pattern.flags.replace(/[gy]/g, "")).test(name);
  for (const pattern of patterns) {
    if (parameters.some(({ name }) => fits(name, pattern))) continue;
    const names = parameters.map(({ name }) => name).join(", ");
    throw new OdenetError(
      "name",
      `${where}: expected parameters that exist (${names || "the network has none"}), got ${String(pattern)}.`,
    );
  }
  return parameters.filter(({ name }) => patterns.some((pattern) => fits(name, pattern)));
}

function isList(selection: Selection): selection is readonly (string | RegExp)[] {
  return Array.isArray(selection);
}

/** Throws `option` unless it is a name, a pattern, or a list of them. */
export function checkSelection(selection: unknown, where: string): void {
  const one = (s: unknown) => typeof s === "string" || s instanceof RegExp;
  if (selection === undefined || one(selection)) return;
  if (Array.isArray(selection) && selection.length > 0 && selection.every(one)) return;
  throw new OdenetError(
    "option",
    `${where}: expected parameters as a name, a pattern or a list of them, got ${String(selection)}. Write /\\.K$/ for every K.`,
  );
}

/** Throws `option` unless it is a finite number of at least 0. */
export function checkWeight(value: unknown, where: string, what: string): void {
  if (typeof value === "number" && value >= 0 && value < Number.POSITIVE_INFINITY) return;
  throw new OdenetError("option", `${where}: expected ${what} to be a finite number from 0, got ${String(value)}.`);
}
