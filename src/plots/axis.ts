/** Scales and ticks: linear or logarithmic, as many labels as there is room for. */
import { format } from "d3-format";
import { scaleLinear, scaleLog } from "d3-scale";
import { OdenetError } from "../core/errors.ts";

export interface AxisOptions {
  /** What is shown, with its unit. */
  label?: string;
  /** Default `"linear"`. */
  scale?: "linear" | "log";
  /** First and last value; default from the data. */
  domain?: readonly [number, number];
}

export interface Tick {
  readonly value: number;
  readonly label: string;
}

export interface AxisScale {
  (value: number): number;
  readonly domain: readonly [number, number];
  readonly log: boolean;
  readonly ticks: readonly Tick[];
}

/** A scale onto pixels `range` with about `count` ticks. */
export function axisScale(
  options: AxisOptions,
  data: readonly [number, number],
  range: [number, number],
  count: number,
): AxisScale {
  const log = options.scale === "log";
  const domain = checked(options.domain ?? data, log);
  const scale = log ? scaleLog(domain, range) : scaleLinear(domain, range);
  const at = (value: number): number => (log && !(value > 0) ? Number.NaN : scale(value));
  const ticks = log ? logTicks(domain, count) : linearTicks(domain, count);
  return Object.assign(at, { domain, log, ticks });
}

function checked([from, to]: readonly [number, number], log: boolean): [number, number] {
  if (!Number.isFinite(from) || !Number.isFinite(to) || (log && !(from > 0))) {
    throw new OdenetError(
      "value",
      `figure: expected finite ${log ? "positive " : ""}values on an axis, got from ${from} to ${to}. Leave out what is not, or set domain.`,
    );
  }
  if (from !== to) return [from, to];
  return log ? [from / 2, from * 2] : [from - (Math.abs(from) || 1) / 2, from + (Math.abs(from) || 1) / 2];
}

function linearTicks(domain: readonly [number, number], count: number): Tick[] {
  const scale = scaleLinear(domain, [0, 1]);
  const values = scale.ticks(count);
  const most = Math.max(...values.map(Math.abs), 0);
  const least = Math.min(...values.filter((v) => v !== 0).map(Math.abs));
  const show = most >= 1e5 || (most < 1e-3 && least < 1e-3) ? scientific : scale.tickFormat(count);
  return values.map((value) => ({ value, label: minus(show(value)) }));
}

/** Powers of ten, every one, or every second, third …; within less than two decades linear steps as well. */
function logTicks([from, to]: readonly [number, number], count: number): Tick[] {
  const [low, high] = [Math.ceil(Math.log10(from) - 1e-9), Math.floor(Math.log10(to) + 1e-9)];
  const powers = high - low + 1;
  if (powers < 3)
    return scaleLog([from, to], [0, 1])
      .ticks(count)
      .filter(sparse)
      .map((value) => ({ value, label: plain(value) }));
  const every = Math.max(1, Math.ceil(powers / Math.max(2, count)));
  return Array.from({ length: powers }, (_, k) => low + k)
    .filter((p) => p % every === 0)
    .map((p) => ({ value: 10 ** p, label: power(p) }));
}

const sparse = (value: number): boolean => {
  const leading = value / 10 ** Math.floor(Math.log10(value) + 1e-9);
  return [1, 2, 5].some((d) => Math.abs(leading - d) < 1e-6);
};

const SUPERSCRIPTS = "⁰¹²³⁴⁵⁶⁷⁸⁹";

function power(p: number): string {
  if (p === 0) return "1";
  if (p === 1) return "10";
  if (p === 2) return "100";
  const digits = [...String(Math.abs(p))].map((d) => SUPERSCRIPTS[Number(d)]).join("");
  return `10${p < 0 ? "⁻" : ""}${digits}`;
}

function scientific(value: number): string {
  if (value === 0) return "0";
  const p = Math.floor(Math.log10(Math.abs(value)) + 1e-12);
  const leading = Math.round((value / 10 ** p) * 100) / 100;
  return leading === 1 ? power(p) : `${leading}·${power(p)}`;
}

const plainFormat = format(".3~r");
const minus = (text: string): string => text.replace(/^-/, "−");

/** A number as a label: three digits, powers of ten where it is very large or small. */
export function plain(value: number): string {
  if (value === 0) return "0";
  const size = Math.abs(value);
  return minus(size >= 1e5 || size < 1e-3 ? scientific(value) : plainFormat(value));
}

/** The least and greatest finite number (positive, for a logarithmic axis). */
export function extent(values: Iterable<number>, log = false): [number, number] {
  let from = Number.POSITIVE_INFINITY;
  let to = Number.NEGATIVE_INFINITY;
  for (const v of values) {
    if (!Number.isFinite(v) || (log && !(v > 0))) continue;
    if (v < from) from = v;
    if (v > to) to = v;
  }
  return from <= to ? [from, to] : log ? [0.1, 1] : [0, 1];
}

/** A little room at both ends. */
export function padded([from, to]: readonly [number, number], log = false, share = 0.05): [number, number] {
  if (log) {
    const factor = (to / from) ** share || 1;
    return [from / factor, to * factor];
  }
  const room = (to - from) * share;
  return [from - room, to + room];
}
