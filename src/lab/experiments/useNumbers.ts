/** An experiment's numbers, kept in the address. */
import { useState } from "preact/hooks";
import { hashOf, type Route } from "../route.ts";

export function useNumbers<T extends Record<string, number>>(
  { view, page, text }: Route,
  initial: T,
): [T, (changes: Partial<T>) => void] {
  const [numbers, setNumbers] = useState<T>(() => {
    const given = new URLSearchParams(text);
    const entries = Object.entries(initial).map(([name, value]) => {
      const found = Number(given.get(name) ?? Number.NaN);
      return [name, Number.isFinite(found) ? found : value];
    });
    return Object.fromEntries(entries) as T;
  });
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
