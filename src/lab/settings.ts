/** One setting: its default, and how text is read; undefined where the text means nothing. */
export interface Setting<T> {
  readonly initial: T;
  parse(text: string): T | undefined;
  /** What a list offers. */
  readonly choices?: readonly T[];
  /** Of a number. */
  readonly range?: Range;
}

export interface Range {
  readonly least: number;
  readonly most: number;
  readonly whole: boolean;
}

export function choice<T extends string>(choices: readonly T[], initial: T): Setting<T> {
  return { initial, choices, parse: (text) => choices.find((name) => name === text) };
}

export function number(least: number, most: number, initial: number, whole = false): Setting<number> {
  return {
    initial,
    range: { least, most, whole },
    parse(text) {
      const value = Number(text);
      const fits = text.trim() !== "" && value >= least && value <= most && (!whole || Number.isInteger(value));
      return fits ? value : undefined;
    },
  };
}

export const whole = (least: number, most: number, initial: number): Setting<number> =>
  number(least, most, initial, true);

/** Text that has a form. */
export const written = (form: RegExp): Setting<string> => ({
  initial: "",
  parse: (text) => (form.test(text) ? text : undefined),
});

/** The same for every name. */
export const forEach = <K extends string, T>(names: readonly K[], setting: Setting<T>) =>
  Object.fromEntries(names.map((name) => [name, setting])) as Readonly<Record<K, Setting<T>>>;
