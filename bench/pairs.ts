// Every dynamics with every integrator: order, cost, stability, memory, and one training step at width 64, depth 100.
// Then what the implicit midpoint rule's solver takes from easy to stiff.
//   npm run bench -- pairs

import { Recorder } from "../src/core/recording/recorder.ts";
import { isLoop, type Scope, type Tensor } from "../src/core/recording/tensor.ts";
import { adam, linear, type Model, softmaxCrossEntropy, train } from "../src/index.ts";
import { layOut } from "../src/layers/index.ts";
import { dynamicsOf } from "../test/reference/dynamics.ts";
import { norm } from "../test/support/agreement.ts";
import { integers, symmetric } from "../test/support/draws.ts";
import { pairs } from "../test/support/families.ts";
import { accurate, odeLayer, odeModel, type Pair, type Start, startsOf, steppers } from "../test/support/odeModels.ts";
import { machine, spread } from "./harness.ts";

const WIDTH = 64;
const DEPTH = 100;
const EXAMPLES = 64;

/** log₂ of the errors' ratio at 64 and 128 steps, tanh, constant weights, T = 1.3. */
async function measuredOrder(pair: Pair, start: Start): Promise<number> {
  const { kind } = pair;
  const y = [0.9, -0.4, 0.5, 0.7];
  const letters = dynamicsOf({ kind }).letters({ kind }, y.length);
  const values = letters.map(([, shape], i) =>
    symmetric(
      31 + i,
      shape.reduce((a, b) => a * b, 1),
      0.8,
    ),
  );
  const theta = Object.fromEntries(letters.map(([letter], i) => [letter, values[i] as number[]]));
  const exact = accurate({ kind }, () => theta, y, 1.3);
  const error = async (steps: number) => {
    const model = await odeModel(pair, { width: 4, options: { steps, finalTime: 1.3, weights: "constant", start } });
    model.set(values.flat());
    const end = model.scores(y);
    model.dispose();
    return norm(exact.map((e, i) => e - (end[i] as number)));
  };
  return Math.log2((await error(64)) / (await error(128)));
}

/** Products of a step, in units of n × n matrices. */
function products(pair: Pair, start: Start): string {
  const layer = odeLayer(pair, { width: WIDTH, options: { steps: DEPTH, start } });
  const plan = layOut([layer], WIDTH, "");
  const record = new Recorder("f32");
  const known = new Map(plan.parameters.map((p) => [p.name, record.shared(p.name, p, 0)]));
  const features = record.input("features", 1, WIDTH);
  const parameter = (name: string) => known.get(name) as Tensor;
  plan.record({ record, parameter, constant: () => features, state: () => features, statistics: "running" }, features);
  let implicit = false;
  const count = (scope: Scope): number =>
    scope.nodes.reduce((sum, node) => {
      if (isLoop(node)) return sum + node.count * count(node.body);
      if (node.operation.name.startsWith("implicit")) implicit = true;
      const K = node.operation.name.startsWith("product") ? (node.inputs[1] as Tensor) : undefined;
      return sum + (K ? (K.rows * K.columns) / WIDTH ** 2 : 0);
    }, 0);
  const per = count(record.root) / DEPTH;
  return implicit ? "solve" : `${Number(per.toFixed(2))}`;
}

/** The r of the segment (−r i, r i) where no root grows. */
function reach(integrator: string): string {
  const grows = (y: number) => (steppers[integrator]?.amplification({ re: 0, im: y }) as number) ** 2 > 1 + 1e-12;
  let y = 0;
  while (y < 10 && !grows(y + 0.001)) y += 0.001;
  return y >= 10 ? "all of it" : y < 0.01 ? "0" : y.toFixed(2);
}

const data = { features: symmetric(1, EXAMPLES * WIDTH), labels: integers(2, EXAMPLES, 10) };

