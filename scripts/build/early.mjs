// The two modules below 4 KB that work before the core is compiled (assembly/early): waves whole, in hexadecimal digits; powers without its
// tables, as what it differs by from the core, and where in the core's bytes the tables stand.
import { readFileSync, writeFileSync } from "node:fs";
import { deltaOf } from "./delta.mjs";
import { textOf } from "./text.mjs";

/** A page's main thread compiles no larger module at once. */
const MOST = 4096;
const DATA = 11;
const DATA_COUNT = 12;
const CONST_I32 = 0x41;

/** An unsigned LEB128 number and where it ends. */
function leb(bytes, at) {
  let value = 0;
  for (let shift = 0; ; shift += 7) {
    const byte = bytes[at++];
    value |= (byte & 127) << shift;
    if (byte < 128) return [value, at];
  }
}

/** A module without its data, and the data by address. */
function withoutData(bytes) {
  const kept = [bytes.subarray(0, 8)];
  const data = [];
  for (let at = 8; at < bytes.length; ) {
    const [size, start] = leb(bytes, at + 1);
    const end = start + size;
    if (bytes[at] === DATA) data.push(...segments(bytes, start));
    else if (bytes[at] !== DATA_COUNT) kept.push(bytes.subarray(at, end));
    at = end;
  }
  return { code: Buffer.concat(kept), data };
}

/** Active segments of memory 0: flag 0, i32.const, address, end, length, bytes. */
function* segments(bytes, start) {
  let [count, at] = leb(bytes, start);
  for (; count > 0; count--) {
    if (bytes[at] !== 0 || bytes[at + 1] !== CONST_I32) throw new Error("early: expected an active segment of data.");
    const [address, after] = leb(bytes, at + 2);
    const [length, first] = leb(bytes, after + 1);
    yield { address, content: bytes.subarray(first, first + length) };
    at = first + length;
  }
}

/** Writes the TypeScript file; `base` are the core's bytes. */
export function writeEarly(base, waves, powers, generated, header) {
  const { code, data } = withoutData(readFileSync(powers));
  const small = readFileSync(waves);
  for (const [name, bytes] of [
    [waves, small],
    [powers, code],
  ]) {
    if (bytes.length >= MOST) throw new Error(`${name}: expected fewer than ${MOST} bytes, got ${bytes.length}.`);
  }
  const tables = data.map(({ address, content }) => {
    const at = base.indexOf(content);
    if (at < 0) throw new Error(`${powers}: expected its tables in the core, got others at ${address}.`);
    return [address, at, content.length];
  });
  writeFileSync(
    generated,
    `${header}
export const wavesText: string =
  "${small.toString("hex")}";
export const powersText: string =
  "${textOf(deltaOf(base, code))}";
/** [address, place in the core's bytes, length] */
export const tables: readonly (readonly [number, number, number])[] = ${JSON.stringify(tables)};
`,
  );
}
