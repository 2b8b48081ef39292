/** ONNX graphs evaluated by the definitions of their operations, in plain float64: small, slow, and nobody's code but this. */
import type { OnnxFile, OnnxNode, OnnxPort } from "../../src/formats/onnx.ts";

interface Array_ {
  readonly shape: readonly number[];
  readonly values: readonly number[];
}

type Shape = readonly number[];
const size = (shape: Shape): number => shape.reduce((a, b) => a * b, 1);

/** Calls `visit` with every index of a shape, in row-major order. */
function indices(shape: Shape): number[][] {
  return Array.from({ length: size(shape) }, (_, flat) => {
    let rest = flat;
    return [...shape]
      .reverse()
      .map((n) => {
        const i = rest % n;
        rest = Math.floor(rest / n);
        return i;
      })
      .reverse();
  });
}

const flatIndex = (shape: Shape, index: readonly number[]): number =>
  shape.reduce((at, n, k) => at * n + (index[k] as number), 0);
const build = (shape: Shape, f: (index: number[]) => number): Array_ => ({ shape, values: indices(shape).map(f) });
const at = (a: Array_, index: readonly number[]): number => a.values[flatIndex(a.shape, index)] as number;

/** The axes from behind, as NumPy broadcasts them. */
function elementwise(a: Array_, b: Array_, f: (x: number, y: number) => number): Array_ {
  const rank = Math.max(a.shape.length, b.shape.length);
  const pad = ({ shape, values }: Array_): Array_ => ({
    shape: [...new Array<number>(rank - shape.length).fill(1), ...shape],
    values,
  });
  const [p, q] = [pad(a), pad(b)];
  const shape = p.shape.map((n, k) => {
    const m = q.shape[k] as number;
    if (n !== m && n !== 1 && m !== 1) throw new Error(`shapes ${a.shape} and ${b.shape}`);
    return Math.max(n, m);
  });
  const read = (x: Array_, index: number[]) =>
    at(
      x,
      index.map((i, k) => (x.shape[k] === 1 ? 0 : i)),
    );
  return build(shape, (index) => f(read(p, index), read(q, index)));
}

const map = (a: Array_, f: (x: number) => number): Array_ => ({ shape: a.shape, values: a.values.map(f) });
const transpose = (a: Array_): Array_ => build([...a.shape].reverse(), (index) => at(a, [...index].reverse()));

/** The last two axes multiplied, the ones before broadcast. */
function matMul(a: Array_, b: Array_): Array_ {
  const k = a.shape.at(-1) as number;
  const batch = a.shape.length > b.shape.length ? a.shape.slice(0, -2) : b.shape.slice(0, -2);
  const read = (x: Array_, outer: number[], i: number, j: number) =>
    at(x, [...outer.slice(outer.length - (x.shape.length - 2)), i, j]);
  return build([...batch, a.shape.at(-2) as number, b.shape.at(-1) as number], (index) => {
    const [i, j] = index.slice(-2) as [number, number];
    let sum = 0;
    for (let l = 0; l < k; l++) sum += read(a, index.slice(0, -2), i, l) * read(b, index.slice(0, -2), l, j);
    return sum;
  });
}

/** erf x: 2/√π e^(−x²) Σ (2x²)^k x / (1 · 3 ⋯ (2k + 1)). */
function erf(x: number): number {
  if (Math.abs(x) > 6) return Math.sign(x);
  let [term, sum] = [x, x];
  for (let k = 3; Math.abs(term) > 1e-18 * Math.abs(sum); k += 2) {
    term *= (2 * x * x) / k;
    sum += term;
  }
  return (2 / Math.sqrt(Math.PI)) * Math.exp(-x * x) * sum;
}

type Node = (node: OnnxNode, inputs: readonly Array_[]) => Array_;

const number = ({ attributes }: OnnxNode, name: string, otherwise: number): number => {
  const found = attributes[name];
  return found && "int" in found ? found.int : otherwise;
};
const numbers = ({ attributes }: OnnxNode, name: string, otherwise: readonly number[]): readonly number[] => {
  const found = attributes[name];
  return found && "ints" in found ? found.ints : otherwise;
};

/** For every window of an image: `fold` of its numbers, `undefined` for those beyond the image. */
function pooled(node: OnnxNode, x: Array_, fold: (window: (number | undefined)[]) => number): Array_ {
  const [N, C, H, W] = x.shape as [number, number, number, number];
  const [kh, kw] = numbers(node, "kernel_shape", []) as [number, number];
  const [sh, sw] = numbers(node, "strides", [1, 1]) as [number, number];
  const [top, left, bottom, right] = numbers(node, "pads", [0, 0, 0, 0]) as [number, number, number, number];
  const places = [Math.floor((H + top + bottom - kh) / sh) + 1, Math.floor((W + left + right - kw) / sw) + 1];
  return build([N, C, ...places], (index) => {
    const [n, c, i, j] = index as [number, number, number, number];
    return fold(
      indices([kh, kw]).map(([di, dj]) => {
        const [r, s] = [i * sh - top + (di as number), j * sw - left + (dj as number)];
        return r >= 0 && r < H && s >= 0 && s < W ? at(x, [n, c, r, s]) : undefined;
      }),
    );
  });
}

