/** max(x, 0); relu'(0) = 0. */
import type { ActivationEntry } from "./activation.ts";

export const relu = {
  name: "relu",
  label: "ReLU",
  code: 1,
  fromOutput: true,
  monotone: true,
  kinked: true,
  curved: false,
  draw: "he",
  onnx: ["Relu", "x"],
  keras: "relu",
} as const satisfies ActivationEntry;
