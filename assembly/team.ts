/**
 * A team: threads that run one plan together, each on its own rows of a batch, over one shared memory. In the builds with
 * threads only; the others contain none of it.
 *
 * A sum over examples is put into a slot by every thread; thread 0 adds the slots in the binary tree that one thread alone
 * would follow, so that the bits are the same. It does so in order, as soon as all parts are there, and waits only where it
 * needs the sum or has no slot left: threads meet rarely, and on a busy machine need not run at the same time. What depends
 * on such a sum is computed by thread 0 alone.
 *
 * The control block has a head, a block for each of eight threads, and the sums that thread 0 has yet to add. A word that
 * threads wait for is followed by the number of those that sleep.
 *   head      0 sums that thread 0 has added in this run
 *   thread    0 runs begun   64 sums put into slots in this run   128 runs ended   192 the run   256 a record
 *   sums      of { record, address, address of the weight }, one for each slot
 */
import { Layout, Type } from "./opcodes";
import { Op } from "./ops.generated";
import { addPartials } from "./partials";
import { Call, operandAt, shapeOf } from "./record";
import { rowBytes } from "./rows";
import { kernelBytes } from "./windows";

const HEAD: u32 = 64;
const THREAD: u32 = 512;
const BEGUN: usize = 0;
const GIVEN: usize = 64;
const ENDED: usize = 128;
const RUN: usize = 192;
const RECORD: usize = 256;
const SUMS: u32 = HEAD + 8 * THREAD;

/** Looks at a word before sleeping: some 20 µs between sums, some 100 µs between runs, while the host fills the next batch. */
const SPINS: u32 = 20000;
const IDLE_SPINS: u32 = 100000;

// The control block, this thread, and the run at hand. Globals belong to one instance, so threads do not share them.
let control: usize = 0;
let self: u32 = 0;
let members: u32 = 1;
let slots: usize = 0;
let slotBytes: usize = 0;
/** A power of two. */
let slotCount: u32 = 0;
/** Parts that this thread has given in this run, and sums that thread 0 has added. */
let given: u32 = 0;
let added: u32 = 0;

function line(thread: u32): usize {
  return control + HEAD + usize(thread) * THREAD;
}

/** Waits until the word has come to `target`: looking at first, then asleep. */
function awaitWord(word: usize, target: u32, spins: u32): void {
  for (let n: u32 = 0; n < spins; n++) if (i32(atomic.load<u32>(word) - target) >= 0) return;
  atomic.add<u32>(word + 4, 1);
  for (;;) {
    const seen = atomic.load<u32>(word);
    if (i32(seen - target) >= 0) break;
    atomic.wait<i32>(word, i32(seen), -1);
  }
  atomic.sub<u32>(word + 4, 1);
}

function post(word: usize, value: u32): void {
  atomic.store<u32>(word, value);
  if (atomic.load<u32>(word + 4) != 0) atomic.notify(word, -1);
}

// --- one run ----------------------------------------------------------------------------------------------------------

/** Whether this thread runs a plan with others. */
export function together(): bool {
  return members > 1;
}

export function isFirst(): bool {
  return self == 0;
}

/** The record with its sum redirected to the next slot of this thread, once that is free. */
export function ownPart(call: Call): Call {
  if (given >= slotCount) {
    if (self == 0) addUntil(given - slotCount + 1);
    else awaitWord(control, given - slotCount + 1, SPINS);
  }
  const copy = line(self) + RECORD;
  memory.copy(copy, changetype<usize>(call), usize(Layout.Record));
  const part = changetype<Call>(copy);
  const operand = operandAt(part, 0);
  store<u32>(operand, u32(slot(self, given)));
  store<u32>(operand, 0, 4);
  store<u32>(operand, 0, 8);
  part.shared |= 1;
  // A loss without its weight, every other sum without what was there.
  part.n3 = i32(call.op) == Op.Loss ? 1 : 0;
  return part;
}

function slot(thread: u32, number: u32): usize {
  return slots + (usize(thread) * slotCount + (number & (slotCount - 1))) * slotBytes;
}

/** Bytes of a sum over examples. */
function sumBytes<T extends number>(call: Call): usize {
  if (i32(call.op) == Op.ConvWeight) return kernelBytes<T>(shapeOf(call), call.n1, call.n2);
  const rows: u32 = i32(call.op) == Op.ProductTN ? call.n0 : 1;
  return usize(rows) * rowBytes<T>(call.n1);
}

