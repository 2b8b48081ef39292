/** Kinds of flags: switches, texts, numbers, one of several words, lists. */
import { InvalidArgumentError } from "commander";
import { expectation, fits, type Rule } from "../../core/registry.ts";
import type { Flag } from "./flag.ts";

export const on = (help: string): Flag<boolean> => ({ help });

export const off = (no: string): Flag<boolean> => ({ no });

export const text = (value: string, help: string): Flag<string> => ({ value, help });

/** May be given several times. */
export const texts = (value: string, help: string): Flag<string[]> => ({
  ...{ value, help },
  read: (text, before = []) => [...before, text],
});

export const oneOf = <T extends string>(value: string, help: string, choices: readonly T[]): Flag<T> => ({
  ...{ value, help, choices },
});

/** A text that has a form, which is said where it has not. */
export const formed = (value: string, help: string, fits: (text: string) => boolean, form: string): Flag<string> => ({
  ...{ value, help },
  read: (text) => {
    if (fits(text)) return text;
    throw new InvalidArgumentError(`Expected ${form}.`);
  },
});

type Range = { readonly [K in "from" | "above" | "to" | "below"]?: number };

export const number = (value: string, help: string, range: Range = {}): Flag<number> =>
  numeric(value, help, { kind: "number", label: "", ...range });

export const whole = (value: string, help: string, range: Range = { from: 1 }): Flag<number> =>
  numeric(value, help, { kind: "whole", label: "", ...range });

function numeric(value: string, help: string, rule: Rule<number>): Flag<number> {
  return { value, help, read: (text) => readNumber(rule, text) };
}

function readNumber(rule: Rule<number>, text: string): number {
  const number = text.trim() === "" ? Number.NaN : Number(text);
  if (fits(rule, number)) return number;
  throw new InvalidArgumentError(`Expected ${expectation(rule)}.`);
}

/** Whole numbers from 1, as 16,32. */
export const counts = (value: string, help: string): Flag<number[]> => ({ value, help, read: readCounts });

function readCounts(text: string): number[] {
  const numbers = text.split(",").map(Number);
  if (numbers.every((n) => Number.isSafeInteger(n) && n >= 1)) return numbers;
  throw new InvalidArgumentError("Expected whole numbers parted by commas, as 16,32.");
}

/** One number, or several. */
export const countOrCounts = (value: string, help: string): Flag<number | number[]> => ({
  ...{ value, help },
  read: (text) => (text.includes(",") ? readCounts(text) : readNumber({ kind: "whole", label: "", from: 1 }, text)),
});
