/**
 * One function's body without SIMD. It is read once, from front to back; all that has to be known of a value on the stack is
 * whether it is a vector, for drop and select do not say.
 */
import { type Code, type FunctionType, I32, I64, type Reader, s64, u32, V128 } from "./binary.ts";
import { constants, halved, immediates, type Lowered, lowered, vectorSelect } from "./halves.ts";
import type { Module } from "./module.ts";

/** A block that has begun. */
interface Block {
  /** Of the stack below it. */
  readonly height: number;
  readonly type: FunctionType;
  /** Whether the code from here to its end can be. */
  reached: boolean;
}

const isVector = (type: number): boolean => type === V128;

/** Numeric instructions that take two numbers; the others of 0x45 to 0xc4 take one. */
const BINARY = [
  [0x46, 0x4f],
  [0x51, 0x66],
  [0x6a, 0x78],
  [0x7c, 0x8a],
  [0x92, 0x98],
  [0xa0, 0xa6],
] as const;
const isBinary = (op: number): boolean => BINARY.some(([from, to]) => op >= from && op <= to);

enum Op {
  Unreachable = 0x00,
  Nop = 0x01,
  Block = 0x02,
  Loop = 0x03,
  If = 0x04,
  Else = 0x05,
  End = 0x0b,
  Br = 0x0c,
  BrIf = 0x0d,
  BrTable = 0x0e,
  Return = 0x0f,
  Call = 0x10,
  CallIndirect = 0x11,
  Drop = 0x1a,
  Select = 0x1b,
  Get = 0x20,
  Set = 0x21,
  Tee = 0x22,
  GlobalGet = 0x23,
  GlobalSet = 0x24,
  I32Load = 0x28,
  I64Load = 0x29,
  I32Store = 0x36,
  I64Store = 0x37,
  I64Store32 = 0x3e,
  MemorySize = 0x3f,
  MemoryGrow = 0x40,
  I32Const = 0x41,
  I64Const = 0x42,
  F32Const = 0x43,
  F64Const = 0x44,
  I32Eqz = 0x45,
  I64Extend32 = 0xc4,
  Prefixed = 0xfc,
  Vector = 0xfd,
}

/** Behind the prefix 0xfc. */
enum Bulk {
  Copy = 10,
  Fill = 11,
}

/** Behind the prefix 0xfd: those that take bytes from memory or the code. */
enum Vector {
  Load = 0x00,
  Load32Splat = 0x09,
  Load64Splat = 0x0a,
  Store = 0x0b,
  Const = 0x0c,
  I32Splat = 0x11,
}

export class Body {
  private readonly stack: boolean[] = [];
  private readonly blocks: Block[];
  private readonly locals: readonly number[];
  /** Where each local is now. */
  private readonly places: readonly number[];
  private readonly declarations: Code;
  /** Locals for an address and the halves of a vector. */
  private readonly address: Code;
  private readonly low: Code;
  private readonly high: Code;

  constructor(
    private readonly module: Module,
    type: FunctionType,
    private readonly reader: Reader,
  ) {
    this.blocks = [{ height: 0, type, reached: true }];
    const declared = reader.list(() => new Array<number>(reader.u32()).fill(reader.byte())).flat();
    this.locals = [...type.parameters, ...declared];
    let end = 0;
    this.places = this.locals.map((local) => {
      end += isVector(local) ? 2 : 1;
      return end - (isVector(local) ? 2 : 1);
    });
    [this.address, this.low, this.high] = [u32(end), u32(end + 1), u32(end + 2)];
    const types = [...halved(declared), I32, I64, I64];
    this.declarations = [...u32(types.length), ...types.flatMap((one) => [1, one])];
  }

  lower(): Code {
    const code = [...this.declarations];
    while (this.blocks.length > 0) code.push(...this.instruction());
    return code;
  }

  private get block(): Block {
    return this.blocks.at(-1) as Block;
  }

