/** blob_check: whether a blob is whole, and what it says of itself stays inside it. A host may then use it unread. */
import { plan_check } from "./check";
import { Abi, Blob, BlobFault, BlobHeader, BlobPlan, BlobTensor, Layout, Place, Type } from "./opcodes";

let start: usize = 0;
let size: u64 = 0;

function word(offset: u64): u64 {
  return u64(load<u32>(start + usize(offset)));
}

/** FNV-1a: h <- (h xor byte) · 16777619 mod 2³². It finds damage, not malice. */
function checksum(from: usize, end: usize): u32 {
  let hash: u32 = 0x811c9dc5;
  for (; from < end; from++) hash = (hash ^ load<u8>(from)) * 16777619;
  return hash;
}

/** Whether `bytes` bytes from `offset` on lie between two others, aligned. */
function between(low: u64, offset: u64, bytes: u64, high: u64): bool {
  return offset % u64(Blob.Align) == 0 && offset >= low && bytes <= high && offset <= high - bytes;
}

/** The tables lie before the shared block, and records behind it, so that no plan changes what has been checked. */
function sections(): bool {
  const shared = word(BlobHeader.Shared);
  const names = word(BlobHeader.NameBytes);
  const low = u64(BlobHeader.Size);
  return (
    between(low, shared, word(BlobHeader.SharedBytes), size) &&
    between(low, word(BlobHeader.Plans), word(BlobHeader.PlanCount) * u64(BlobPlan.Size), shared) &&
    between(low, word(BlobHeader.Tensors), word(BlobHeader.TensorCount) * u64(BlobTensor.Size), shared) &&
    between(low, word(BlobHeader.Names), names, shared) &&
    names > 0 &&
    load<u8>(start + usize(word(BlobHeader.Names) + names) - 1) == 0
  );
}

/** Whether a name begins among the names, the last of which ends with them. */
function named(offset: u64): bool {
  return offset >= word(BlobHeader.Names) && offset < word(BlobHeader.Names) + word(BlobHeader.NameBytes);
}

function plans(): bool {
  const shared = word(BlobHeader.Shared);
  const sharedBytes = word(BlobHeader.SharedBytes);
  const table = word(BlobHeader.Plans);
  let all: u64 = 0;
  for (let k: u64 = 0; k < word(BlobHeader.PlanCount); k++) {
    const plan = table + k * u64(BlobPlan.Size);
    const records = word(plan + u64(BlobPlan.Records));
    const count = word(plan + u64(BlobPlan.Count));
    // Plans that shared their records would take the square of the blob's length to check.
    all += count * u64(Layout.Record);
    if (all > size || !between(shared + sharedBytes, records, count * u64(Layout.Record), size)) return false;
    if (!named(word(plan + u64(BlobPlan.Name)))) return false;
    if (plan_check(u32(sharedBytes), u32(word(BlobHeader.PrivateBytes)), start + usize(records), u32(count)))
      return false;
  }
  return true;
}

function tensor(entry: u64): bool {
  const place = word(entry + u64(BlobTensor.Place));
  const type = word(entry + u64(BlobTensor.Type));
  if (place > u64(Place.Private) || type > u64(Type.F64) || !named(word(entry + u64(BlobTensor.Name)))) return false;
  const block = word(place == u64(Place.Shared) ? BlobHeader.SharedBytes : BlobHeader.PrivateBytes);
  const bytes: u64 = type == u64(Type.F32) ? 4 : 8;
  const offset = word(entry + u64(BlobTensor.Offset));
  const stride = word(entry + u64(BlobTensor.Stride));
  const row = word(entry + u64(BlobTensor.Rows)) * stride;
  if (word(entry + u64(BlobTensor.Columns)) > stride || row > block || offset % bytes != 0) return false;
  const all = word(entry + u64(BlobTensor.Count)) * row * bytes;
  return row <= 0xffffffff / 8 && all <= block && offset <= block - all;
}

function tensors(): bool {
  const table = word(BlobHeader.Tensors);
  for (let k: u64 = 0; k < word(BlobHeader.TensorCount); k++) {
    if (!tensor(table + k * u64(BlobTensor.Size))) return false;
  }
  return true;
}

/**
 * Whether the `bytes` bytes at `blob` are a blob that keeps to itself: a blob from elsewhere is untrusted. Its plans touch
 * nothing but the shared block and the private one, its tables name nothing else. Returns 0, or what is wrong: odenet_blob_fault.
 */
export function blob_check(blob: usize, bytes: u32): u32 {
  start = blob;
  size = u64(bytes);
  if (size < u64(BlobHeader.Size) || u64(blob) + size > u64(memory.size()) * 65536) return BlobFault.Bytes;
  if (word(BlobHeader.Magic) != u64(Blob.Magic)) return BlobFault.Magic;
  if (word(BlobHeader.Version) != u64(Abi.Version)) return BlobFault.Version;
  if (word(BlobHeader.Bytes) != size) return BlobFault.Bytes;
  if (word(BlobHeader.Checksum) != u64(checksum(blob + usize(BlobHeader.Type), blob + usize(size)))) {
    return BlobFault.Checksum;
  }
  if (!sections()) return BlobFault.Section;
  if (!plans()) return BlobFault.Plan;
  return tensors() ? 0 : u32(BlobFault.Tensor);
}
