/**
 * A plan that leaves its memory. In a model, shared operands are absolute addresses; here they become offsets in one block
 * that holds a copy of every piece of memory that the plan names, so that the records run wherever that block lies.
 */
import { Layout } from "../../../assembly/opcodes.ts";
import type { Memory, Piece } from "../host/memory.ts";

const NONE = 0xffffffff;

/** The shared block under construction: pieces of memory, each with its offset. */
export class SharedBlock {
  bytes = 0;
  private readonly pieces = new Map<number, Piece & { readonly offset: number }>();

  constructor(private readonly memory: Memory) {}

  /** The offset of an address, whose piece of memory the block takes in. */
  offset(address: number): number {
    const piece = this.memory.piece(address);
    let placed = this.pieces.get(piece.address);
    if (!placed) {
      placed = { ...piece, offset: this.bytes };
      this.pieces.set(piece.address, placed);
      this.bytes += 16 * Math.ceil(piece.bytes / 16);
    }
    return placed.offset + address - piece.address;
  }

  /** What the pieces hold at the moment. */
  content(): Uint8Array<ArrayBuffer> {
    const content = new Uint8Array(this.bytes);
    for (const { address, bytes, offset } of this.pieces.values())
      content.set(this.memory.bytesAt(address, bytes), offset);
    return content;
  }

  /** The records with their shared operands counted from this block. */
  relocate(records: Uint8Array): Uint8Array<ArrayBuffer> {
    const moved = new Uint8Array(records);
    const view = new DataView(moved.buffer);
    for (let at = 0; at < moved.length; at += Layout.Record) {
      const shared = view.getUint32(at + Layout.Shared, true);
      for (let k = 0; k < Layout.OperandCount; k++) {
        const operand = at + Layout.Operands + k * Layout.OperandBytes;
        const address = view.getUint32(operand, true);
        if ((shared >> k) & 1 && address !== NONE) view.setUint32(operand, this.offset(address), true);
      }
    }
    return moved;
  }
}
