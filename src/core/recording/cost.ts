/** How many floating-point operations a recording takes: its calls', times the repetitions of the loops around them. */
import { type Call, isLoop, type Scope } from "./tensor.ts";

export function flopsOf(scope: Scope): number {
  return scope.nodes.reduce((sum, node) => sum + (isLoop(node) ? node.count * flopsOf(node.body) : callFlops(node)), 0);
}

function callFlops(call: Call): number {
  const [output] = call.outputs;
  return call.operation.flops?.(call) ?? (output ? output.count * output.rows * output.columns : 0);
}
