/**
 * Plans as one block of bytes for hosts without JavaScript: copied anywhere in the core's memory, aligned to 16, they run
 * there. All words are u32, little-endian; every section begins at a multiple of 16, at an offset from the first byte.
 *
 *   header   magic, version, bytes, checksum, type of numbers, rows of a batch, sizes, where the tables are
 *   plans    { name, records, count }
 *   tensors  { name, place, offset, type, count, rows, columns, stride }: what the host writes and reads
 *   names    UTF-8, each ended by a zero
 *   shared   parameters, scalars, constants, gradient, the optimizer's state, with their content
 *   records  of each plan, see assembly/record.ts
 *
 * The words are named in assembly/opcodes.ts (BlobHeader, BlobPlan, BlobTensor), and so in core.h.
 */
import { Abi, Blob, BlobHeader, BlobPlan, BlobTensor, Place, Type } from "../../../assembly/opcodes.ts";
import type { Precision } from "../recording/tensor.ts";

/** A tensor that the host may write or read. */
export interface BlobEntry {
  readonly name: string;
  readonly place: "shared" | "private";
  /** From the beginning of its block, in bytes. */
  readonly offset: number;
  readonly precision: Precision;
  readonly count: number;
  readonly rows: number;
  readonly columns: number;
  /** Numbers from one row to the next. */
  readonly stride: number;
}

export interface BlobContent {
  readonly precision: Precision;
  /** Examples of a batch. */
  readonly rows: number;
  readonly privateBytes: number;
  readonly plans: readonly { readonly name: string; readonly records: Uint8Array; readonly count: number }[];
  readonly tensors: readonly BlobEntry[];
  readonly shared: Uint8Array;
}

const aligned = (bytes: number): number => Blob.Align * Math.ceil(bytes / Blob.Align);
const typeOf = (precision: Precision): Type => (precision === "f32" ? Type.F32 : Type.F64);

/** FNV-1a: h <- (h xor byte) · 16777619 mod 2³². It finds damage, not malice. */
function checksum(bytes: Uint8Array): number {
  let hash = 0x811c9dc5;
  for (const byte of bytes) hash = Math.imul(hash ^ byte, 0x01000193);
  return hash >>> 0;
}

/** Writes the checksum of what the blob holds. */
export function sealBlob<T extends Uint8Array>(blob: T): T {
  const hash = checksum(blob.subarray(BlobHeader.Type));
  new DataView(blob.buffer, blob.byteOffset, blob.length).setUint32(BlobHeader.Checksum, hash, true);
  return blob;
}

/** All names, one after another, and where each begins. */
function namesOf(names: readonly string[]): { bytes: Uint8Array; starts: number[] } {
  const starts: number[] = [];
  let length = 0;
  const encoder = new TextEncoder();
  const parts = names.map((name) => {
    const part = encoder.encode(`${name}\0`);
    starts.push(length);
    length += part.length;
    return part;
  });
  const bytes = new Uint8Array(length);
  parts.forEach((part, k) => {
    bytes.set(part, starts[k]);
  });
  return { bytes, starts };
}

export function writeBlob({
  precision,
  rows,
  privateBytes,
  plans,
  tensors,
  shared,
}: BlobContent): Uint8Array<ArrayBuffer> {
  const names = namesOf([...plans, ...tensors].map(({ name }) => name));
  let end: number = BlobHeader.Size;
  const section = (bytes: number): number => {
    const at = end;
    end += aligned(bytes);
    return at;
  };
  const at = {
    plans: section(plans.length * BlobPlan.Size),
    tensors: section(tensors.length * BlobTensor.Size),
    names: section(names.bytes.length),
    shared: section(shared.length),
    records: plans.map(({ records }) => section(records.length)),
  };
  const blob = new Uint8Array(end);
  const view = new DataView(blob.buffer);
  const put = (from: number, words: Readonly<Record<number, number>>): void => {
    for (const [offset, word] of Object.entries(words)) view.setUint32(from + Number(offset), word, true);
  };
  blob.set(names.bytes, at.names);
  blob.set(shared, at.shared);
  plans.forEach(({ records, count }, k) => {
    blob.set(records, at.records[k]);
    put(at.plans + k * BlobPlan.Size, {
      [BlobPlan.Name]: at.names + (names.starts[k] as number),
      [BlobPlan.Records]: at.records[k] as number,
      [BlobPlan.Count]: count,
    });
  });
  tensors.forEach((tensor, k) => {
    put(at.tensors + k * BlobTensor.Size, {
      [BlobTensor.Name]: at.names + (names.starts[plans.length + k] as number),
      [BlobTensor.Place]: tensor.place === "shared" ? Place.Shared : Place.Private,
      [BlobTensor.Offset]: tensor.offset,
      [BlobTensor.Type]: typeOf(tensor.precision),
      [BlobTensor.Count]: tensor.count,
      [BlobTensor.Rows]: tensor.rows,
      [BlobTensor.Columns]: tensor.columns,
      [BlobTensor.Stride]: tensor.stride,
    });
  });
  put(0, {
    [BlobHeader.Magic]: Blob.Magic,
    [BlobHeader.Version]: Abi.Version,
    [BlobHeader.Bytes]: end,
    [BlobHeader.Type]: typeOf(precision),
    [BlobHeader.Rows]: rows,
    [BlobHeader.Shared]: at.shared,
    [BlobHeader.SharedBytes]: shared.length,
    [BlobHeader.PrivateBytes]: privateBytes,
    [BlobHeader.Plans]: at.plans,
    [BlobHeader.PlanCount]: plans.length,
    [BlobHeader.Tensors]: at.tensors,
    [BlobHeader.TensorCount]: tensors.length,
    [BlobHeader.Names]: at.names,
    [BlobHeader.NameBytes]: names.bytes.length,
  });
  return sealBlob(blob);
}
