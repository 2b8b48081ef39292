// The two modules below 4 KB that work before the core is compiled (assembly/early): waves whole, in hexadecimal
// digits; powers without its tables, as what it differs by from the core, and where in the core's bytes the tables stand.
import { readFileSync, writeFileSync } from "node:fs";
import { deltaOf } from "./delta.mjs";
import { evaluate } from "./evaluate.mjs";
import { textOf } from "./text.mjs";

/** A page's main thread compiles no larger module at once. */
const MOST = 4096;
const DATA = 11;
const DATA_COUNT = 12;
const CONST_I32 = 0x41;

/** A module without its data, and the data by address. */
function withoutData(bytes, Reader) {
  const reader = new Reader(bytes);
  const kept = [reader.take(8)];
  const data = [];
  while (reader.at < bytes.length) {
    const start = reader.at;
    const section = reader.byte();
    const content = reader.take(reader.u32());
    if (section === DATA) data.push(...segments(new Reader(content)));
    else if (section !== DATA_COUNT) kept.push(reader.since(start));
  }
  return { code: Buffer.concat(kept), data };
}

/** Active segments of memory 0: flag 0, i32.const, address, end, length, bytes. */
const segments = (reader) =>
  reader.list(() => {
    if (reader.byte() !== 0 || reader.byte() !== CONST_I32)
      throw new Error("early: expected an active segment of data.");
    const address = reader.u32();
    reader.byte();
    return { address, content: reader.take(reader.u32()) };
  });

/** Writes the TypeScript file; `base` are the core's bytes. */
export async function writeEarly(base, waves, powers, generated, header) {
  const { Reader } = await evaluate("src/lowering/binary.ts");
  const { code, data } = withoutData(readFileSync(powers), Reader);
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
