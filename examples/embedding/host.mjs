// A host of the core in plain JavaScript, without the library: it loads a blob that model.toPlan wrote, and runs its plans.
// What it does is what a host in C, Rust, Go or Python does: docs/embedding.md.

const text = (bytes, at) => new TextDecoder().decode(bytes.subarray(at, bytes.indexOf(0, at)));

/** Of blob_check, by number: odenet_blob_fault in core.h. */
const FAULTS = [
  "",
  "no blob",
  "another version",
  "cut short",
  "damaged",
  "a bad section",
  "a bad plan",
  "a bad tensor",
];

/** `wasm`: odenet/core.wasm, compiled. Returns { run(plan), tensor(name) }. */
export function openPlan(wasm, blob) {
  const core = new WebAssembly.Instance(wasm).exports;
  const base = core.arena_alloc(blob.length) >>> 0;
  const header = new DataView(blob.buffer, blob.byteOffset);
  const word = (at) => header.getUint32(at, true);
  if (base === 0) throw new Error("out of memory");
  new Uint8Array(core.memory.buffer, base).set(blob);
  const fault = core.blob_check(base, blob.length);
  if (fault !== 0) throw new Error(`not a plan for this core: ${FAULTS[fault]}`);
  const privateBytes = word(32);
  const hidden = core.arena_alloc(privateBytes) >>> 0;
  if (hidden === 0) throw new Error("out of memory");
  new Uint8Array(core.memory.buffer, hidden, privateBytes).fill(0);

  const shared = base + word(24);
  const plans = new Map();
  for (let k = 0; k < word(40); k++) {
    const entry = word(36) + 16 * k;
    plans.set(text(blob, word(entry)), { records: base + word(entry + 4), count: word(entry + 8) });
  }
  const tensors = new Map();
  for (let k = 0; k < word(48); k++) {
    const [name, place, offset, type, count, rows, columns, stride] = Array.from({ length: 8 }, (_, w) =>
      word(word(44) + 32 * k + 4 * w),
    );
    const Numbers = type === 0 ? Float32Array : Float64Array;
    const at = (place === 0 ? shared : hidden) + offset;
    const values = new Numbers(core.memory.buffer, at, count * rows * stride);
    tensors.set(text(blob, name), { values, count, rows, columns, stride });
  }
  return {
    names: tensors.keys(),
    tensor: (name) => tensors.get(name),
    run(name) {
      const { records, count } = plans.get(name);
      if (core.plan_run(shared, hidden, records, count) !== 0) throw new Error(`${name}: an unknown operation`);
    },
  };
}
