/** Sums over examples are added shard by shard and then in a binary tree, so that threads never change the result. */

/** `count` runs of `rows` consecutive rows; the last ones may be shorter, or empty. */
export interface Shards {
  readonly count: number;
  readonly rows: number;
}

/** Shards of a batch: S is the largest power of two up to 8 with rows / S ≥ 16, else 1. */
export function shardCount(rows: number): number {
  let shards = 1;
  while (shards < 8 && rows / (2 * shards) >= 16) shards *= 2;
  return shards;
}

/** Consecutive rows of one shard: 4 ⌈rows / (4 S)⌉. */
export function shardRows(rows: number, shards = shardCount(rows)): number {
  return 4 * Math.ceil(rows / (4 * shards));
}

/** The shards of a batch, or of a thread's part of one where they are given. */
export function shardsOf(rows: number, given?: Shards): Shards {
  return given ?? { count: shardCount(rows), rows: shardRows(rows) };
}

/**
 * The rows of each of at most `threads` threads: whole subtrees of the batch's tree, so their number is a power of two, and
 * all but the last have the same number of rows. `shards` are those of one thread.
 */
export function divide(rows: number, threads: number): { parts: number[]; shards: Shards } {
  const shards = shardsOf(rows);
  let count = shards.count;
  while (count > 1 && (count > threads || rows <= shards.rows * (shards.count / count) * (count - 1))) count /= 2;
  const own = { count: shards.count / count, rows: shards.rows };
  const size = own.count * own.rows;
  const parts = Array.from({ length: count }, (_, t) => (t < count - 1 ? size : rows - size * (count - 1)));
  return { parts, shards: own };
}