  /** Whether the last value taken was a vector. Where no code is reached, the stack has whatever is asked for. */
  private pop(count = 1): boolean {
    let vector = false;
    for (let k = 0; k < count; k++) vector = this.stack.length > this.block.height && (this.stack.pop() as boolean);
    return vector;
  }

  private apply({ parameters, results }: FunctionType): void {
    this.pop(parameters.length);
    this.stack.push(...results.map(isVector));
  }

  /** Numbers for numbers. */
  private exchange(taken: number, given = 1): void {
    this.pop(taken);
    for (let k = 0; k < given; k++) this.stack.push(false);
  }

  private leave(): void {
    this.block.reached = false;
    this.stack.length = this.block.height;
  }

  private instruction(): Code {
    const { reader } = this;
    const start = reader.at;
    const op = reader.byte();
    if (op >= Op.Block && op <= Op.If) return this.begin(op);
    if (op === Op.Else || op === Op.End) return this.end(op);
    if (op === Op.Drop) return this.pop() ? [op, op] : [op];
    if (op === Op.Select) return this.select();
    if (op >= Op.Get && op <= Op.Tee) return this.local(op, reader.u32());
    if (op === Op.GlobalGet || op === Op.GlobalSet) return this.global(op, reader.u32());
    if (op === Op.Vector) return this.vector(reader.u32());
    if (op <= Op.CallIndirect) this.control(op);
    else this.scalar(op);
    return [...reader.since(start)];
  }

  private begin(op: Op): Code {
    const result = this.reader.byte();
    if (result < 0x40 || result > 0x7f) throw unknown(op, result); // several results, or parameters
    const type: FunctionType = { parameters: [], results: result === 0x40 ? [] : [result] };
    if (op === Op.If) this.pop();
    this.blocks.push({ height: this.stack.length, type, reached: true });
    // A block's type is a signed number: negative ones are those of a single result.
    return isVector(result) ? [op, ...s64(BigInt(this.module.typeOf(type)))] : [op, result];
  }

  private end(op: Op): Code {
    const { height, type } = this.blocks.pop() as Block;
    this.stack.length = height;
    if (op === Op.Else) this.blocks.push({ height, type, reached: true });
    else this.stack.push(...type.results.map(isVector));
    return [op];
  }

  private select(): Code {
    this.pop(2);
    const vector = this.pop();
    this.stack.push(vector);
    return vector ? this.module.call("select", vectorSelect) : [Op.Select];
  }

  private local(op: Op, index: number): Code {
    const vector = isVector(this.locals[index] as number);
    const place = this.places[index] as number;
    if (op !== Op.Get) this.pop();
    if (op !== Op.Set) this.stack.push(vector);
    const [low, high] = [u32(place), u32(place + 1)];
    if (!vector) return [op, ...low];
    if (op === Op.Get) return [op, ...low, op, ...high];
    return [Op.Set, ...high, op, ...low, ...(op === Op.Tee ? [Op.Get, ...high] : [])];
  }

  private global(op: Op, index: number): Code {
    const vector = isVector(this.module.globals[index] as number);
    if (op === Op.GlobalSet) this.pop();
    else this.stack.push(vector);
    const low = u32(index);
    if (!vector) return [op, ...low];
    const high = u32(this.module.secondOf(index));
    return op === Op.GlobalGet ? [op, ...low, op, ...high] : [op, ...high, op, ...low];
  }

  /** Branches and calls: as they were. */
  private control(op: Op): void {
    const { reader, module } = this;
    if (op === Op.Nop) return;
    if (op === Op.BrIf) {
      reader.skip();
      this.pop();
    } else if (op === Op.Call) {
      this.apply(module.types[module.functions[reader.u32()] as number] as FunctionType);
    } else if (op === Op.CallIndirect) {
      this.pop();
      this.apply(module.types[reader.u32()] as FunctionType);
      reader.skip();
    } else if (op === Op.Unreachable || op === Op.Return || op === Op.Br || op === Op.BrTable) {
      if (op === Op.BrTable) reader.list(() => reader.skip());
      if (op === Op.Br || op === Op.BrTable) reader.skip();
      this.leave();
    } else throw unknown(op);
  }