async function deep(pair: Pair, options: object): Promise<Model> {
  const all = { steps: DEPTH, finalTime: 5, ...options };
  return odeModel(pair, {
    width: WIDTH,
    options: all,
    precision: "f32",
    after: [linear(10)],
    loss: softmaxCrossEntropy,
  });
}

/** Bytes of features and the fastest of some training steps. */
async function trainingStep(pair: Pair, options: object) {
  const model = await deep(pair, options);
  let fastest = Number.POSITIVE_INFINITY;
  let features = 0;
  const until = performance.now() + 700;
  let last = performance.now();
  for (const { iteration } of train(model, data, { epochs: 1e6, batchSize: EXAMPLES, optimizer: adam() })) {
    const now = performance.now();
    if (iteration > 1) fastest = Math.min(fastest, now - last);
    last = now;
    features = model.memory.features;
    if (now > until && iteration > 5) break;
  }
  model.dispose();
  return { fastest, features };
}

const megabytes = (bytes: number) => (bytes / 2 ** 20).toFixed(2);
const row = (...cells: (string | number)[]) => console.log(`| ${cells.join(" | ")} |`);

const { cpu, cores, node, loadAverage } = machine();
console.log(`${cpu}, ${cores} cores, node ${node}, load ${loadAverage}; float32, one thread`);
console.log("");
row(
  "dynamics",
  "integrator",
  "start",
  "order",
  "measured",
  "products a step",
  "stable on (−ri, ri)",
  "reversible",
  "memory, MiB: stored",
  "checkpoints",
  "reversible",
  "step, ms: stored",
  "checkpoints",
  "reversible",
);
row(...Array.from({ length: 3 }, () => "---"), ...Array.from({ length: 11 }, () => "--:"));
for (const pair of pairs) {
  for (const start of startsOf(pair.integrator)) {
    const reversible = steppers[pair.integrator]?.inverse !== undefined;
    const stored = await trainingStep(pair, { start });
    const checkpoints = await trainingStep(pair, { start, checkpoint: "sqrt" });
    const free = reversible ? await trainingStep(pair, { start, reversible: true }) : undefined;
    row(
      pair.kind,
      pair.integrator,
      startsOf(pair.integrator).length > 1 ? start : "",
      steppers[pair.integrator]?.order(start) as number,
      (await measuredOrder(pair, start)).toFixed(2),
      products(pair, start),
      reach(pair.integrator),
      reversible ? "yes" : "no",
      megabytes(stored.features),
      megabytes(checkpoints.features),
      free ? megabytes(free.features) : "",
      stored.fastest.toFixed(1),
      checkpoints.fastest.toFixed(1),
      free ? free.fastest.toFixed(1) : "",
    );
  }
}

console.log("");
console.log("The implicit midpoint rule, antisymmetric, float64: microseconds for one example and step");
console.log("");
row("activation", "width", ...[0.1, 2, 10, 100].map((size) => `h‖A‖ = ${size}`));
row("---", "--:", "--:", "--:", "--:", "--:");
for (const activation of ["tanh", "relu", "identity"]) {
  for (const width of [8, 32]) {
    const times: string[] = [];
    for (const size of [0.1, 2, 10, 100]) {
      const options = { steps: 20, stepSize: 1, weights: "constant" };
      const pair = { kind: "antisymmetric", integrator: "implicitMidpoint" };
      const model = await odeModel(pair, { width, dynamics: { activation, bias: false }, options });
      // ‖K − Kᵀ‖₂ of entries in ±r is about r √(8n/3).
      model.set(symmetric(3, width * width, size / Math.sqrt((8 * width) / 3)));
      const features = symmetric(4, 32 * width);
      model.scores(features);
      const samples = Array.from({ length: 9 }, () => {
        const start = performance.now();
        model.scores(features);
        return (1000 * (performance.now() - start)) / (32 * 20);
      });
      times.push(spread(samples).least.toFixed(1));
      model.dispose();
    }
    row(activation, width, ...times);
  }
}
