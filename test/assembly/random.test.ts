import { describe, expect, it } from "vitest";
import { instantiateCore } from "../../src/core/host/load.ts";

const core = instantiateCore();
const base = core.memory.grow(2) * 65536;
type Draw = (
  out: number,
  n: number,
  seedLow: number,
  seedHigh: number,
  stream: number,
  low: number,
  high: number,
) => void;

// The known-answer vectors published with Random123: counter, key, block.
const known: [number[], number[], number[]][] = [
  [
    [0, 0, 0, 0],
    [0, 0],
    [0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8],
  ],
  [Array(4).fill(0xffffffff), Array(2).fill(0xffffffff), [0x408f276d, 0x41c83b0e, 0xa20bc7c6, 0x6d5451fd]],
  [
    [0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344],
    [0xa4093822, 0x299f31d0],
    [0xd16cfe09, 0x94fdcceb, 0x5001e420, 0x24126ea1],
  ],
];

const kernels = [
  { name: "random_fractions", view: Float64Array },
  { name: "random_normal", view: Float64Array },
  { name: "random_bits", view: Uint32Array },
];

function draw(name: string, view: (typeof kernels)[number]["view"], n: number, ...state: number[]): number[] {
  const numbers = new view(core.memory.buffer, base, n + 1);
  numbers[n] = 12345;
  (core[name] as Draw)(base, n, ...(state as [number, number, number, number, number]));
  expect(numbers[n], "one past the end").toBe(12345);
  return Array.from(numbers.subarray(0, n));
}

function block(counter: number[], key: number[]): number[] {
  (core.random_block as (out: number, ...words: number[]) => void)(base, ...counter, ...key);
  return Array.from(new Uint32Array(core.memory.buffer, base, 4));
}

describe("Philox4x32-10", () => {
  it.each(known)("counter %j, key %j", (counter, key, expected) => {
    expect(block(counter, key)).toEqual(expected);
  });

  it.each(kernels)("$name: number i depends on seed, stream and i alone", ({ name, view }) => {
    const all = draw(name, view, 64, 7, 3, 2, 0, 0);
    for (const first of [0, 1, 2, 3, 5, 31]) {
      for (const n of [1, 2, 3, 4, 7, 33]) {
        const expected = all.slice(first, first + n);
        expect(draw(name, view, expected.length, 7, 3, 2, first, 0)).toEqual(expected);
      }
    }
    // Across the 2³² boundary of the position.
    const across = draw(name, view, 8, 7, 3, 2, -4, 0);
    expect(draw(name, view, 4, 7, 3, 2, 0, 1)).toEqual(across.slice(4));
    for (const other of [
      [8, 3, 2],
      [7, 4, 2],
      [7, 3, 1],
    ]) {
      expect(draw(name, view, 4, ...other, 0, 0)).not.toEqual(all.slice(0, 4));
    }
  });

  it("the numbers are made of the documented words", () => {
    const words = block([5, 0, 9, 0], [1, 2]);
    const fraction = (a: number, b: number) => ((a >>> 5) * 2 ** 26 + (b >>> 6)) / 2 ** 53;
    const expected = [
      fraction(words[0] as number, words[1] as number),
      fraction(words[2] as number, words[3] as number),
    ];
    expect(draw("random_fractions", Float64Array, 2, 1, 2, 9, 10, 0)).toEqual(expected);
    const normal = block([5, 0, 9, 1], [1, 2]);
    const u = fraction(normal[0] as number, normal[1] as number);
    const v = fraction(normal[2] as number, normal[3] as number);
    const radius = Math.sqrt(-2 * Math.log(1 - u));
    const pair = draw("random_normal", Float64Array, 2, 1, 2, 9, 10, 0);
    expect(pair[0]).toBeCloseTo(radius * Math.cos(2 * Math.PI * v), 14);
    expect(pair[1]).toBeCloseTo(radius * Math.sin(2 * Math.PI * v), 14);
    expect(draw("random_bits", Uint32Array, 4, 1, 2, 9, 20, 0)).toEqual(block([5, 0, 9, 2], [1, 2]));
  });
});
