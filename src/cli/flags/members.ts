/** Options of a family's members as flags: one for each name, made from the rules that the members state. */
import { nth } from "../../core/nth.ts";
import { expectation, fits, type Rule } from "../../core/registry.ts";
import { usage } from "../failure.ts";
import { type Flag, type Flags, flagName, givenOf } from "./flag.ts";

/** What is asked of a family here. */
export type Family = Readonly<Record<string, { readonly options: Readonly<Record<string, Rule>> }>>;

/** Only options that a text can say. */
const sayable = (rule: Rule): boolean => rule.kind !== "custom";

/** `placeholders` where "<n>" is not the usual sign. */
export function memberFlags(family: Family, placeholders: Readonly<Record<string, string>> = {}): Flags {
  const names = new Set(Object.values(family).flatMap(({ options }) => Object.keys(options)));
  const rows = [...names].flatMap((name) => {
    const of = Object.entries(family).filter(([, { options }]) => options[name] && sayable(options[name]));
    return of.length === 0 ? [] : [[name, rowOf(name, of, placeholders[name])] as const];
  });
  return Object.fromEntries(rows);
}

type Members = readonly (readonly [string, Family[string]])[];

function rowOf(name: string, members: Members, placeholder: string | undefined): Flag {
  const rules = members.map(([, { options }]) => options[name]).filter((rule) => rule !== undefined);
  const { kind, label } = nth(rules, 0);
  const initials = new Set(rules.map(({ initial }) => String(initial ?? "")));
  const [initial] = initials.size === 1 ? initials : [""];
  const of = members.map(([member]) => member);
  const help = `${label}; of ${of.join(", ")}${initial && kind !== "boolean" ? ` (default: ${initial})` : ""}`;
  if (kind === "boolean") return { help, of };
  const choices = [...new Set(rules.flatMap((rule) => (rule.kind === "choice" ? rule.choices.map(String) : [])))];
  if (kind === "choice") return { value: placeholder ?? "<kind>", help, of, choices };
  return { value: placeholder ?? "<n>", help, of, read: (text) => (text.trim() === "" ? Number.NaN : Number(text)) };
}

/** The given options of the member that `chosenBy` names. Throws `usage` for one that it does not take, or a value that does not fit. */
export function memberOptions(flags: Flags, given: object, family: Family, name: string, chosenBy: string): object {
  const rules = family[name]?.options ?? {};
  const options = givenOf(flags, given).map((key) => {
    const rule = rules[key];
    const value: unknown = Reflect.get(given, key);
    if (!rule)
      throw usage(`${flagName(key)}: belongs to ${flags[key]?.of?.join(", ")}, got ${chosenBy} ${name}. Leave it out.`);
    if (!fits(rule, value))
      throw usage(`${flagName(key)}: expected ${expectation(rule)} with ${chosenBy} ${name}, got ${value}.`);
    return [key, value];
  });
  return Object.fromEntries(options);
}
