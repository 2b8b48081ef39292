/** A cursor that arrow keys move. */

const moves: Readonly<Record<string, readonly [number, number]>> = {
  ArrowLeft: [-1, 0],
  ArrowRight: [1, 0],
  ArrowUp: [0, 1],
  ArrowDown: [0, -1],
};

/** Steps to the right and upwards that a key stands for, four at once with Shift; undefined for other keys. */
export function stepsOf({ key, shiftKey }: KeyboardEvent): readonly [number, number] | undefined {
  const move = moves[key];
  const count = shiftKey ? 4 : 1;
  return move && [count * move[0], count * move[1]];
}

export const within = (value: number, least: number, most: number): number => Math.min(most, Math.max(least, value));
