/** Convolution and its adjoints against the sums of their definition, for windows of every kind. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { Memory } from "../../src/core/host/memory.ts";
import { compile } from "../../src/core/plan/plan.ts";
import { Recorder } from "../../src/core/recording/recorder.ts";
import { type Precision, paddedColumns, type Tensor } from "../../src/core/recording/tensor.ts";
import { convolution, convolutionAdjoint, convolutionWeight } from "../../src/operations/convolution.ts";
import { copy } from "../../src/operations/fill.ts";
import { area, attributesOf, type Pair, type Windows } from "../../src/operations/windows.ts";
import { symmetric } from "../support/draws.ts";

interface Case extends Windows {
  readonly examples: number;
  /** Channels and filters of one group. */
  readonly depth: number;
  readonly width: number;
}

const pairOf = (least: number, most: number): fc.Arbitrary<Pair> =>
  fc.tuple(fc.integer({ min: least, max: most }), fc.integer({ min: least, max: most }));

/** Images up to 9 × 9 and windows that reach beyond them, with strides that leave positions out. */
const cases: fc.Arbitrary<Case> = fc
  .record({
    image: pairOf(1, 9),
    window: pairOf(1, 5),
    stride: pairOf(1, 4),
    padding: pairOf(0, 4),
    groups: fc.integer({ min: 1, max: 3 }),
    examples: fc.integer({ min: 1, max: 7 }),
    depth: fc.integer({ min: 1, max: 9 }),
    width: fc.integer({ min: 1, max: 9 }),
  })
  .map((drawn) => {
    const { image, window, stride, padding } = drawn;
    const places = [0, 1].map((d) => {
      const [i, w, s, p] = [image, window, stride, padding].map((pair) => pair[d] as number) as [
        number,
        number,
        number,
        number,
      ];
      return Math.floor((i + 2 * p - w) / s) + 1;
    }) as unknown as Pair;
    return { ...drawn, places };
  })
  .filter(({ places }) => places[0] > 0 && places[1] > 0);

type Kind = "forward" | "input" | "weight";
const kinds: readonly Kind[] = ["forward", "input", "weight"];

interface Matrix {
  readonly rows: number;
  readonly columns: number;
}

function shapesOf({ examples, depth, width, image, places, window, groups }: Case) {
  return {
    x: { rows: examples * area(image), columns: depth * groups },
    z: { rows: examples * area(places), columns: width * groups },
    w: { rows: area(window) * depth * groups, columns: width },
  };
}

/** What the kernel of `kind` adds to `initial`, without padding. */
function run(kind: Kind, drawn: Case, precision: Precision, numbers: Record<"x" | "z" | "w", number[]>): number[] {
  const record = new Recorder(precision);
  const shapes = shapesOf(drawn);
  const given: { tensor: Tensor; values: number[] }[] = [];
  const input = (name: "x" | "z" | "w") => {
    const tensor = record.input(name, shapes[name].rows, shapes[name].columns);
    given.push({ tensor, values: numbers[name] });
    return tensor;
  };
  const target = { forward: "z", input: "x", weight: "w" } as const;
  const into = record.call(copy, [input(target[kind])], [shapes[target[kind]]])[0] as Tensor;
  const result =
    kind === "forward"
      ? convolution(record, input("x"), input("w"), drawn, into)
      : kind === "input"
        ? convolutionAdjoint(record, input("z"), input("w"), drawn, into)
        : (record.call(
            convolutionWeight,
            [input("x"), input("z")],
            [shapes.w],
            attributesOf(drawn),
            into,
          )[0] as Tensor);
  record.keep(result);
  const plan = compile(record, copy);
  const memory = new Memory();
  const block = memory.allocate(plan.privateBytes, "test");
  const address = memory.load(plan);
  const view = ({ rows, columns }: Matrix, t: Tensor) =>
    memory.view(precision, block + plan.offset(t), rows * paddedColumns(columns, precision));
  for (const { tensor, values } of given) {
    const stride = paddedColumns(tensor.columns, precision);
    const all = view(tensor, tensor);
    values.forEach((value, i) => {
      all[Math.floor(i / tensor.columns) * stride + (i % tensor.columns)] = value;
    });
  }
  memory.run(address, plan.count, block);
  const stride = paddedColumns(result.columns, precision);
  const found: number[] = [];
  view(result, result).forEach((value, i) => {
    if (i % stride < result.columns) found.push(value);
    else if (value !== 0) throw new Error(`padding holds ${value}`);
  });
  return found;
}

