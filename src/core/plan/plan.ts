/** A recording compiled to the bytes that `plan_run` replays: the record layout is that of assembly/plan.ts. */
import { Control, Layout, Team, Type } from "../../../assembly/opcodes.ts";
import type { Recorder } from "../recording/recorder.ts";
import { pause } from "../recording/sections.ts";
import type { Shards } from "../recording/shards.ts";
import {
  type Call,
  type Encoding,
  isLoop,
  type Loop,
  type Operation,
  type Scope,
  type Tensor,
} from "../recording/tensor.ts";
import { describeScope } from "./describe.ts";
import { type Fusion, fuse } from "./fuse.ts";
import { hoist } from "./hoist.ts";
import { type Parts, partsOf, setShards } from "./parts.ts";
import { type Address, Storage } from "./storage.ts";

const NONE = 0xffffffff;

/** A compiled recording, independent of where its blocks lie. */
export interface Plan {
  /** `count` call records. */
  readonly bytes: Uint8Array<ArrayBuffer>;
  readonly count: number;
  /** Size of the private block. */
  readonly privateBytes: number;
  /** Byte offset of a host-visible tensor in the private block; a tensor of another recording of the same kind will do. */
  offset(tensor: Tensor): number;
  /** Of a part of a batch: what a team needs to know. */
  readonly team: TeamPlan | undefined;
  /** The record at which each section starts: 0 alone where there is one only. */
  readonly sections: readonly number[];
  /** The recording as a readable listing. */
  describe(): string;
}

export interface TeamPlan {
  /** Records that threads other than the first run. */
  readonly count: number;
  /** Bytes of the largest sum over examples, and sums in one run. */
  readonly sumBytes: number;
  readonly sums: number;
}

/**
 * Compiles a complete recording. `copy` is the operation that moves a tensor where sharing memory is not possible,
 * `fusions` are the rules by which calls become one. With `shards`, the recording's rows are one thread's part of a batch;
 * a recording that has no parts then gives a plan without `team`, which is of no use.
 */
export function compile(
  record: Recorder,
  copy: Operation,
  fusions: readonly Fusion[] = [],
  shards?: Shards | undefined,
): Plan {
  fuse(record, fusions);
  hoist(record);
  const sums = shards && partsOf(record);
  if (sums && shards) setShards(sums, shards);
  const storage = new Storage(record, copy);
  // Again, now that copies are recorded and it is known what lies in the shared block.
  const parts = sums && partsOf(record, (t) => storage.shared(t));
  const records: Encoded[] = [];
  const sections = [0];
  encodeScope(record.root, [], storage, record, records, sections, parts);
  const visible = [...record.inputs, ...record.kept];
  const offsets = new Map(visible.map((t) => [t.id, storage.address(t, []).offset]));
  const bytes = new Uint8Array(records.length * Layout.Record);
  const view = new DataView(bytes.buffer);
  records.forEach((r, index) => {
    write(view, index * Layout.Record, r, record.precision === "f32" ? Type.F32 : Type.F64);
  });
  return {
    bytes,
    count: records.length,
    privateBytes: storage.privateBytes,
    offset: (tensor) => offsets.get(tensor.id) as number,
    team: parts && {
      count: recordsIn(record.root, parts.shared),
      sumBytes: largest(parts.sums, storage),
      sums: sumsIn(record.root, parts.sums),
    },
    sections,
    describe: () => describeScope(record, storage),
  };
}

interface Encoded {
  readonly op: number;
  /** Who of a team runs it, as bits of the record. */
  readonly team: number;
  readonly sizes: readonly number[];
  readonly coefficients: readonly number[];
  readonly operands: readonly (Address | undefined)[];
}

/** Records of the first `nodes` nodes of a scope. */
function recordsIn(scope: Scope, nodes = scope.nodes.length): number {
  return scope.nodes.slice(0, nodes).reduce((n, node) => n + 1 + (isLoop(node) ? recordsIn(node.body) : 0), 0);
}

/** Sums that one run of a scope computes. */
function sumsIn(scope: Scope, sums: ReadonlySet<Call>): number {
  return scope.nodes.reduce(
    (n, node) => n + (isLoop(node) ? node.count * sumsIn(node.body, sums) : sums.has(node) ? 1 : 0),
    0,
  );
}

function largest(sums: ReadonlySet<Call>, storage: Storage): number {
  return Math.max(0, ...[...sums].map(({ outputs }) => storage.bytes(outputs[0] as Tensor)));
}

function encodeScope(
  scope: Scope,
  loops: Loop[],
  storage: Storage,
  record: Recorder,
  records: Encoded[],
  sections: number[],
  parts?: Parts,
): void {
  const guards: { at: number; skip: number }[] = [];
  scope.nodes.forEach((node) => {
    if (isLoop(node)) {
      const at = records.length;
      records.push({ op: Control.Loop, team: 0, sizes: [], coefficients: [], operands: [] });
      encodeScope(node.body, [...loops, node], storage, record, records, sections, parts);
      const sizes = [node.count, records.length - at - 1];
      records[at] = { op: Control.Loop, team: 0, sizes, coefficients: [], operands: [] };
    } else if (node.operation === pause) {
      sections.push(records.length);
    } else {
      const encoding = storage.encoding(node);
      if (encoding.op === Control.Guard) guards.push({ at: records.length, skip: 0 });
      const team = parts?.sums.has(node) ? Team.Sum : parts?.first.has(node) ? Team.First : 0;
      records.push({ ...encodeCall(node, encoding, loops, storage), team });
    }
  });
  // A guard skips everything that follows it in its scope.
  for (const { at } of guards) {
    const guard = records[at] as Encoded;
    records[at] = { ...guard, sizes: [0, records.length - at - 1] };
  }
}

function encodeCall(call: Call, encoding: Encoding, loops: readonly Loop[], storage: Storage): Omit<Encoded, "team"> {
  const operands = encoding.operands.map((t) => {
    if (t === null) return undefined;
    return t === "scratch" ? storage.scratchAddress(call) : storage.address(t, loops);
  });
  return { op: encoding.op, sizes: encoding.sizes, coefficients: encoding.coefficients, operands };
}

function write(view: DataView, at: number, r: Encoded, type: Type): void {
  view.setUint16(at + Layout.Op, r.op, true);
  view.setUint16(at + Layout.Type, type, true);
  r.sizes.forEach((n, k) => {
    view.setUint32(at + Layout.Sizes + 4 * k, n, true);
  });
  r.coefficients.forEach((c, k) => {
    view.setFloat64(at + Layout.Coefficients + 8 * k, c, true);
  });
  let shared: number = r.team;
  for (let k = 0; k < Layout.OperandCount; k++) {
    const address = r.operands[k];
    const operand = at + Layout.Operands + k * Layout.OperandBytes;
    view.setUint32(operand, address ? address.offset : NONE, true);
    view.setInt32(operand + 4, address?.strides[0] ?? 0, true);
    view.setInt32(operand + 8, address?.strides[1] ?? 0, true);
    if (address?.shared) shared |= 1 << k;
  }
  view.setUint32(at + Layout.Shared, shared, true);
}
