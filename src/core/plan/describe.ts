/** A recording as text: one call a line, loops indented, where each result lies. */
import type { Recorder } from "../recording/recorder.ts";
import { type Call, isLoop, type Loop, type Scope, type Tensor } from "../recording/tensor.ts";
import type { Address, Storage } from "./storage.ts";

export function describeScope(record: Recorder, storage: Storage): string {
  const lines: string[] = [];
  describe(record.root, [], storage, lines);
  lines.push(`private memory ${storage.privateBytes} bytes`);
  return lines.join("\n");
}

function describe(scope: Scope, loops: Loop[], storage: Storage, lines: string[]): void {
  const indent = "  ".repeat(loops.length);
  for (const node of scope.nodes) {
    if (isLoop(node)) {
      lines.push(`${indent}repeat ${node.count}`);
      describe(node.body, [...loops, node], storage, lines);
    } else {
      lines.push(`${indent}${callText(node, loops, storage)}`);
    }
  }
}

function callText(call: Call, loops: readonly Loop[], storage: Storage): string {
  const output = call.outputs[0];
  const place = (t: Tensor) => placeText(storage.address(t, loops));
  const inputs = call.inputs.map((t) => `${t.name} ${place(t)}`).join(", ");
  const details = Object.entries(call.attributes).map(([k, v]) => ` ${k}=${v}`);
  const text = `${call.operation.name}(${inputs})${details.join("")}`;
  if (!output) return text;
  const shape = output.scalar ? "scalar" : `${output.rows}×${output.columns}`;
  return `${output.name} ${place(output)} ${shape} ${call.into ? "+=" : "="} ${text}`;
}

function placeText({ shared, offset, strides }: Address): string {
  const steps = strides.map((s, k) => (s === 0 ? "" : `${s < 0 ? "-" : "+"}${Math.abs(s)}${"ij"[k]}`)).join("");
  return `@${shared ? "s" : "p"}${offset}${steps}`;
}