function conv(node: OnnxNode, [x, w, b]: readonly Array_[]): Array_ {
  const [image, kernel] = [x as Array_, w as Array_];
  const [N, , H, W] = image.shape as [number, number, number, number];
  const [M, depth, kh, kw] = kernel.shape as [number, number, number, number];
  const group = number(node, "group", 1);
  const [sh, sw] = numbers(node, "strides", [1, 1]) as [number, number];
  const [top, left, bottom, right] = numbers(node, "pads", [0, 0, 0, 0]) as [number, number, number, number];
  const places = [Math.floor((H + top + bottom - kh) / sh) + 1, Math.floor((W + left + right - kw) / sw) + 1];
  return build([N, M, ...places], (index) => {
    const [n, m, i, j] = index as [number, number, number, number];
    let sum = b ? (b.values[m] as number) : 0;
    const from = Math.floor(m / (M / group)) * depth;
    for (const [c, di, dj] of indices([depth, kh, kw]) as [number, number, number][]) {
      const [r, s] = [i * sh - top + di, j * sw - left + dj];
      if (r >= 0 && r < H && s >= 0 && s < W) sum += at(kernel, [m, c, di, dj]) * at(image, [n, from + c, r, s]);
    }
    return sum;
  });
}

function convTranspose(node: OnnxNode, [x, w, b]: readonly Array_[]): Array_ {
  const [image, kernel] = [x as Array_, w as Array_];
  const [N, C, H, W] = image.shape as [number, number, number, number];
  const [, perGroup, kh, kw] = kernel.shape as [number, number, number, number];
  const group = number(node, "group", 1);
  const [sh, sw] = numbers(node, "strides", [1, 1]) as [number, number];
  const [top, left, bottom, right] = numbers(node, "pads", [0, 0, 0, 0]) as [number, number, number, number];
  const [oh, ow] = numbers(node, "output_padding", [0, 0]) as [number, number];
  const out: Shape = [
    N,
    perGroup * group,
    (H - 1) * sh + oh + kh - top - bottom,
    (W - 1) * sw + ow + kw - left - right,
  ];
  const values = indices(out).map(([, m]) => (b ? (b.values[m as number] as number) : 0));
  for (const [n, c, i, j] of indices([N, C, H, W]) as [number, number, number, number][]) {
    const from = Math.floor(c / (C / group)) * perGroup;
    for (const [m, di, dj] of indices([perGroup, kh, kw]) as [number, number, number][]) {
      const [r, s] = [i * sh - top + di, j * sw - left + dj];
      if (r < 0 || r >= (out[2] as number) || s < 0 || s >= (out[3] as number)) continue;
      const place = flatIndex(out, [n, from + m, r, s]);
      values[place] = (values[place] as number) + at(image, [n, c, i, j]) * at(kernel, [c, m, di, dj]);
    }
  }
  return { shape: out, values };
}

const sum = (values: readonly (number | undefined)[]): number => values.reduce<number>((a, b) => a + (b ?? 0), 0);
const of =
  (f: (x: number) => number): Node =>
  (_, [x]) =>
    map(x as Array_, f);
const both =
  (f: (x: number, y: number) => number): Node =>
  (_, [x, y]) =>
    elementwise(x as Array_, y as Array_, f);

