/**
 * The arena: a free list in address order over the linear memory, first fit, neighbours joined.
 *
 * A block is a 16-byte header (u32 size of the payload, u32 next free block, 8 unused) and its payload, both aligned to
 * 16 bytes. The list's head lives in memory, not in a global, so that instances sharing one memory share the arena.
 */

const HEADER: usize = 16;
const PAGE: usize = 65536;
/** One page less than addresses of 32 bits reach, so that the end of the memory has an address. */
const MOST_PAGES: u64 = 65535;

// One static cell each; memory.data aligns them.
const HEAD: usize = memory.data(16, 16);
const LIMIT: usize = HEAD + 4;

function roundUp(bytes: usize): usize {
  return (bytes + 15) & ~usize(15);
}

function setup(): void {
  if (load<u32>(LIMIT) != 0) return;
  const first = roundUp(__heap_base);
  const end = usize(memory.size()) * PAGE;
  store<u32>(HEAD, 0);
  store<u32>(LIMIT, u32(first));
  if (end > first + HEADER) release(first, end);
}

/** Puts the bytes [block, end) into the free list. */
function release(block: usize, end: usize): void {
  let previous: usize = 0;
  let next: usize = usize(load<u32>(HEAD));
  while (next != 0 && next < block) {
    previous = next;
    next = usize(load<u32>(next + 4));
  }
  // A block that is free already, by itself or inside a joined one, stays as it is.
  if (next == block || (previous != 0 && previous + HEADER + usize(load<u32>(previous)) > block)) return;
  let size = end - block;
  if (next != 0 && block + size == next) {
    size += HEADER + usize(load<u32>(next));
    next = usize(load<u32>(next + 4));
  }
  if (previous != 0 && previous + HEADER + usize(load<u32>(previous)) == block) {
    store<u32>(previous, load<u32>(previous) + u32(size));
    store<u32>(previous + 4, u32(next));
    return;
  }
  store<u32>(block, u32(size - HEADER));
  store<u32>(block + 4, u32(next));
  store<u32>(previous != 0 ? previous + 4 : HEAD, u32(block));
}

/** Takes `bytes` off the free list; 0 when no block is large enough. */
function take(bytes: usize): usize {
  let previous: usize = 0;
  let block: usize = usize(load<u32>(HEAD));
  while (block != 0) {
    const size = usize(load<u32>(block));
    const next = load<u32>(block + 4);
    if (size >= bytes) {
      let follower = next;
      if (size >= bytes + HEADER + 16) {
        const rest = block + HEADER + bytes;
        store<u32>(rest, u32(size - bytes - HEADER));
        store<u32>(rest + 4, next);
        store<u32>(block, u32(bytes));
        follower = u32(rest);
      }
      store<u32>(previous != 0 ? previous + 4 : HEAD, follower);
      return block + HEADER;
    }
    previous = block;
    block = usize(next);
  }
  return 0;
}

/** Bytes, header included, of the free block at the end of the memory; 0 where there is none. */
function freeEnd(): u64 {
  let block: usize = usize(load<u32>(HEAD));
  while (block != 0) {
    const size = u64(HEADER) + u64(load<u32>(block));
    if (u64(block) + size == u64(memory.size()) * u64(PAGE)) return size;
    block = usize(load<u32>(block + 4));
  }
  return 0;
}

/** The largest `bytes` that `arena_alloc` can give, if the machine lets the memory grow to its end. */
export function arena_room(): u32 {
  setup();
  const free = u64(PAGE) * (MOST_PAGES - u64(memory.size())) + freeEnd();
  let largest = free > u64(HEADER) ? free - u64(HEADER) : 0;
  for (let block: usize = usize(load<u32>(HEAD)); block != 0; block = usize(load<u32>(block + 4))) {
    largest = max<u64>(largest, u64(load<u32>(block)));
  }
  return u32(largest & ~15);
}

/** `bytes` of memory aligned to 16; 0 when the memory cannot grow far enough. The content is arbitrary. */
export function arena_alloc(bytes: u32): usize {
  if (bytes > 0xffff0000) return 0;
  setup();
  const wanted = roundUp(bytes < 16 ? 16 : usize(bytes));
  const found = take(wanted);
  if (found != 0) return found;
  const end = usize(memory.size()) * PAGE;
  const missing = u64(wanted) + u64(HEADER) - freeEnd();
  const pages = (missing + u64(PAGE) - 1) / u64(PAGE);
  if (u64(memory.size()) + pages > MOST_PAGES || memory.grow(i32(pages)) < 0) return 0;
  release(end, end + usize(pages) * PAGE);
  return take(wanted);
}

/** Gives back what `arena_alloc` returned. 0, and what was given back already, do nothing. */
export function arena_free(pointer: usize): void {
  if (pointer == 0) return;
  const block = pointer - HEADER;
  release(block, pointer + usize(load<u32>(block)));
}
