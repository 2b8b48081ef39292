/**
 * What a member of a family (an activation, an integrator, an optimizer …) says once of itself, for all who ask: functions
 * check their options by it, JSON is parsed by it, flags, controls, help and tables are made from it.
 */
import { OdenetError } from "./errors.ts";
import { nearest, type Words } from "./nearest.ts";
import { show } from "./show.ts";

/** One option: its values and its default; `label` for people, `words` that others use for its name. */
export type Rule<T = unknown> = {
  readonly label: string;
  readonly initial?: T;
  /** Without it there is nothing: it has no default either. */
  readonly required?: true;
  readonly words?: readonly string[];
} & (
  | {
      readonly kind: "number" | "whole";
      /** The least value, or the bound that it must exceed. */
      readonly from?: number;
      readonly above?: number;
      /** The largest value, or the bound that it must stay below. */
      readonly to?: number;
      readonly below?: number;
    }
  | { readonly kind: "choice"; readonly choices: readonly T[] }
  | { readonly kind: "boolean" }
  /** Anything else: throws unless it is fit, or returns what it stands for; undefined for what is as good as absent. */
  | { readonly kind: "custom"; check(value: unknown, where: string): T | undefined }
);

/** Rules for every option of T. */
export type Rules<T> = { readonly [K in keyof T]-?: Rule<Exclude<T[K], undefined>> };

/** Rules for what plain data hold besides their kind. */
export type DataRules<D> = Rules<Omit<D, "kind" | "field">>;

/** The names of a registry. */
export function namesOf<T extends object>(registry: T): readonly (keyof T & string)[] {
  const known = (name: string): name is keyof T & string => Object.hasOwn(registry, name);
  return Object.keys(registry).filter(known);
}

/** A member of a family. */
export interface Entry<Options extends object = object> {
  /** As in a program, in JSON and on the command line. */
  readonly name: string;
  /** For people. */
  readonly label: string;
  readonly options: Rules<Options>;
}

/** The options with defaults in place of what is left out. Throws `option`, naming `where`, for a name or a value that does not fit. */
export function readOptions<T extends object>(where: string, rules: Rules<T>, given: Partial<T>): T {
  const known: Readonly<Record<string, Rule>> = rules;
  for (const name of Object.keys(given)) {
    if (!Object.hasOwn(known, name)) throw unknownName(where, "an option", name, Object.keys(known), wordsOf(known));
  }
  return pickOptions(where, rules, given);
}

/** Every name of T, with the words that others use for it. */
export type NamesOf<T> = { readonly [K in keyof T]-?: readonly string[] };

/** Throws `option` for what is no object, and for a name in it that is not known, with the nearest that is. */
export function refuseUnknown(where: string, what: string, names: Words, given: unknown): void {
  if (typeof given !== "object" || given === null || Array.isArray(given)) {
    throw new OdenetError(
      "option",
      `${where}: expected ${what} of an object, got ${given === null ? "null" : typeof given}.`,
    );
  }
  for (const name of Object.keys(given)) {
    if (!Object.hasOwn(names, name)) throw unknownName(where, `${what}`, name, Object.keys(names), names);
  }
}

/** The same of an object with other names besides, which are left out: a file's, or the options of several at once. */
export function pickOptions<T extends object>(where: string, rules: Rules<T>, given: object): T {
  const known: Readonly<Record<string, Rule>> = rules;
  const values = Object.entries(known).flatMap(([name, rule]) => {
    const value = readOption(where, name, rule, Reflect.get(given, name));
    return value === undefined ? [] : [[name, value]];
  });
  return Object.fromEntries(values);
}

/** Other words for the options' names. */
export function wordsOf(rules: Readonly<Record<string, Rule>>): Words {
  return Object.fromEntries(Object.entries(rules).map(([name, { words = [] }]) => [name, words]));
}

/** One option's value, or its default. */
export function readOption<T>(where: string, name: string, rule: Rule<T>, value: unknown): T | undefined {
  if (value === undefined && !rule.required) return rule.initial;
  if (rule.kind === "custom") return rule.check(value, `${where}: ${name}`);
  if (!fits(rule, value)) throw misfit(where, name, rule, value);
  return value;
}

/** Whether a value is one of a rule's; custom rules say it themselves. */
export function fits<T>(rule: Rule<T>, value: unknown): value is T {
  if (rule.kind === "choice") return rule.choices.some((choice) => choice === value);
  if (rule.kind === "boolean") return typeof value === "boolean";
  if (rule.kind === "custom") return true;
  if (typeof value !== "number" || !Number.isFinite(value)) return false;
  if (rule.kind === "whole" && !Number.isSafeInteger(value)) return false;
  const { from = value, above = Number.NEGATIVE_INFINITY, to = value, below = Number.POSITIVE_INFINITY } = rule;
  return value >= from && value > above && value <= to && value < below;
}

/** What a rule accepts, in words: "a whole number from 1 to 8". */
export function expectation(rule: Rule): string {
  if (rule.kind === "choice") return `one of ${rule.choices.map(named(rule.choices) ? String : show).join(", ")}`;
  if (rule.kind === "boolean") return "true or false";
  if (rule.kind === "custom") return rule.label;
  const { from, above, to, below } = rule;
  const open = to === undefined && below === undefined;
  const low =
    from !== undefined ? ` ${open ? "of at least" : "from"} ${from}` : above !== undefined ? ` above ${above}` : "";
  const high = to !== undefined ? ` to ${to}` : below !== undefined ? ` below ${below}` : "";
  return `a ${rule.kind === "whole" ? "whole" : "finite"} number${low}${low && high && below !== undefined ? " and" : ""}${high}`;
}

/** Whether choices are names; among others, texts stand in quotes. */
const named = (choices: readonly unknown[]) => choices.every((choice) => typeof choice === "string");

function misfit(where: string, name: string, rule: Rule, value: unknown): OdenetError {
  const code = rule.kind === "choice" && named(rule.choices) ? "name" : "option";
  return new OdenetError(code, `${where}: expected ${name} to be ${expectation(rule)}, got ${show(value)}.`);
}

/** The error for a name that is not among those known, with the nearest that is. */
export function unknownName(
  where: string,
  what: string,
  name: string,
  known: readonly string[],
  words?: Words,
): OdenetError {
  const names = known.length === 0 ? "none" : known.join(", ");
  const meant = nearest(name, known, words);
  const fix = meant === undefined ? "" : ` Did you mean ${meant}?`;
  return new OdenetError("option", `${where}: expected ${what} among ${names}, got ${JSON.stringify(name)}.${fix}`);
}
