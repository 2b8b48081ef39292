/** What reads PNG, in a file of its own: what is imported later is bundled whole, and nobody asks for the encoder. */
export { decode } from "fast-png";
export { checkPngLength } from "./pngLength.ts";
