/** One recording for several threads: each with its own rows of the batch, or all of it with inputs of its own. */
import type { Memory } from "../core/host/memory.ts";
import { MOST_SLOTS } from "../core/host/team.ts";
import type { Plan } from "../core/plan/plan.ts";
import { flopsOf } from "../core/recording/cost.ts";
import type { Recorder } from "../core/recording/recorder.ts";
import { divide, type Shards } from "../core/recording/shards.ts";
import type { Part, Placed } from "./compiled.ts";
import type { Made } from "./layerRecorder.ts";
import type { Recording } from "./recipe.ts";

/**
 * Operations of a plan below which one thread is faster: some 50 µs of work, against some microseconds to wake and to wait
 * for another thread that is awake, and tens of them for one that is asleep.
 */
export const SHARED_WORK = 1.5e6;

const SLOT_MEMORY = 262_144;

/** How far threads may be apart, in sums: a power of two, in memory that stays in a second-level cache where sums are small. */
function slotsFor(slotBytes: number, sums: number): number {
  let count = 4;
  while (count < sums && count < MOST_SLOTS && 2 * count * slotBytes <= SLOT_MEMORY) count *= 2;
  return count;
}

const lines = (bytes: number): number => 64 * Math.ceil(bytes / 64);

export interface Sharing {
  readonly memory: Memory;
  readonly compile: (record: Recorder, shards?: Shards) => Plan;
  readonly madeWith: (record: Recorder) => Made;
  /** Operations from which a plan is shared. */
  readonly work: number;
}

/** The plans of a team, each thread with its own rows; undefined where one thread does better, or must do alone. */
export function shareOut<T>(
  { memory, compile, madeWith, work }: Sharing,
  rows: number,
  build: (rows: number) => Recording<T>,
): Placed<T> | undefined {
  const { parts: sizes, shards } = divide(rows, memory.threads);
  const [size = 0] = sizes;
  const last = sizes[sizes.length - 1] ?? 0;
  if (sizes.length < 2) return undefined;
  const { record, handles } = build(size);
  // A recording that is not of these rows, as an update of θ, is not shared.
  if (!record.inputs.every((t) => t.rows === size) || record.inputs.length === 0) return undefined;
  const made = madeWith(record);
  // Steps chosen for the whole batch are chosen in one place.
  if (made.grids.size > 0 || sizes.length * flopsOf(record.root) < work) return undefined;
  const { inputs } = record;
  const plan = compile(record, shards);
  const lastPlan = last === size ? plan : compile(build(last).record, shards);
  if (!plan.team || !lastPlan.team) return undefined;
  const parts: Part[] = [];
  let base = 0;
  for (const [t, rows] of sizes.entries()) {
    const own = t === sizes.length - 1 ? lastPlan : plan;
    parts.push({ first: t * size, rows, plan: own, base });
    base += lines(own.privateBytes);
  }
  const address = memory.load(plan);
  const lastAddress = lastPlan === plan ? address : memory.load(lastPlan);
  const table = memory.loadTable(
    parts.flatMap(({ plan: own, base }, t) => {
      const count = t === 0 ? plan.count : (own.team?.count ?? 0);
      return [own === plan ? address : lastAddress, count, base];
    }),
  );
  const slotBytes = lines(Math.max(16, plan.team.sumBytes));
  const slotCount = slotsFor(slotBytes, plan.team.sums);
  return {
    ...{ plan, handles, inputs, made, parts },
    team: { table, threads: sizes.length, slots: base, slotBytes, slotCount },
    privateBytes: base + sizes.length * slotCount * slotBytes,
    block: 0,
    addresses: [...new Set([address, lastAddress, table])],
  };
}

/** The plan of one thread for several, each with a block of its own: nothing joins what they compute. */
export function sideBySide<T>(memory: Memory, one: Placed<T>, rows: number, copies: number): Placed<T> {
  const { plan, addresses } = one;
  const [address = 0] = addresses;
  const bytes = lines(plan.privateBytes);
  const parts = Array.from({ length: copies }, (_, t) => ({ first: 0, rows, plan, base: t * bytes }));
  const table = memory.loadTable(parts.flatMap(({ base }) => [address, plan.count, base]));
  return {
    ...one,
    parts,
    team: { table, threads: copies, slots: 0, slotBytes: 0, slotCount: 0 },
    privateBytes: copies * bytes,
    addresses: [...addresses, table],
  };
}
