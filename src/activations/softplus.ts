/** log(1 + eˣ). */
import type { ActivationEntry } from "./activation.ts";

export const softplus = {
  name: "softplus",
  label: "softplus",
  code: 4,
  fromOutput: false,
  monotone: true,
  kinked: false,
  curved: true,
  draw: "glorot",
  onnx: ["Softplus", "x"],
  keras: "softplus",
} as const satisfies ActivationEntry;
