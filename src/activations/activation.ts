/** What the library says of an activation σ; its kernel is the class of the same name in assembly/activations. */
export interface ActivationEntry {
  /** As in a program, in JSON and on the command line. */
  readonly name: string;
  /** For people. */
  readonly label: string;
  /** The kernel's number: part of the ABI, the next free one for a new member. */
  readonly code: number;
  /** Whether σ' is computed from the output σ(x) rather than from x. */
  readonly fromOutput: boolean;
  /** Whether σ' ≥ 0 everywhere: the stability statements need it. */
  readonly monotone: boolean;
  /** Whether σ has a kink, at 0. */
  readonly kinked: boolean;
  /** Whether σ'' is not zero everywhere. */
  readonly curved: boolean;
  /** How weights before it are drawn: He's draw suits what is zero on one side. */
  readonly draw: "he" | "glorot";
  /** The formula in ONNX operations, where they have it. */
  readonly onnx?: OnnxFormula;
  /** The name in Keras, where TensorFlow.js has it. */
  readonly keras?: string;
}

/** x, a number, or an operation of others. */
export type OnnxFormula = "x" | number | readonly [operation: string, ...OnnxFormula[]];
