/** An experiment's numbers, kept in the address; what an address asks for beyond their limits is cut to them. */
import { useEffect, useState } from "preact/hooks";
import { hashOf, type Route } from "../route.ts";

/** Least and most; `whole` numbers are rounded. */
export type Limits = readonly [least: number, most: number, whole?: "whole"];

const within = (value: number, [least, most, whole]: Limits): number =>
  Math.min(most, Math.max(least, whole ? Math.round(value) : value));

export function useNumbers<T extends Record<string, number>>(
  { view, page, text }: Route,
  initial: T,
  limits: Readonly<Record<keyof T & string, Limits>>,
): [T, (changes: Partial<T>) => void] {
  const read = (): T => {
    const given = new URLSearchParams(text);
    const entries = Object.entries(initial).map(([name, value]) => {
      const found = Number(given.get(name) || Number.NaN);
      return [name, Number.isFinite(found) ? within(found, limits[name as keyof T & string]) : value];
    });
    return Object.fromEntries(entries) as T;
  };
  const [numbers, setNumbers] = useState(read);
  useEffect(() => setNumbers(read()), [text]); // an address that is followed
  const change = (changes: Partial<T>): void => {
    const next = { ...numbers, ...changes };
    setNumbers(next);
    const words = new URLSearchParams(Object.entries(next).map(([name, value]) => [name, String(value)]));
    const mission = new URLSearchParams(text).get("mission");
    if (mission) words.set("mission", mission);
    history.replaceState(null, "", hashOf({ view, page, text: words.toString() }));
  };
  return [numbers, change];
}
