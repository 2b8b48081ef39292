/** Sums over examples are added shard by shard and then in a binary tree, so that threads never change the result. */

/** Rows that a model handles at once; larger batches run in chunks of this many, in order. */
export const CHUNK_ROWS = 2048;

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
