/**
 * Images as rows of channels, one for each (example, row, column): order, convolution, pooling. The windows' names: image h × w,
 * window kh × kw, places oh × ow, stride sh × sw, padding ph × pw above and left, dilation (0: none), groups.
 */
import { matrix, type Signatures, scratch } from "./signature.ts";

const IMAGE = matrix("examples * h * w", "channels");
const PLACES = matrix("examples * oh * ow", "channels");
const FILTERED = matrix("examples * oh * ow", "filters");
const WEIGHTS = matrix("kh * kw * channels", "filters / groups");

/** Sizes that no product of them leaves behind: rows, columns and their products stay below 2²⁷. */
const WINDOWS = [
  "isModest(h * w)",
  "isModest(oh * ow)",
  "isModest(kh * kw)",
  "kh > 0 && kw > 0",
  "isModest(examples * h * w)",
  "isModest(examples * oh * ow)",
  "isModest(channels)",
  "isModest(oh * sh)",
  "isModest(ow * sw)",
  "ph < 16777216 && pw < 16777216",
];
/** A largest number needs a position to stand at. */
const EVERY_WINDOW_MEETS_THE_IMAGE = ["ph < kh", "pw < kw", "(oh - 1) * sh < h + ph", "(ow - 1) * sw < w + pw"];
const POOL_WORK = "(1 + examples) * (1 + channels) * ((1 + oh * ow) * (1 + kh * kw) + h * w)";

const COVERED = "covered(kh, oh, sh) * covered(kw, ow, sw)";
const COVERING = "covering(kh, h, sh, ph) * covering(kw, w, sw, pw)";
const SPACE = `convolution(examples, h * w, oh * ow, kh * kw, ${COVERED}, ${COVERING}, channels, filters, groups, size)`;
const CONVOLUTION = [
  ...WINDOWS,
  "groups > 0",
  "dilation == 0",
  "isWhole(channels / groups)",
  "isWhole(filters / groups)",
  "isModest(filters)",
  "sh > 0 && sw > 0",
  `isModest(${COVERED})`,
  `isModest(${COVERING})`,
  "isModest(kh * kw * channels)",
];
const CONVOLUTION_WORK = "(1 + examples) * (1 + channels) * (1 + filters) * (1 + oh * ow) * (1 + kh * kw)";
const ORDER = ["positions > 0", "isModest(channels * positions)", "isModest(examples * positions)"];

export const images = {
  ToImage: {
    number: 64,
    from: "images",
    call: "to_image<T>(image, plain, examples, channels, positions, i32(beta))",
    operands: {
      image: matrix("examples * positions", "channels"),
      plain: matrix("examples", "channels * positions"),
    },
    sizes: ["examples", "channels", "positions", "beta"],
    where: ORDER,
    work: "(1 + examples) * (1 + channels) * (1 + positions)",
  },
  ToFeatures: {
    number: 65,
    from: "images",
    call: "to_features<T>(plain, image, examples, channels, positions, i32(beta))",
    operands: {
      plain: matrix("examples", "channels * positions"),
      image: matrix("examples * positions", "channels"),
    },
    sizes: ["examples", "channels", "positions", "beta"],
    where: ORDER,
    work: "(1 + examples) * (1 + channels) * (1 + positions)",
  },
  Conv: {
    number: 66,
    from: "conv",
    call: "conv<T>(z, x, weights, space, windows, examples, channels, filters, i32(beta))",
    operands: { z: FILTERED, x: IMAGE, weights: WEIGHTS, space: scratch(SPACE) },
    sizes: ["examples", "channels", "filters", "beta"],
    coefficients: "windows",
    where: CONVOLUTION,
    work: CONVOLUTION_WORK,
  },
  ConvInput: {
    number: 67,
    from: "convInput",
    call: "conv_input<T>(x, z, weights, space, windows, examples, channels, filters, i32(beta))",
    operands: { x: IMAGE, z: FILTERED, weights: WEIGHTS, space: scratch(SPACE) },
    sizes: ["examples", "channels", "filters", "beta"],
    coefficients: "windows",
    where: CONVOLUTION,
    work: CONVOLUTION_WORK,
  },
  ConvWeight: {
    number: 68,
    from: "convWeight",
    call: "conv_weight<T>(weights, x, z, space, windows, examples, channels, filters, i32(beta), shards, shardRows)",
    operands: {
      weights: WEIGHTS,
      x: IMAGE,
      z: FILTERED,
      space: scratch(`${SPACE} + weightSums(matrixBytes(kh * kw * channels, filters / groups, size), shards)`),
    },
    sizes: ["examples", "channels", "filters", "beta", "shards", "shardRows"],
    coefficients: "windows",
    where: [...CONVOLUTION, "areShards(shards)", "shards <= 1 || isModest(shardRows * 8 * oh * ow)"],
    work: CONVOLUTION_WORK,
  },
  PickMax: {
    number: 69,
    from: "pool",
    call: "pick_max<T>(z, v, key, windows, examples, channels, i32(beta))",
    operands: { z: PLACES, v: IMAGE, key: IMAGE },
    sizes: ["examples", "channels", null, "beta"],
    coefficients: "windows",
    where: [...WINDOWS, ...EVERY_WINDOW_MEETS_THE_IMAGE],
    work: POOL_WORK,
  },
  PlaceMax: {
    number: 70,
    from: "pool",
    call: "place_max<T>(v, z, key, windows, examples, channels, i32(beta))",
    operands: { v: IMAGE, z: PLACES, key: IMAGE },
    sizes: ["examples", "channels", null, "beta"],
    coefficients: "windows",
    where: [...WINDOWS, ...EVERY_WINDOW_MEETS_THE_IMAGE],
    work: POOL_WORK,
  },
  Average: {
    number: 71,
    from: "pool",
    call: "average<T>(z, x, windows, examples, channels, i32(beta), adaptive != 0, false)",
    operands: { z: PLACES, x: IMAGE },
    sizes: ["examples", "channels", "adaptive", "beta"],
    coefficients: "windows",
    where: WINDOWS,
    work: POOL_WORK,
  },
  Spread: {
    number: 72,
    from: "pool",
    call: "average<T>(z, x, windows, examples, channels, i32(beta), adaptive != 0, true)",
    operands: { x: IMAGE, z: PLACES },
    sizes: ["examples", "channels", "adaptive", "beta"],
    coefficients: "windows",
    where: WINDOWS,
    work: POOL_WORK,
  },
} satisfies Signatures;
