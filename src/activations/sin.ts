/** sin x. */
import type { ActivationEntry } from "./activation.ts";

export const sin = {
  name: "sin",
  label: "sine",
  code: 5,
  fromOutput: false,
  monotone: false,
  kinked: false,
  curved: true,
  draw: "glorot",
  onnx: ["Sin", "x"],
} as const satisfies ActivationEntry;
