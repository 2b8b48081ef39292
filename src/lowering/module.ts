/** What the functions of a module share while they are rewritten: types, globals, and the functions that come in. */
import { type Code, type FunctionType, list, sized, u32, V128 } from "./binary.ts";
import { halved, type Lowered } from "./halves.ts";

const written = ({ parameters, results }: FunctionType): Code => [
  0x60,
  ...list(halved(parameters).map((type) => [type])),
  ...list(halved(results).map((type) => [type])),
];

export class Module {
  private readonly numbers = new Map<string, number>();
  private readonly calls = new Map<string, { call: Code; type: number; body: Code }>();
  /** All types as they are written, those of new functions and blocks last. */
  readonly writtenTypes: Code[];

  constructor(
    readonly types: readonly FunctionType[],
    /** The number of each function's type. */
    readonly functions: readonly number[],
    /** Types of the globals. The second half of a vector comes behind all of them, so that none gets another number. */
    readonly globals: readonly number[],
  ) {
    this.writtenTypes = types.map(written);
    this.writtenTypes.forEach((code, number) => {
      this.numbers.set(code.join(), number);
    });
  }

  /** The number of a function's type, or of a block's. */
  typeOf(type: FunctionType): number {
    const code = written(type);
    const name = code.join();
    const number = this.numbers.get(name) ?? this.writtenTypes.push(code) - 1;
    this.numbers.set(name, number);
    return number;
  }

  /** A call of what an instruction became; `name` tells it from the others. */
  call(name: string, lowered: Lowered): Code {
    const known = this.calls.get(name);
    if (known) return known.call;
    const call = [0x10, ...u32(this.functions.length + this.calls.size)];
    this.calls.set(name, { call, type: this.typeOf(lowered), body: sized([0, ...lowered.body, 0x0b]) });
    return call;
  }

  /** The functions that are called so, in their order. */
  get added(): readonly { readonly type: number; readonly body: Code }[] {
    return [...this.calls.values()];
  }

  secondOf(global: number): number {
    return this.globals.length + this.globals.slice(0, global).filter((type) => type === V128).length;
  }
}
