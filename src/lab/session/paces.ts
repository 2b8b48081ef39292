/** How fast a network learns in front of the reader: steps a second, the last as many as the machine does. */
export const paces = [1, 3, 10, 30, 100, Number.POSITIVE_INFINITY] as const;
export type Pace = (typeof paces)[number];

export const SLOW: Pace = 10;

export const paceText = (pace: Pace): string =>
  Number.isFinite(pace) ? `${pace} step${pace === 1 ? "" : "s"}/s` : "full speed";
