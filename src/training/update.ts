/** A recorded update, such as adam's, for a plain function: θ, gradient and state in a memory of their own. */
import { Memory } from "../core/host/memory.ts";
import { compile } from "../core/plan/plan.ts";
import { Recorder } from "../core/recording/recorder.ts";
import { copy } from "../operations/fill.ts";
import { arrays } from "../optimizers/arrays.ts";
import { endAtStart, ended } from "../optimizers/endings.ts";
import type { Iteration, Problem } from "../optimizers/method.ts";
import type { Optimizer } from "../optimizers/optimizer.ts";

const SCALARS = 128;

/** One step: the gradient goes in, the update is replayed, x comes out. */
export function updateOf(
  optimizer: Optimizer,
  problem: Problem<Float64Array<ArrayBuffer>>,
  tolerance: number,
): () => Iteration {
  const { x } = problem;
  const memory = new Memory();
  const bytes = Math.max(16, 16 * Math.ceil(x.length / 2));
  const theta = memory.allocate(bytes, "x");
  const gradient = memory.allocate(bytes, "gradient");
  const scalars = memory.allocate(SCALARS, "scalars");
  const states = Array.from({ length: optimizer.states }, () => memory.allocate(bytes, "optimizer state"));
  const record = new Recorder("f64");
  const shape = { rows: 1, columns: x.length };
  optimizer.record(
    record,
    record.shared("x", shape, theta),
    record.shared("gradient", shape, gradient),
    states.map((address, k) => record.shared(`state ${k}`, shape, address)),
    record.shared("scalars", { rows: 1, columns: 1, scalar: true }, scalars),
  );
  const plan = compile(record, copy);
  const address = memory.load(plan);
  const numbers = [...optimizer.memory];
  const block: number[] = [];
  const g = new Float64Array(x.length);
  const view = (at: number) => memory.view("f64", at, x.length);
  view(theta).set(x);
  return () => {
    const value = problem.gradient(g);
    const start = { value, gradientNorm: Math.sqrt(arrays.dot(g, g)) };
    const end = endAtStart(start, tolerance);
    if (end) return ended(start, end);
    view(gradient).set(g);
    optimizer.writeScalars(block, optimizer.learningRate, numbers);
    memory.setScalars(scalars, block);
    memory.run(address, plan.count, 0);
    x.set(view(theta));
    return { ...start, stepSize: optimizer.learningRate, evaluations: 1 };
  };
}
