/** A recording compiled to the bytes that `plan_run` replays: the record layout is that of assembly/plan.ts. */
import { Layout, Op, Type } from "../../assembly/opcodes.ts";
import { describeScope } from "./describe.ts";
import { type Fusion, fuse } from "./fuse.ts";
import type { Recorder } from "./recorder.ts";
import { type Address, Storage } from "./storage.ts";
import { type Call, type Encoding, isLoop, type Loop, type Operation, type Scope, type Tensor } from "./tensor.ts";

const NONE = 0xffffffff;

/** A compiled recording, independent of where its blocks lie. */
export interface Plan {
  /** `count` call records. */
  readonly bytes: Uint8Array<ArrayBuffer>;
  readonly count: number;
  /** Size of the private block. */
  readonly privateBytes: number;
  /** Byte offset of a host-visible tensor in the private block. */
  offset(tensor: Tensor): number;
  /** The recording as a readable listing. */
  describe(): string;
}

/**
 * Compiles a complete recording. `copy` is the operation that moves a tensor where sharing memory is not possible,
 * `fusions` are the rules by which calls become one.
 */
export function compile(record: Recorder, copy: Operation, fusions: readonly Fusion[] = []): Plan {
  fuse(record, fusions);
  const storage = new Storage(record, copy);
  const records: Encoded[] = [];
  encodeScope(record.root, [], storage, record, records);
  const visible = [...record.inputs, ...record.kept];
  const offsets = new Map(visible.map((t) => [t, storage.address(t, []).offset]));
  const bytes = new Uint8Array(records.length * Layout.Record);
  const view = new DataView(bytes.buffer);
  records.forEach((r, index) => {
    write(view, index * Layout.Record, r, record.precision === "f32" ? Type.F32 : Type.F64);
  });
  return {
    bytes,
    count: records.length,
    privateBytes: storage.privateBytes,
    offset: (tensor) => offsets.get(tensor) as number,
    describe: () => describeScope(record, storage),
  };
}

interface Encoded {
  readonly op: Op;
  readonly sizes: readonly number[];
  readonly coefficients: readonly number[];
  readonly operands: readonly (Address | undefined)[];
}

function encodeScope(scope: Scope, loops: Loop[], storage: Storage, record: Recorder, records: Encoded[]): void {
  const guards: { at: number; skip: number }[] = [];
  scope.nodes.forEach((node) => {
    if (isLoop(node)) {
      const at = records.length;
      records.push({ op: Op.Loop, sizes: [], coefficients: [], operands: [] });
      encodeScope(node.body, [...loops, node], storage, record, records);
      records[at] = { op: Op.Loop, sizes: [node.count, records.length - at - 1], coefficients: [], operands: [] };
    } else {
      const encoding = node.operation.encode(node, record.precision);
      if (encoding.op === Op.Guard) guards.push({ at: records.length, skip: 0 });
      records.push(encodeCall(node, encoding, loops, storage));
    }
  });
  // A guard skips everything that follows it in its scope.
  for (const { at } of guards) {
    const guard = records[at] as Encoded;
    records[at] = { ...guard, sizes: [0, records.length - at - 1] };
  }
}

function encodeCall(call: Call, encoding: Encoding, loops: readonly Loop[], storage: Storage): Encoded {
  const operands = encoding.operands.map((t) => {
    if (t === null) return undefined;
    return t === "scratch" ? storage.scratchAddress(call) : storage.address(t, loops);
  });
  return { op: encoding.op, sizes: encoding.sizes, coefficients: encoding.coefficients ?? [], operands };
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
  let shared = 0;
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
