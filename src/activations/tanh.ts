/** tanh x. */
import type { ActivationEntry } from "./activation.ts";

export const tanh = {
  name: "tanh",
  label: "tanh",
  code: 0,
  fromOutput: true,
  monotone: true,
  kinked: false,
  curved: true,
  draw: "glorot",
  onnx: ["Tanh", "x"],
  keras: "tanh",
} as const satisfies ActivationEntry;
