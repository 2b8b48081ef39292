export type { ImportOptions } from "./exchange/described.ts";
export { fromOnnx } from "./exchange/fromOnnx.ts";
export { type OnnxOptions, toOnnx } from "./exchange/toOnnx.ts";
