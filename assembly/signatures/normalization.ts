/** Blocks of `per` rows with statistics of their own, local response, dropout. */
import { matrix, optional, row, type Signatures, scalars, scratch } from "./signature.ts";

const ALL = matrix("rows", "columns");
const STATISTICS = matrix("rows / per", "columns");
const BLOCKS = ["per > 0", "isWhole(rows / per)"];

export const normalization = {
  Normalize: {
    number: 80,
    from: "normalization",
    call: "normalize<T>(out, r, mean, variance, x, rows, columns, per, pooled != 0, epsilon)",
    operands: { out: ALL, r: STATISTICS, mean: STATISTICS, variance: STATISTICS, x: ALL },
    sizes: ["rows", "columns", "per", "beta", null, "pooled"],
    coefficients: ["epsilon"],
    where: BLOCKS,
  },
  NormalizeSlope: {
    number: 81,
    from: "normalization",
    call: "normalize_slope<T>(out, dr, u, normalized, r, space, rows, columns, per, i32(beta), pooled != 0)",
    operands: {
      out: ALL,
      dr: STATISTICS,
      u: ALL,
      normalized: ALL,
      r: STATISTICS,
      space: scratch("2 * row(columns, size)"),
    },
    sizes: ["rows", "columns", "per", "beta", null, "pooled"],
    where: BLOCKS,
  },
  NormalizeCurvature: {
    number: 82,
    from: "normalization",
    call: "normalize_curvature<T>(out, u, w, normalized, r, space, rows, columns, per, i32(beta), pooled != 0)",
    operands: { out: ALL, u: ALL, w: ALL, normalized: ALL, r: STATISTICS, space: scratch("2 * row(columns, size)") },
    sizes: ["rows", "columns", "per", "beta", null, "pooled"],
    where: BLOCKS,
  },
  NeighbourSum: {
    number: 83,
    from: "localResponse",
    call: "neighbour_sum<T>(out, x, space, rows, columns, half, i32(beta))",
    operands: { out: ALL, x: ALL, space: scratch("neighbours(columns, half, size)") },
    sizes: ["rows", "columns", "half", "beta"],
    work: "(1 + rows) * (1 + columns) * (1 + half)",
  },
  AffinePower: {
    number: 84,
    from: "localResponse",
    call: "affine_power<T>(out, x, rows, columns, c, k, a, e, i32(beta))",
    operands: { out: ALL, x: ALL },
    sizes: ["rows", "columns", null, "beta"],
    coefficients: ["c", "k", "a", "e"],
  },
  NormalizeBy: {
    number: 85,
    from: "normalization",
    call: "normalize_by<T>(out, x, variance, mean, rows, columns, epsilon, i32(beta))",
    operands: { out: ALL, x: ALL, variance: row("columns"), mean: optional(row("columns")) },
    sizes: ["rows", "columns", null, "beta"],
    coefficients: ["epsilon"],
  },
  Dropout: {
    number: 86,
    from: "dropout",
    call: "dropout<T>(out, x, examples, counters, rows, columns, per, i32(beta), stream, rate)",
    operands: { out: ALL, x: ALL, examples: matrix("rows / per", "1"), counters: scalars(3) },
    sizes: ["rows", "columns", "per", "beta", null, "stream"],
    coefficients: ["rate"],
    where: BLOCKS,
  },
} satisfies Signatures;
