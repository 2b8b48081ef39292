/** 1 / (1 + e⁻ˣ). */
import type { ActivationEntry } from "./activation.ts";

export const sigmoid = {
  name: "sigmoid",
  label: "sigmoid",
  code: 3,
  fromOutput: true,
  monotone: true,
  kinked: false,
  curved: true,
  draw: "glorot",
  onnx: ["Sigmoid", "x"],
  keras: "sigmoid",
} as const satisfies ActivationEntry;
