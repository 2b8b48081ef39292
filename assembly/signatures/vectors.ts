/** Whole vectors: fills, sums, inner products. */
import { bytes, flat, optional, type Signatures, scalars, scratch } from "./signature.ts";

/** n numbers in each set, or an n × n matrix. */
const PENALIZED = "(penalty == 4 ? matrixBytes(n, n, size) : n * size) * sets";

export const vectors = {
  Zero: { number: 2, from: "vector", call: "clear<T>(out, n)", operands: { out: flat("n") }, sizes: ["n"] },
  Copy: {
    number: 3,
    from: "vector",
    call: "copy<T>(out, x, n)",
    operands: { out: flat("n"), x: flat("n") },
    sizes: ["n"],
  },
  Combine: {
    number: 4,
    from: "steps",
    call: {
      by: "terms",
      cases: {
        1: "combine1<T>(out, c0 as T, x0, n)",
        2: "combine2<T>(out, c0 as T, x0, c1 as T, x1, n)",
        3: "combine3<T>(out, c0 as T, x0, c1 as T, x1, c2 as T, x2, n)",
        4: "combine4<T>(out, c0 as T, x0, c1 as T, x1, c2 as T, x2, c3 as T, x3, n)",
        5: "combine5<T>(out, c0 as T, x0, c1 as T, x1, c2 as T, x2, c3 as T, x3, c4 as T, x4, n)",
      },
    },
    operands: {
      out: flat("n"),
      x0: flat("n"),
      x1: optional(flat("n")),
      x2: optional(flat("n")),
      x3: optional(flat("n")),
      x4: optional(flat("n")),
    },
    sizes: ["n", "terms"],
    coefficients: ["c0", "c1", "c2", "c3", "c4"],
    where: ["terms < 2 || given(x1)", "terms < 3 || given(x2)", "terms < 4 || given(x3)", "terms < 5 || given(x4)"],
  },
  Dot: {
    number: 19,
    from: "vector",
    call: "dot<T>(out, x, y, n)",
    operands: { out: scalars(1), x: flat("n"), y: flat("n") },
    sizes: ["n"],
  },
  Multiply: {
    number: 23,
    from: "structure",
    call: "multiply<T>(out, x, y, n, i32(beta))",
    operands: { out: flat("n"), x: flat("n"), y: flat("n") },
    sizes: ["n", null, null, "beta"],
  },
  Clip: {
    number: 29,
    from: "vector",
    call: "clip<T>(gradient, squaredNorm, limit, n)",
    operands: { gradient: flat("n"), squaredNorm: scalars(1) },
    sizes: ["n"],
    coefficients: ["limit"],
  },
  Regularize: {
    number: 30,
    from: "regularizers",
    call: {
      by: "penalty",
      cases: {
        0: "square<T>(value, out, x, extra, weight, n)",
        1: "difference_square<T>(value, out, x, weight, n, sets)",
        2: "smooth_absolute<T>(value, out, x, v, weight, epsilon, n)",
        3: "operator_square<T>(value, out, x, extra, weight, n, rows, referenced != 0)",
        4: "stability<T>(value, out, x, v, space, weight, n, sets)",
      },
    },
    operands: {
      value: optional(scalars(1)),
      out: optional(bytes(PENALIZED)),
      x: bytes(PENALIZED),
      v: optional(bytes(PENALIZED)),
      extra: optional(bytes(`penalty == 3 ? n * size * (rows + (referenced != 0 ? 1 : 0)) : ${PENALIZED}`)),
      space: optional(scratch("penalty == 4 ? 32 * n * n : 0")),
    },
    sizes: ["n", "sets", "penalty", "rows", "referenced"],
    coefficients: ["weight", "epsilon"],
    among: { penalty: "Penalty" },
    where: [
      "sets > 0",
      "rows < 536870912",
      "penalty == 4 ? n > 0 && n < 8192 && given(space) : isWhole((n * size) / 16)",
      "penalty == 3 ? given(extra) : true",
    ],
    // At most 60 sweeps of Jacobi's rotations; an operator has its rows.
    work: "(1 + n) * (1 + sets) * (penalty == 4 ? 180 * (1 + n) * (1 + n) : 1 + rows)",
  },
} satisfies Signatures;
