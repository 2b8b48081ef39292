/** (x + η)²/(4η) for |x| ≤ η = 0.1, else max(x, 0). For ONNX, with c = clip(x, −η, η): (c + η)² / 4η + max(x − η, 0). */
import type { ActivationEntry } from "./activation.ts";

const shifted = ["Add", ["Clip", "x", -0.1, 0.1], 0.1] as const;

export const smoothRelu = {
  name: "smoothRelu",
  label: "smooth ReLU",
  code: 6,
  fromOutput: false,
  monotone: true,
  kinked: false,
  curved: true,
  draw: "he",
  onnx: ["Add", ["Div", ["Mul", shifted, shifted], 0.4], ["Relu", ["Sub", "x", 0.1]]],
} as const satisfies ActivationEntry;
