/** Everything that reads bytes from outside, each with some good files to start from. */
import { BlobHeader, BlobPlan, Control, Layout } from "../../assembly/opcodes.ts";
import { OdenetError } from "../../src/core/errors.ts";
import { instantiateCore } from "../../src/core/host/load.ts";
import { sealBlob } from "../../src/core/plan/blob.ts";
import { compile } from "../../src/core/plan/plan.ts";
import { readCsv, readIdx, readNpy } from "../../src/data/index.ts";
import { readOnnx, writeOnnx } from "../../src/formats/onnx.ts";
import { fromNpz, fromOnnx, fromTfjs, readNpz, toNpz, toOnnx, toTfjs, writeNpy } from "../../src/formats.ts";
import {
  conv2d,
  createModel,
  dense,
  flatten,
  linear,
  maxPool2d,
  modelFromBytes,
  network,
  resNet,
} from "../../src/index.ts";
import { engineOf } from "../../src/model/model.ts";
import { recordScores } from "../../src/model/recordings.ts";
import { copy } from "../../src/operations/fill.ts";

export interface Target {
  readonly name: string;
  readonly seeds: readonly Uint8Array[];
  /** Reads, and gives back what it took. Throws OdenetError for what it refuses. */
  read(bytes: Uint8Array): unknown;
}

const text = (lines: string): Uint8Array => new TextEncoder().encode(lines);

/** A model reader: what it loads must work. */
const loading =
  (load: (bytes: Uint8Array) => Promise<{ get(): ArrayLike<number>; dispose(): void }>) =>
  async (bytes: Uint8Array) => {
    const model = await load(bytes);
    const finite = Array.from(model.get()).every(Number.isFinite);
    model.dispose();
    if (!finite) throw new Error("a model with parameters that are not finite");
  };

/** json, its length before it, then the weights: two files as one string of bytes. */
const pack = ({ json, weights }: { json: string; weights: Uint8Array }): Uint8Array => {
  const head = text(json);
  return Uint8Array.from([head.length >> 8, head.length & 255, ...head, ...weights]);
};
const unpack = (bytes: Uint8Array) => {
  const length = ((bytes[0] ?? 0) << 8) | (bytes[1] ?? 0);
  return { json: new TextDecoder().decode(bytes.subarray(2, 2 + length)), weights: bytes.slice(2 + length) };
};

/** An IDX file of u8. */
const idx = (...shape: number[]): Uint8Array => {
  const values = shape.reduce((a, b) => a * b, 1);
  return Uint8Array.from([0, 0, 8, shape.length, ...shape.flatMap((n) => [0, 0, 0, n]), ...new Array(values).fill(7)]);
};

export async function targets(): Promise<Target[]> {
  const nets = [
    resNet({ input: 2, outputs: 2, width: 3, steps: 2 }),
    network({ input: [1, 4, 4], layers: [conv2d(2), maxPool2d(), flatten(), dense(3), linear(2)] }),
  ];
  const models = await Promise.all(nets.map((net) => createModel(net)));
  const onnx = models.map((model) => toOnnx(model));
  const anonymous = onnx.map((bytes) => writeOnnx({ ...readOnnx(bytes), metadata: new Map() }, "other"));
  const keras = models.map((model) => toTfjs(model));
  const chain = keras.slice(1).map(({ json, weights }) => {
    const { userDefinedMetadata: _, ...rest } = JSON.parse(json);
    return { json: JSON.stringify(rest), weights };
  });
  const list = [
    {
      name: "safetensors",
      seeds: models.map((model) => model.toBytes()),
      read: loading((bytes) => modelFromBytes(bytes)),
    },
    { name: "onnx", seeds: [...onnx, ...anonymous], read: loading((bytes) => fromOnnx(bytes)) },
    {
      name: "npz",
      seeds: models.map((model) => toNpz(model)),
      async read(bytes: Uint8Array) {
        readNpz(bytes);
        await loading((given) => fromNpz(given))(bytes);
      },
    },
    { name: "tfjs", seeds: [...keras, ...chain].map(pack), read: loading((bytes) => fromTfjs(unpack(bytes))) },
    {
      name: "npy",
      seeds: [writeNpy([2, 3], Float32Array.of(1, 2, 3, 4, 5, 6)), writeNpy([4], new Float64Array(4))],
      read: readNpy,
    },
    { name: "idx", seeds: [idx(2, 3, 3), idx(5)], read: readIdx },
    {
      name: "csv",
      seeds: ["a,b,label\n1,2,x\n3,4.5,y\n", '1;2;"u, v"\n3;4;w\n', "x\ty\n1e3\t-2\n"].map(text),
      read: (bytes: Uint8Array) => readCsv(new TextDecoder().decode(bytes)),
    },
    { name: "plan", seeds: models.map(planOf), read: runChecked },
    { name: "blob", seeds: models.map((model) => model.toPlan({ batch: 2, training: true })), read: runBlob },
  ];
  for (const model of models) model.dispose();
  return list;
}

