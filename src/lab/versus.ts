/** What tells two networks apart, in words. */
import { initialState, type SettingName, type State } from "./state.ts";
import { shownValue, titles } from "./train/labels.ts";

const names = Object.keys(initialState) as SettingName[];

export const differing = (a: State, b: State): readonly SettingName[] => names.filter((name) => a[name] !== b[name]);

const same = (a: State, b: State): string => {
  const data = (["data", "examples", "noise", "points"] as const).every((name) => a[name] === b[name]);
  const seed = a.seed === b.seed;
  return [data ? "same data" : "", seed ? "same seed" : ""].filter(Boolean).join(", ");
};

/** One side: `Euler, Steps N 4`. A choice speaks for itself, a number needs its name. */
const side = (state: State, differ: readonly SettingName[]): string =>
  differ
    .map((name) => {
      const value = state[name];
      if (name === "points") return "other points";
      return typeof value === "number" ? `${titles[name]} ${value}` : shownValue(name, value);
    })
    .join(", ");

export function versus(a: State, b: State): string {
  const differ = differing(a, b);
  const alike = same(a, b);
  if (differ.length === 0) return "A and B are the same: change a setting of one of them.";
  const [left, right] = [side(a, differ), side(b, differ)];
  const head = alike ? `${alike.charAt(0).toUpperCase()}${alike.slice(1)}: ` : "";
  return `${head}${left} | ${right}`;
}
