/**
 * A module without SIMD from one with it: every v128 becomes two i64, its halves, on the stack, in locals, globals, parameters
 * and results; every SIMD instruction a call of a function that computes lane by lane (halves.ts). Everything else stays as it
 * is, instruction by instruction, and so do the bits of all results. What comes out has functions with several results
 * (multi-value), which engines have had for longer than SIMD.
 */
import { type Code, F32, type FunctionType, I32, I64, list, Reader, sized, u32, V128 } from "./binary.ts";
import { Body } from "./body.ts";
import { constants } from "./halves.ts";
import { Module } from "./module.ts";

enum Section {
  Custom = 0,
  Type = 1,
  Import = 2,
  Function = 3,
  Global = 6,
  Code = 10,
}

interface Global {
  readonly type: number;
  readonly mutable: number;
  /** The expression of its first value; of a vector both halves'. */
  readonly values: readonly Code[];
}

const END = 0x0b;

function readType(reader: Reader): FunctionType {
  reader.byte(); // 0x60
  return { parameters: reader.list(() => reader.byte()), results: reader.list(() => reader.byte()) };
}

/** First values are constants. */
function readGlobal(reader: Reader): Global {
  const [type, mutable] = [reader.byte(), reader.byte()];
  const start = reader.at;
  reader.at += type === V128 ? 2 : 1; // the instruction
  if (type === V128) {
    const values = constants(reader.take(16)).map((value) => [...value, END]);
    reader.byte();
    return { type, mutable, values };
  }
  if (type === I32 || type === I64) reader.skip();
  else reader.take(type === F32 ? 4 : 8);
  reader.byte();
  return { type, mutable, values: [[...reader.since(start)]] };
}

function writeGlobals(globals: readonly Global[]): Code {
  const half = (k: number) => (global: Global) => {
    const value = global.values[k];
    return value ? [[global.type === V128 ? I64 : global.type, global.mutable, ...value]] : [];
  };
  return list([...globals.flatMap(half(0)), ...globals.flatMap(half(1))]);
}

function readSections(bytes: Uint8Array): Map<number, Uint8Array> {
  const reader = new Reader(bytes);
  reader.take(8); // magic and version
  const sections = new Map<number, Uint8Array>();
  while (reader.at < bytes.length) sections.set(reader.byte(), reader.take(reader.u32()));
  sections.delete(Section.Custom);
  return sections;
}

/** Throws for an instruction that it does not know: halves.ts is where one more is added. */
export function lowerSimd(bytes: Uint8Array): Uint8Array<ArrayBuffer> {
  const sections = readSections(bytes);
  const items = <T>(section: Section, item: (reader: Reader) => T): T[] => {
    const reader = new Reader(sections.get(section) ?? Uint8Array.of(0));
    return reader.list(() => item(reader));
  };
  if (sections.has(Section.Import)) throw new Error("lowering: expected a module without imports, got one with some.");
  const types = items(Section.Type, readType);
  const functions = items(Section.Function, (reader) => reader.u32());
  const globals = items(Section.Global, readGlobal);
  const module = new Module(
    types,
    functions,
    globals.map(({ type }) => type),
  );
  const bodies = items(Section.Code, (reader) => reader.take(reader.u32())).map((body, k) =>
    sized(new Body(module, types[functions[k] as number] as FunctionType, new Reader(body)).lower()),
  );
  const { added } = module;
  const changed = new Map<number, Code>([
    [Section.Type, list(module.writtenTypes)],
    [Section.Function, list([...functions, ...added.map(({ type }) => type)].map(u32))],
    [Section.Global, writeGlobals(globals)],
    [Section.Code, list([...bodies, ...added.map(({ body }) => body)])],
  ]);
  const written = [...sections].map(([id, content]) => [id, ...sized(changed.get(id) ?? [...content])]);
  return Uint8Array.from([...bytes.subarray(0, 8), ...written.flat()]);
}
