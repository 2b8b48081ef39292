export { type OnnxOptions, toOnnx } from "./exchange/toOnnx.ts";
