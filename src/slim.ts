/** odenet without its core: `await load(…)` first. For engines that refuse to compile from bytes, and pages that count them. */

export { type CoreInput, load } from "./core/host/provide.ts";
export * as data from "./data/index.ts";
export * from "./index.ts";
