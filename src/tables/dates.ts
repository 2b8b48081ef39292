/** Dates as people write them → ISO 8601 text, which sorts by time; the order of day and month is one for a whole column. */

/** Order of the three numbers of a date. */
export type DateOrder = "ymd" | "dmy" | "mdy";

export const dateOrders: readonly DateOrder[] = ["ymd", "dmy", "mdy"];

const MONTHS = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"];
const TIME = /^(\d{1,2}):(\d{2})(?::(\d{2})(?:[.,]\d+)?)?\s*([ap]m)?\s*(z|utc|[+-]\d{2}:?\d{2})?$/i;

const two = (n: number): string => String(n).padStart(2, "0");

/** The ISO text of a cell, `YYYY-MM-DD` or with `THH:MM:SS`; undefined where it is no date in this order. */
export function dateOf(cell: string, order: DateOrder): string | undefined {
  if (cell.length < 6 || cell.length > 35) return undefined;
  const parts = /^(.*?\d{1,4})(?:[T ,]+(\d{1,2}:.*))?$/i.exec(cell);
  const day = parts?.[1] === undefined ? undefined : dayOf(parts[1].trim(), order);
  if (day === undefined) return undefined;
  if (parts?.[2] === undefined) return day;
  const time = TIME.exec(parts[2].trim());
  if (!time) return undefined;
  const afternoon = time[4]?.toLowerCase();
  const hour = (Number(time[1]) % (afternoon ? 12 : 24)) + (afternoon === "pm" ? 12 : 0);
  return `${day}T${two(hour)}:${time[2]}:${time[3] ?? "00"}`;
}

function dayOf(text: string, order: DateOrder): string | undefined {
  const numbers = /^(\d{1,4})[-/.](\d{1,2})[-/.](\d{1,4})$/.exec(text);
  if (numbers) {
    const [, a = "", b = "", c = ""] = numbers;
    if (a.length === 4) return order === "ymd" ? valid(Number(a), Number(b), Number(c)) : undefined;
    if (c.length < 2 || c.length === 3 || order === "ymd") return undefined;
    return order === "dmy" ? valid(year(c), Number(b), Number(a)) : valid(year(c), Number(a), Number(b));
  }
  const month = /^(\d{4})-(\d{2})$/.exec(text);
  if (month) return order === "ymd" ? valid(Number(month[1]), Number(month[2]), 1) : undefined;
  const named =
    /^(?:[a-z]{3,9},?\s+)?(?:(\d{1,2})[\s-]+([a-z]{3,9})|([a-z]{3,9})\.?\s+(\d{1,2}))[\s,-]+(\d{2}|\d{4})$/i;
  const words = named.exec(text);
  if (!words || order !== "ymd") return undefined;
  const name = (words[2] ?? words[3] ?? "").slice(0, 3).toLowerCase();
  return valid(year(words[5] ?? ""), MONTHS.indexOf(name) + 1, Number(words[1] ?? words[4]));
}

/** Two digits are of the years 1970 … 2069. */
const year = (digits: string): number =>
  digits.length === 4 ? Number(digits) : Number(digits) + (Number(digits) < 70 ? 2000 : 1900);

function valid(y: number, m: number, d: number): string | undefined {
  if (m < 1 || m > 12 || d < 1 || d > new Date(Date.UTC(2000 + (y % 400), m, 0)).getUTCDate()) return undefined;
  return `${String(y).padStart(4, "0")}-${two(m)}-${two(d)}`;
}

/** Seconds since 1970 of a date in ISO text. */
export const secondsOf = (iso: string): number => Date.parse(iso.includes("T") ? `${iso}Z` : `${iso}T00:00:00Z`) / 1000;
