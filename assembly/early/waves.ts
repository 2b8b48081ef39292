/**
 * A module of its own, below 4 KB: a page's main thread in Chromium before 116 compiles no larger one at once, and data are
 * made before any model is. The functions are the core's, to the bit.
 */
export { random_bits, random_fractions } from "../random";
export { cos, sin } from "../scalar";
export { text_bytes } from "./text";
