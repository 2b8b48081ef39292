/** Whether the first record of a table names its columns. */
import { numberOf } from "./numbers.ts";

const isNumber = (cell: string): boolean => numberOf(cell, ".") !== undefined || numberOf(cell, ",") !== undefined;

/**
 * It does if none of its cells is a number, unless every one of them recurs below; and if its cells are whole numbers, each one
 * more than the one before it, as years are, and no record below is like it.
 */
export function isHeader(first: readonly string[], others: readonly (readonly string[])[]): boolean {
  const filled = first.filter((cell) => cell !== "");
  if (filled.length > 0 && !filled.some(isNumber)) {
    const recurs = (cell: string, k: number) => others.some((row) => row[k] === cell);
    return !(others.length > 3 && first.every((cell, k) => cell !== "" && recurs(cell, k)));
  }
  return first.length > 2 && rises(first) && others.length > 1 && !others.some(rises);
}

function rises(cells: readonly string[]): boolean {
  const numbers = cells.map(Number);
  return numbers.every(
    (n, k) => Number.isInteger(n) && cells[k] !== "" && (k === 0 || n === (numbers[k - 1] ?? 0) + 1),
  );
}

/** Names of columns, each once: what is empty or stands twice is told apart, and said. */
export function uniqueNames(names: readonly string[]): { names: string[]; warnings: string[] } {
  const used = new Set<string>();
  const warnings: string[] = [];
  const unique = names.map((given, k) => {
    const name = given.trim() || `column ${k}`;
    let own = name;
    for (let n = 2; used.has(own); n++) own = `${name} (${n})`;
    if (own !== name)
      warnings.push(`two columns are called ${JSON.stringify(name)}: column ${k} is ${JSON.stringify(own)} here`);
    used.add(own);
    return own;
  });
  return { names: unique, warnings };
}