  /** What has no vectors: as it was. */
  private scalar(op: Op): void {
    const { reader } = this;
    if (op >= Op.I32Load && op <= Op.I64Store32) {
      reader.skip();
      reader.skip();
      if (op < Op.I32Store) this.exchange(1);
      else this.exchange(2, 0);
    } else if (op === Op.MemorySize || op === Op.MemoryGrow) {
      reader.skip();
      this.exchange(op === Op.MemoryGrow ? 1 : 0);
    } else if (op >= Op.I32Const && op <= Op.F64Const) {
      if (op <= Op.I64Const) reader.skip();
      else reader.take(op === Op.F32Const ? 4 : 8);
      this.exchange(0);
    } else if (op >= Op.I32Eqz && op <= Op.I64Extend32) {
      this.exchange(isBinary(op) ? 2 : 1);
    } else if (op === Op.Prefixed) {
      const instruction = reader.u32();
      if (instruction < 8) return; // saturating conversions: one number for another
      if (instruction !== Bulk.Copy && instruction !== Bulk.Fill) throw unknown(op, instruction);
      reader.take(instruction === Bulk.Copy ? 2 : 1);
      this.exchange(3, 0);
    } else throw unknown(op);
  }

  private vector(instruction: Vector): Code {
    const { reader, low } = this;
    if (instruction === Vector.Load) return this.load();
    if (instruction === Vector.Store) return this.store();
    if (instruction === Vector.Load32Splat) {
      return this.splat(Op.I32Load, this.call([Vector.I32Splat], lowered(Vector.I32Splat, []) as Lowered));
    }
    if (instruction === Vector.Load64Splat) return this.splat(Op.I64Load, [Op.Tee, ...low, Op.Get, ...low]);
    if (instruction === Vector.Const) {
      this.stack.push(true);
      return constants(reader.take(16)).flat();
    }
    const given = [...reader.take(immediates(instruction))];
    const become = lowered(instruction, given);
    if (!become) throw unknown(Op.Vector, instruction);
    this.apply(become);
    return this.call([instruction, ...given], become);
  }

  private call(instruction: Code, become: Lowered): Code {
    return this.module.call(instruction.join(), become);
  }

  /** The alignment, which is a hint alone and at most the access's own, and the offsets of the halves. */
  private memoryArgument(most: number): { low: Code; high: Code } {
    const align = Math.min(most, this.reader.u32());
    const offset = this.reader.u32();
    return { low: [align, ...u32(offset)], high: [align, ...u32(offset + 8)] };
  }

  private load(): Code {
    const { address } = this;
    const { low, high } = this.memoryArgument(3);
    this.pop();
    this.stack.push(true);
    return [Op.Tee, ...address, Op.I64Load, ...low, Op.Get, ...address, Op.I64Load, ...high];
  }

  private splat(load: Op.I32Load | Op.I64Load, splat: Code): Code {
    const { low } = this.memoryArgument(load === Op.I32Load ? 2 : 3);
    this.pop();
    this.stack.push(true);
    return [load, ...low, ...splat];
  }

  /** The second half first: where it fits into memory, the other one does. */
  private store(): Code {
    const { address } = this;
    const { low, high } = this.memoryArgument(3);
    this.pop(2);
    const take = [Op.Set, ...this.high, Op.Set, ...this.low, Op.Tee, ...address];
    const second = [Op.Get, ...this.high, Op.I64Store, ...high];
    return [...take, ...second, Op.Get, ...address, Op.Get, ...this.low, Op.I64Store, ...low];
  }
}

function unknown(...bytes: number[]): Error {
  const got = bytes.map((byte) => `0x${byte.toString(16)}`).join(" ");
  return new Error(`lowering: expected an instruction that the core uses, got ${got}.`);
}
