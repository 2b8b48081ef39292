// Hosts that pass no arguments: the core with a function more, which holds the blob and one batch as data, does what a host
// does, and leaves its hashes in memory. Text is added to the text of core.wasm; its own functions stay as they are.
import { STEPS } from "./plan.mjs";

const data = (name, bytes) =>
  `(data $${name} "${Array.from(bytes, (b) => `\\${b.toString(16).padStart(2, "0")}`).join("")}")`;

/** The blob's tables, read as any host reads them. */
function contentsOf(blob) {
  const view = new DataView(blob.buffer, blob.byteOffset);
  const word = (at) => view.getUint32(at, true);
  const name = (at) => new TextDecoder().decode(blob.subarray(word(at), blob.indexOf(0, word(at))));
  const table = (first, count, size) => Array.from({ length: word(count) }, (_, k) => word(first) + size * k);
  return {
    shared: word(24),
    sharedBytes: word(28),
    privateBytes: word(32),
    plans: new Map(table(36, 40, 16).map((e) => [name(e), { records: word(e + 4), count: word(e + 8) }])),
    tensors: new Map(
      table(44, 48, 32).map((e) => [
        name(e),
        {
          shared: word(e + 4) === 0,
          offset: word(e + 8),
          type: word(e + 12),
          rows: word(e + 16) * word(e + 20),
          columns: word(e + 24),
          stride: word(e + 28),
        },
      ]),
    ),
  };
}

/** Rows of a batch with what pads them, as they lie in memory. */
function padded(rows, { rows: count, columns, stride, type }) {
  const size = type === 0 ? 4 : 8;
  const all = new Uint8Array(count * stride * size);
  for (let r = 0; r < count; r++)
    all.set(rows.subarray(r * columns * size, (r + 1) * columns * size), r * stride * size);
  return all;
}

/**
 * The text of a module with `init` (no arguments, no results), `hash_theta` and `hash_scores` (results i32) and the memory; of
 * `text`, core.wasm's, only the memory stays exported. `run` names one more export that does all and returns θ's hash.
 */
export function driverText(text, { plan: blob, features, targets }) {
  const { shared, sharedBytes, privateBytes, plans, tensors } = contentsOf(blob);
  const index = (name) =>
    /\d+/.exec(new RegExp(`\\(export "${name}" \\(func (\\d+)\\)\\)`).exec(text)[0].split("(func ")[1])[0];
  const body = text
    .trimEnd()
    .replace(/\)$/, "")
    .replace(/^\s*\(export "(?!memory)[^"]*" \(func \d+\)\)\s*$/gm, "");
  const input = (plan, what) => tensors.get(`${plan}/${what}`);
  const bytes = ({ rows, stride, type }) => rows * stride * (type === 0 ? 4 : 8);
  const put = (name, tensor) =>
    `(memory.init $${name} (i32.add (global.get $hidden) (i32.const ${tensor.offset})) (i32.const 0) (i32.const ${bytes(tensor)}))`;
  const run = (name) => {
    const { records, count } = plans.get(name);
    const at = (offset) => `(i32.add (global.get $blob) (i32.const ${offset}))`;
    return `(if (call ${index("plan_check")} (i32.const ${sharedBytes}) (i32.const ${privateBytes}) ${at(records)} (i32.const ${count})) (then (unreachable)))
      (if (call ${index("plan_run")} ${at(shared)} (global.get $hidden) ${at(records)} (i32.const ${count})) (then (unreachable)))`;
  };
  const hash = (name, tensor) => {
    const size = tensor.type === 0 ? 4 : 8;
    const base = tensor.shared
      ? `(i32.add (global.get $blob) (i32.const ${shared + tensor.offset}))`
      : `(i32.add (global.get $hidden) (i32.const ${tensor.offset}))`;
    return `(func (export "${name}") (result i32) (local $h i32) (local $r i32) (local $i i32) (local $at i32)
      (local.set $h (i32.const 0x811c9dc5))
      (loop $rows
        (local.set $at (i32.add ${base} (i32.mul (local.get $r) (i32.const ${tensor.stride * size}))))
        (local.set $i (i32.const 0))
        (loop $bytes
          (local.set $h (i32.mul (i32.xor (local.get $h) (i32.load8_u (i32.add (local.get $at) (local.get $i)))) (i32.const 0x01000193)))
          (br_if $bytes (i32.lt_u (local.tee $i (i32.add (local.get $i) (i32.const 1))) (i32.const ${tensor.columns * size}))))
        (br_if $rows (i32.lt_u (local.tee $r (i32.add (local.get $r) (i32.const 1))) (i32.const ${tensor.rows}))))
      (local.get $h))`;
  };
  return `${body}
  ${data("plan", blob)}
  ${data("features", padded(features, input("step", "features")))}
  ${data("targets", padded(targets, input("step", "targets")))}
  (global $blob (mut i32) (i32.const 0))
  (global $hidden (mut i32) (i32.const 0))
  (func (export "init") (local $k i32)
    (global.set $blob (call ${index("arena_alloc")} (i32.const ${blob.length})))
    (global.set $hidden (call ${index("arena_alloc")} (i32.const ${privateBytes})))
    (memory.init $plan (global.get $blob) (i32.const 0) (i32.const ${blob.length}))
    (memory.fill (global.get $hidden) (i32.const 0) (i32.const ${privateBytes}))
    (loop $steps
      ${put("features", input("step", "features"))}
      ${put("targets", input("step", "targets"))}
      ${run("step")}
      (br_if $steps (i32.lt_u (local.tee $k (i32.add (local.get $k) (i32.const 1))) (i32.const ${STEPS}))))
    ${put("features", input("predict", "features"))}
    ${run("predict")})
  ${hash("hash_theta", tensors.get("theta"))}
  ${hash("hash_scores", tensors.get("predict/scores"))})`;
}