const PRIVATE = 1 << 16;
/** Enough for the addresses in the seeds, which count from the beginning of their own core's memory. */
const SHARED = 1 << 20;

function planOf(model: Parameters<typeof engineOf>[0]): Uint8Array {
  const { record } = recordScores(engineOf(model), 2);
  return compile(record, copy).bytes;
}

const core = instantiateCore();
/** The three blocks lie behind everything that is the core's own. */
const shared = core.memory.grow((SHARED + 2 * PRIVATE) / 65536) * 65536;
const own = shared + SHARED;
const plan = own + PRIVATE;
type PlanCall = (shared: number, own: number, plan: number, count: number) => number;

/** How often the records repeat at most: a plan ends, but one of many repetitions may take hours, and is left alone. */
function repetitions(records: Uint8Array): number {
  const view = new DataView(records.buffer, records.byteOffset, records.byteLength);
  let all = 1;
  for (let record = 0; record + Layout.Record <= records.length; record += Layout.Record) {
    const op: number = view.getUint16(record + Layout.Op, true);
    if (op === Control.Loop) all *= Math.max(1, view.getUint32(record + Layout.Sizes, true));
  }
  return all;
}

/** A plan that plan_check accepts runs within its blocks. */
function runChecked(bytes: Uint8Array): void {
  const count = Math.floor(bytes.length / Layout.Record);
  new Uint8Array(core.memory.buffer).fill(0, shared).set(bytes.subarray(0, PRIVATE), plan);
  if ((core.plan_check as PlanCall)(SHARED, PRIVATE, plan, count) !== 0) return;
  if (repetitions(bytes) > 1000) return;
  (core.plan_run as PlanCall)(shared, own, plan, count);
}

const host = instantiateCore() as ReturnType<typeof instantiateCore> & {
  arena_alloc(bytes: number): number;
  arena_free(at: number): void;
  blob_check(at: number, bytes: number): number;
  plan_run: PlanCall;
};

/** What a host of toPlan's blobs does with one from an enemy, whose checksum is right: every plan that it has is run. */
function runBlob(given: Uint8Array): void {
  const bytes = given.length < BlobHeader.Size ? given : sealBlob(given.slice());
  const at = host.arena_alloc(bytes.length);
  new Uint8Array(host.memory.buffer).set(bytes, at);
  try {
    const fault = host.blob_check(at, bytes.length);
    if (fault !== 0) throw new OdenetError("file", `blob: expected one that keeps to itself, got fault ${fault}.`);
    runPlans(bytes, at);
  } finally {
    host.arena_free(at);
  }
}

function runPlans(bytes: Uint8Array, at: number): void {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const word = (offset: number): number => view.getUint32(offset, true);
  const privateBytes = word(BlobHeader.PrivateBytes);
  if (privateBytes > SHARED) throw new OdenetError("memory", `blob: expected a small one, got ${privateBytes} bytes.`);
  const hidden = host.arena_alloc(privateBytes);
  new Uint8Array(host.memory.buffer).fill(0, hidden, hidden + privateBytes);
  for (let k = 0; k < word(BlobHeader.PlanCount); k++) {
    const entry = word(BlobHeader.Plans) + BlobPlan.Size * k;
    const [records, count] = [word(entry + BlobPlan.Records), word(entry + BlobPlan.Count)];
    if (repetitions(bytes.subarray(records, records + count * Layout.Record)) > 1000) continue;
    host.plan_run(at + word(BlobHeader.Shared), hidden, at + records, count);
  }
  host.arena_free(hidden);
}
