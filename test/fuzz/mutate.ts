/** Damage to bytes, drawn by a seed: what files on disks, on the net and from enemies look like. */

/** Whole numbers below n, the same for the same seed. */
export type Draw = (n: number) => number;

export function drawFrom(seed: number): Draw {
  let s = seed >>> 0;
  return (n) => {
    s = (Math.imul(s, 1664525) + 1013904223) >>> 0;
    return Math.floor((s / 2 ** 32) * n);
  };
}

type Mutation = (bytes: Uint8Array, draw: Draw, other: Uint8Array) => Uint8Array;

const join = (...parts: Uint8Array[]): Uint8Array => Uint8Array.from(parts.flatMap((part) => [...part]));

/** Numbers at which sizes and types turn over. */
const EDGES = [0, 1, 0x7f, 0x80, 0xff, 0xfe, 0x22, 0x2c, 0x30, 0x5b, 0x7b, 0x7d, 0x0a];

const mutations: readonly Mutation[] = [
  (bytes, draw) => set(bytes, draw(bytes.length), draw(256)),
  (bytes, draw) => set(bytes, draw(bytes.length), EDGES[draw(EDGES.length)] as number),
  // Headers are at the beginning, so that is where damage tells most.
  (bytes, draw) => set(bytes, draw(Math.min(bytes.length, 64)), draw(256)),
  (bytes, draw) => set(bytes, draw(bytes.length), 1 << draw(8), true),
  (bytes, draw) => bytes.slice(0, draw(bytes.length + 1)),
  (bytes, draw) => bytes.slice(draw(Math.min(bytes.length, 16) + 1)),
  (bytes, draw) => {
    const at = draw(bytes.length + 1);
    return join(
      bytes.slice(0, at),
      Uint8Array.from({ length: 1 + draw(8) }, () => draw(256)),
      bytes.slice(at),
    );
  },
  (bytes, draw) => {
    const at = draw(bytes.length + 1);
    return join(bytes.slice(0, at), bytes.slice(at + 1 + draw(16)));
  },
  (bytes, draw) => {
    const [from, length] = [draw(bytes.length + 1), draw(40)];
    return join(bytes, bytes.slice(from, from + length));
  },
  (bytes, draw) => {
    const [from, to, length] = [draw(bytes.length + 1), draw(bytes.length + 1), draw(40)];
    return join(bytes.slice(0, to), bytes.slice(from, from + length), bytes.slice(to));
  },
  (bytes, draw, other) => join(bytes.slice(0, draw(bytes.length + 1)), other.slice(draw(other.length + 1))),
];

function set(bytes: Uint8Array, at: number, value: number, flip = false): Uint8Array {
  const copy = bytes.slice();
  if (at < copy.length) copy[at] = flip ? (copy[at] as number) ^ value : value;
  return copy;
}

/** One of the seeds, damaged one to four times. */
export function mutate(seeds: readonly Uint8Array[], draw: Draw): Uint8Array {
  const pick = () => seeds[draw(seeds.length)] as Uint8Array;
  let bytes = pick();
  for (let k = draw(4); k >= 0; k--) bytes = (mutations[draw(mutations.length)] as Mutation)(bytes, draw, pick());
  return bytes;
}
