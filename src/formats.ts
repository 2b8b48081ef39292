export type { ImportOptions } from "./exchange/described.ts";
export { fromOnnx } from "./exchange/fromOnnx.ts";
export { fromNpz, type NpzOptions, readNpz, toNpz } from "./exchange/npz.ts";
export { type OnnxOptions, toOnnx } from "./exchange/toOnnx.ts";
export { type TfjsFiles, toTfjs } from "./exchange/toTfjs.ts";
export { writeNpy } from "./formats/npy.ts";