/** Calls `visit` with the indices of x, w and z for each product of the convolution, by example, place, window, channel, filter. */
function eachProduct(drawn: Case, visit: (x: number, w: number, z: number) => void): void {
  const { examples, depth, width, image, window, places, stride, padding, groups } = drawn;
  const [channels, filters] = [depth * groups, width * groups];
  for (let e = 0; e < examples; e++) {
    for (let place = 0; place < area(places); place++) {
      const top = Math.floor(place / places[1]) * stride[0] - padding[0];
      const left = (place % places[1]) * stride[1] - padding[1];
      for (let at = 0; at < area(window); at++) {
        const row = top + Math.floor(at / window[1]);
        const column = left + (at % window[1]);
        if (row < 0 || column < 0 || row >= image[0] || column >= image[1]) continue;
        const pixel = (e * area(image) + row * image[1] + column) * channels;
        for (let g = 0; g < groups; g++) {
          for (let c = 0; c < depth; c++) {
            for (let f = 0; f < width; f++) {
              const weight = ((g * area(window) + at) * depth + c) * width + f;
              visit(pixel + g * depth + c, weight, (e * area(places) + place) * filters + g * width + f);
            }
          }
        }
      }
    }
  }
}

/** The same by the definition: each sum in the order of `eachProduct`, then added to what was there. */
function expected(kind: Kind, drawn: Case, { x, w, z }: Record<"x" | "z" | "w", number[]>): number[] {
  const start = { forward: z, input: x, weight: w }[kind];
  const sums = new Float64Array(start.length);
  eachProduct(drawn, (i, j, k) => {
    const [at, a, b] = kind === "forward" ? [k, x[i], w[j]] : kind === "input" ? [i, z[k], w[j]] : [j, x[i], z[k]];
    sums[at] = (sums[at] as number) + (a as number) * (b as number);
  });
  return start.map((value, i) => value + (sums[i] as number));
}

function numbersOf(drawn: Case) {
  const { x, z, w } = shapesOf(drawn);
  const [nx, nz, nw] = [x, z, w].map(({ rows, columns }) => rows * columns) as [number, number, number];
  const all = Array.from(symmetric(7, nx + nz + nw), Math.fround);
  return { x: all.slice(0, nx), z: all.slice(nx, nx + nz), w: all.slice(nx + nz) };
}

/** The largest difference, as a part of the largest number. */
function error(found: readonly number[], right: readonly number[]): number {
  const largest = (values: Iterable<number>) => Math.max(0, ...Array.from(values, Math.abs));
  return largest(found.map((value, i) => value - (right[i] as number))) / (1 + largest(right));
}

describe.each(kinds)("%s", (kind) => {
  it.each([
    ["f64", 1e-13],
    ["f32", 5e-5],
  ] as const)("%s: the sums of the definition", (precision, tolerance) => {
    fc.assert(
      fc.property(cases, (drawn) => {
        const numbers = numbersOf(drawn);
        const right = expected(kind, drawn, numbers);
        const found = run(kind, drawn, precision, numbers);
        // One row's sums are in the order of places, window and channel, whatever the other rows.
        if (precision === "f64" && kind !== "weight") expect(found).toEqual(right);
        expect(error(found, right)).toBeLessThanOrEqual(tolerance);
      }),
      { seed: 1, numRuns: 30 },
    );
  });
});

it.each([1, 2])("a weight gradient of several shards and images of more than 512 places, %d groups", (groups) => {
  const square = (n: number) => [n, n] as const;
  const drawn: Case = {
    image: [22, 25],
    places: [22, 25],
    window: square(3),
    stride: square(1),
    padding: square(1),
    groups,
    examples: 33,
    depth: 2,
    width: 3,
  };
  const numbers = numbersOf(drawn);
  expect(error(run("weight", drawn, "f64", numbers), expected("weight", drawn, numbers))).toBeLessThanOrEqual(1e-13);
});
