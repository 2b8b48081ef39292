/** x. */
import type { ActivationEntry } from "./activation.ts";

export const identity = {
  name: "identity",
  label: "identity",
  code: 2,
  fromOutput: true,
  monotone: true,
  kinked: false,
  curved: false,
  draw: "glorot",
  onnx: "x",
  keras: "linear",
} as const satisfies ActivationEntry;