const operations: Readonly<Record<string, Node>> = {
  Identity: of((x) => x),
  Tanh: of(Math.tanh),
  Relu: of((x) => Math.max(x, 0)),
  Sigmoid: of((x) => 1 / (1 + Math.exp(-x))),
  Softplus: of((x) => Math.max(x, 0) + Math.log1p(Math.exp(-Math.abs(x)))),
  Sin: of(Math.sin),
  Erf: of(erf),
  Sqrt: of(Math.sqrt),
  Add: both((x, y) => x + y),
  Sub: both((x, y) => x - y),
  Mul: both((x, y) => x * y),
  Div: both((x, y) => x / y),
  Pow: both((x, y) => x ** y),
  Clip: (_, [x, low, high]) =>
    map(x as Array_, (v) => Math.min(Math.max(v, low?.values[0] as number), high?.values[0] as number)),
  Transpose: (_, [x]) => transpose(x as Array_),
  MatMul: (_, [a, b]) => matMul(a as Array_, b as Array_),
  Gemm(node, [a, b, c]) {
    const [left, right] = [a as Array_, b as Array_];
    const product = matMul(
      number(node, "transA", 0) ? transpose(left) : left,
      number(node, "transB", 0) ? transpose(right) : right,
    );
    return c ? elementwise(product, c, (x, y) => x + y) : product;
  },
  Reshape(_, [x, to]) {
    const asked = (to as Array_).values.map((n, k) => (n === 0 ? ((x as Array_).shape[k] as number) : n));
    const known = asked.reduce((a, n) => (n === -1 ? a : a * n), 1);
    return {
      shape: asked.map((n) => (n === -1 ? size((x as Array_).shape) / known : n)),
      values: (x as Array_).values,
    };
  },
  Flatten: (_, [x]) => {
    const { shape, values } = x as Array_;
    return { shape: [shape[0] as number, size(shape.slice(1))], values };
  },
  Slice(_, [x, from, to, axes]) {
    const axis = axes?.values[0] as number;
    const start = from?.values[0] as number;
    const shape = (x as Array_).shape.map((n, k) => (k === axis ? (to?.values[0] as number) - start : n));
    return build(shape, (index) =>
      at(
        x as Array_,
        index.map((i, k) => (k === axis ? i + start : i)),
      ),
    );
  },
  Pad(_, [x, pads]) {
    const { shape } = x as Array_;
    const rank = shape.length;
    const p = (pads as Array_).values;
    return build(
      shape.map((n, k) => n + (p[k] as number) + (p[k + rank] as number)),
      (index) => {
        const inner = index.map((i, k) => i - (p[k] as number));
        return inner.every((i, k) => i >= 0 && i < (shape[k] as number)) ? at(x as Array_, inner) : 0;
      },
    );
  },
  InstanceNormalization(node, [x, gamma, beta]) {
    const { shape, values } = x as Array_;
    const epsilon = node.attributes.epsilon;
    const e = epsilon && "float" in epsilon ? epsilon.float : 1e-5;
    const [N, C] = shape as [number, number];
    const P = size(shape.slice(2));
    const result = [...values];
    for (let k = 0; k < N * C; k++) {
      const own = values.slice(k * P, (k + 1) * P);
      const mean = own.reduce((a, b) => a + b, 0) / P;
      const r = 1 / Math.sqrt(own.reduce((a, b) => a + (b - mean) ** 2, 0) / P + e);
      const [g, b] = [gamma?.values[k % C] as number, beta?.values[k % C] as number];
      for (let p = 0; p < P; p++) result[k * P + p] = g * ((own[p] as number) - mean) * r + b;
    }
    return { shape, values: result };
  },
  BatchNormalization(node, [x, gamma, beta, mean, variance]) {
    const epsilon = node.attributes.epsilon;
    const e = epsilon && "float" in epsilon ? epsilon.float : 1e-5;
    const image = x as Array_;
    return build(image.shape, (index) => {
      const c = index[1] as number;
      const [g, b, m, v] = [gamma, beta, mean, variance].map((p) => p?.values[c] as number) as [
        number,
        number,
        number,
        number,
      ];
      return (g * (at(image, index) - m)) / Math.sqrt(v + e) + b;
    });
  },
  Conv: conv,
  ConvTranspose: convTranspose,
  MaxPool: (node, [x]) => pooled(node, x as Array_, (w) => Math.max(...w.filter((v) => v !== undefined))),
  AveragePool: (node, [x]) => pooled(node, x as Array_, (w) => sum(w) / w.length),
  GlobalAveragePool: (_, [x]) => {
    const image = x as Array_;
    const [N, C, H, W] = image.shape as [number, number, number, number];
    return build(
      [N, C, 1, 1],
      ([n, c]) =>
        sum(indices([H, W]).map(([i, j]) => at(image, [n as number, c as number, i as number, j as number]))) / (H * W),
    );
  },
};

/** The graph's only output for its only input, `rows` examples. */
export function evaluateOnnx(
  { nodes, initializers, inputs, outputs }: OnnxFile,
  features: readonly number[],
  rows: number,
): number[] {
  const values = new Map<string, Array_>(
    initializers.map((t) => [t.name, { shape: t.shape, values: Array.from(t.values as Float64Array, Number) }]),
  );
  const [input] = inputs as readonly [OnnxPort];
  values.set(input.name, { shape: [rows, ...input.shape.slice(1)] as number[], values: features });
  for (const node of nodes) {
    const operation = operations[node.operation];
    if (!operation) throw new Error(`the evaluator has no ${node.operation}`);
    const given = node.inputs.map((name) => {
      const value = values.get(name);
      if (!value) throw new Error(`${node.operation} reads ${name}, which nothing has made yet`);
      return value;
    });
    values.set(node.outputs[0] as string, operation(node, given));
  }

  const [output] = outputs as readonly [OnnxPort];
  const result = values.get(output.name) as Array_;
  const expected = [rows, ...output.shape.slice(1)];
  if (result.shape.join() !== expected.join())
    throw new Error(`scores of shape ${result.shape} instead of ${expected}`);
  return [...result.values];
}
