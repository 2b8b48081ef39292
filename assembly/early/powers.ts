/** The second module below 4 KB: its tables are taken from the core's bytes (scripts/build/early.mjs). */
export { exp, log, pow } from "../scalar";
