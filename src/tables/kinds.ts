/**
 * What kind a column is, from its cells alone: boolean if all are truth values, number if all are numbers with one decimal
 * sign, date if all are dates in one order, else text; text that identifies its row is an id, text of words that recur a category.
 */
import { truthOf } from "./cells.ts";
import { type DateOrder, dateOf, dateOrders } from "./dates.ts";
import { type Decimal, numberOf } from "./numbers.ts";

export type Kind = "number" | "category" | "boolean" | "date" | "text" | "id";

/** Different texts that are kept apart while a column is looked at. */
const MOST_WORDS = 2000;

/** What the cells of one column have in common, seen one after another. */
export class Look {
  /** Cells that hold a value. */
  values = 0;
  gaps = 0;
  /** By decimal sign, whether all are numbers. */
  readonly numbers = { ".": true, ",": true };
  truth = true;
  orders: readonly DateOrder[] = dateOrders;
  /** Different texts, as long as they are few. */
  readonly words = new Set<string>();
  /** The longest text, in characters. */
  longest = 0;
  /** Whether the cells are whole numbers that count the rows, from 0 or 1. */
  counts = true;

  add(cell: string): void {
    if (this.numbers["."] && numberOf(cell, ".") === undefined) this.numbers["."] = false;
    if (this.numbers[","] && numberOf(cell, ",") === undefined) this.numbers[","] = false;
    if (this.truth && truthOf(cell) === undefined) this.truth = false;
    if (this.orders.length > 0) this.orders = this.orders.filter((order) => dateOf(cell, order) !== undefined);
    if (this.words.size < MOST_WORDS) this.words.add(cell);
    if (this.counts && Number(cell) !== this.values && Number(cell) !== this.values + 1) this.counts = false;
    this.longest = Math.max(this.longest, cell.length);
    this.values++;
  }
}

/** Names that say that a column numbers or names its rows. */
const IDENTIFIERS = /^(|unnamed: 0|row[ _.-]?(names?|id|num(ber)?)?|rownames?|index|obs\.?|nr\.?|no\.?|#|\d*)$/i;
/** What R calls a column of row names; a small x is a coordinate. */
const ROW_NAMES = /^X(\.?1)?$/;
const IDENTIFIED = /(^|[^a-z])(id|uuid|guid|key|code)$|[a-z](Id|ID)$/;

/** The decimal sign of a whole table: a comma where some column needs it and none needs the point. */
export function decimalOf(looks: readonly Look[]): Decimal {
  const need = (sign: Decimal, other: Decimal) =>
    looks.some((l) => l.values > 0 && l.numbers[sign] && !l.numbers[other]);
  return need(",", ".") && !need(".", ",") ? "," : ".";
}

export function kindOf(name: string, look: Look, decimal: Decimal): Kind {
  const { values, words } = look;
  if (values === 0) return "category";
  const distinct = words.size >= Math.min(values, MOST_WORDS);
  if (look.truth) return "boolean";
  if (look.numbers[decimal]) {
    const counting = look.counts && (IDENTIFIERS.test(name.trim()) || ROW_NAMES.test(name.trim()));
    return values > 2 && distinct && (counting || IDENTIFIED.test(name.trim())) ? "id" : "number";
  }
  if (look.orders.length > 0) return "date";
  if (distinct && values > 12) return look.longest > 40 ? "text" : "id";
  // Words recur in a category; where most occur once, and are long, it is prose.
  return words.size > Math.max(20, values / 2) ? "text" : "category";
}
