/** What the builds with threads export beside index.ts: a run by a team, and the endless service of its other members. */
import { alsoUnsolved, plan_unsolved } from "./implicit/step";
import { plan_run } from "./plan";
import { awaitRun, begin, dismiss, end, endRun, runOf, useControl } from "./team";

/**
 * Runs a plan by `members` threads, a power of two up to 8. `control` is a block of 64 + 512 · 8 + 12 · 512 zero bytes,
 * aligned to 64, the same for every thread and every call. `table` holds for each of them plan, number of records and
 * private offset as u32; the parts of sums take `slotBytes` bytes each, in `slotCount` (a power of two up to
 * 512) slots a thread from `slots` on. Returns as
 * plan_run does, for thread 0's plan.
 */
export function team_run(
  shared: usize,
  private_: usize,
  table: usize,
  members: u32,
  slots: usize,
  slotBytes: usize,
  slotCount: u32,
  control: usize,
): u32 {
  useControl(control);
  for (let t: u32 = 1; t < members; t++) {
    const from = table + usize(t) * 12;
    const run = runOf(t);
    store<u32>(run, load<u32>(from));
    store<u32>(run, load<u32>(from, 4), 4);
    store<u32>(run, u32(private_) + load<u32>(from, 8), 8);
    store<u32>(run, u32(shared), 24);
  }
  begin(members, slots, slotBytes, slotCount);
  const failed = plan_run(shared, private_ + usize(load<u32>(table, 8)), usize(load<u32>(table)), load<u32>(table, 4));
  end();
  for (let t: u32 = 1; t < members; t++) alsoUnsolved(load<u32>(runOf(t), 28));
  return failed;
}

/** Serves as thread `thread` (1 … 7), one run after another; returns when let go. */
export function team_serve(control: usize, thread: u32): void {
  useControl(control);
  const run = runOf(thread);
  for (let number: u32 = 1; awaitRun(thread, number); number++) {
    plan_run(usize(load<u32>(run, 24)), usize(load<u32>(run, 8)), usize(load<u32>(run)), load<u32>(run, 4));
    store<u32>(run, plan_unsolved(), 28);
    endRun(thread, number);
  }
}

/** Lets thread `thread` go. */
export function team_dismiss(control: usize, thread: u32): void {
  useControl(control);
  dismiss(thread);
}
