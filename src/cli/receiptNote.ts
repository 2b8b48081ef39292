/** What a receipt of the command says of its data: the flags by which they are read and parted in the same way again. */
import { isRecord } from "../core/guards.ts";
import { Failure } from "./failure.ts";
import { givenOf, type Values } from "./flags/flag.ts";
import { type SourceFlags, sourceFlags } from "./flags/source.ts";
import { trainingFlags } from "./flags/training.ts";

const names = { ...sourceFlags, validation: trainingFlags.validation };

export type ReceiptNote = SourceFlags & Values<Pick<typeof names, "validation">>;

/** Those of the flags that say it. */
export const noteOf = (flags: ReceiptNote): object =>
  Object.fromEntries(givenOf(names, flags).map((name) => [name, Reflect.get(flags, name)]));

/** The flags in a receipt; none in one that a program wrote. */
export function noteIn(receipt: unknown, path: string): ReceiptNote {
  const note = isRecord(receipt) && isRecord(receipt.note) ? receipt.note : {};
  const given = givenOf(names, note).map((name) => [name, note[name]] as const);
  if (!given.every(([, value]) => ["string", "number", "boolean"].includes(typeof value))) {
    throw new Failure(`${path}: expected flags of odenet train in its note, got others. Take what --receipt wrote.`);
  }
  return Object.fromEntries(given);
}
