/** Points drawn by hand, five signs each: x and y in steps of 1/300 over [−2, 2], two signs to the base 36, and the class. */
export interface Drawn {
  readonly x: number;
  readonly y: number;
  readonly label: number;
}

/** Half the width of the drawing. */
export const REACH = 2;
const STEPS = 1200;

const coded = (x: number): string => {
  const within = Math.max(0, Math.min(STEPS, Math.round(((x + REACH) / (2 * REACH)) * STEPS)));
  return within.toString(36).padStart(2, "0");
};
const decoded = (text: string): number => (Number.parseInt(text, 36) / STEPS) * 2 * REACH - REACH;

export const codePoint = ({ x, y, label }: Drawn): string => `${coded(x)}${coded(y)}${label.toString(36)}`;

export function pointsOf(text: string): Drawn[] {
  return (text.match(/.{5}/g) ?? []).map((five) => ({
    x: decoded(five.slice(0, 2)),
    y: decoded(five.slice(2, 4)),
    label: Number.parseInt(five.slice(4), 36),
  }));
}
