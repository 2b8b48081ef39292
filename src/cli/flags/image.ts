/** Flags of the presets for images. */
import type { Flag } from "./flag.ts";
import { counts, number, on, oneOf, whole } from "./kinds.ts";

const norm: Flag<string> = {
  ...oneOf<string>("<name>", "inside these blocks (default: instance)", ["instance", "layer", "batch", "none"]),
  options: (name) => ({ norm: name === "none" ? false : name }),
};

export const imageFlags = {
  channels: counts("<n,n>", "of each block of a preset for images (default: 16,32,64)"),
  norm,
  head: oneOf("<kind>", "what their classifier sees of the last block (default: mean)", ["mean", "flatten"]),
  stride: whole("<n>", "of their opening convolution (default: 1)"),
  pooling: oneOf("<kind>", "of leNet (default: max)", ["max", "average"]),
  grouped: on("of alexNet: two groups of channels, as in 2012"),
  dropout: number("<rate>", "of alexNet (default: 0.5)", { from: 0 }),
};