/** Hands this thread's part over; the sum is for `out`, with the record's beta or the weight. */
export function givePart(call: Call, out: usize, weight: usize): void {
  if (self != 0) {
    post(line(self) + GIVEN, ++given);
    return;
  }
  const sum = sumAt(given++);
  store<u32>(sum, u32(changetype<usize>(call)));
  store<u32>(sum, u32(out), 4);
  store<u32>(sum, u32(weight), 8);
  while (added != given && allGiven(added + 1)) addNext();
}

function sumAt(number: u32): usize {
  return control + SUMS + usize(number & (slotCount - 1)) * 12;
}

function allGiven(count: u32): bool {
  for (let t: u32 = 1; t < members; t++) if (i32(atomic.load<u32>(line(t) + GIVEN) - count) < 0) return false;
  return true;
}

/** Thread 0 adds all sums of which it has given its own part. */
export function addAll(): void {
  addUntil(given);
}

function addUntil(count: u32): void {
  while (added < count) {
    for (let t: u32 = 1; t < members; t++) awaitWord(line(t) + GIVEN, added + 1, SPINS);
    addNext();
  }
}

function addNext(): void {
  const sum = sumAt(added);
  const call = changetype<Call>(usize(load<u32>(sum)));
  const out = usize(load<u32>(sum, 4));
  const parts = slot(0, added);
  const stride = usize(slotCount) * slotBytes;
  if (i32(call.op) == Op.Loss) {
    addPartials<f64>(parts, parts, stride, members, 16, 0);
    store<f64>(out, load<f64>(usize(load<u32>(sum, 8))) * load<f64>(parts));
  } else {
    const beta = i32(call.n3);
    if (call.type == u16(Type.F32)) addPartials<f32>(out, parts, stride, members, sumBytes<f32>(call), beta);
    else addPartials<f64>(out, parts, stride, members, sumBytes<f64>(call), beta);
  }
  post(control, ++added);
}

function enter(thread: u32, count: u32, at: usize, bytes: usize, number: u32): void {
  self = thread;
  members = count;
  slots = at;
  slotBytes = bytes;
  slotCount = number;
  given = 0;
  added = 0;
}

// --- runs one after another -------------------------------------------------------------------------------------------

/** Zeroed memory for so many threads, aligned to 64 bytes, becomes the control block. */
export function useControl(address: usize): void {
  control = address;
}

/** Where the next run of a thread is described: plan, number of records, private base, …; see threads.ts. */
export function runOf(thread: u32): usize {
  return line(thread) + RUN;
}

/** Starts a run of `count` threads as thread 0; those of the others were described at `runOf`. */
export function begin(count: u32, at: usize, bytes: usize, number: u32): void {
  atomic.store<u32>(control, 0);
  for (let t: u32 = 1; t < count; t++) {
    const other = line(t);
    atomic.store<u32>(other + GIVEN, 0);
    store<u32>(other + RUN, count, 12);
    store<u32>(other + RUN, u32(at), 16);
    store<u32>(other + RUN, u32(bytes), 20);
    store<u32>(other + RUN, number, 32);
    post(other + BEGUN, atomic.load<u32>(other + BEGUN) + 1);
  }
  enter(0, count, at, bytes, number);
}

/** Ends a run as thread 0: waits for the others. */
export function end(): void {
  addAll();
  for (let t: u32 = 1; t < members; t++) awaitWord(line(t) + ENDED, atomic.load<u32>(line(t) + BEGUN), SPINS);
  members = 1;
}

/** Waits for run number `run` as another thread; false when there is none any more. */
export function awaitRun(thread: u32, run: u32): bool {
  const at = line(thread);
  awaitWord(at + BEGUN, run, IDLE_SPINS);
  if (load<u32>(at + RUN) == 0) return false;
  const told = at + RUN;
  enter(thread, load<u32>(told, 12), usize(load<u32>(told, 16)), usize(load<u32>(told, 20)), load<u32>(told, 32));
  return true;
}

export function endRun(thread: u32, run: u32): void {
  post(line(thread) + ENDED, run);
}

/** Lets a thread go: a run without a plan. */
export function dismiss(thread: u32): void {
  const at = line(thread);
  store<u32>(at + RUN, 0);
  post(at + BEGUN, atomic.load<u32>(at + BEGUN) + 1);
}
