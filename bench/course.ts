// The course's training problems with its methods, beside its MATLAB code in Octave: accuracies over seeds and times.
//   npm run bench -- course [problem ...]      of: sgd newton varpro hamiltonian antisymmetric circle
import { ellipses, type Points, peaks, swissRoll } from "../src/data/index.ts";
import {
  antisymmetric,
  createModel,
  dense,
  euler,
  hamiltonian,
  layerField,
  linear,
  logistic,
  type Model,
  momentum,
  multilevel,
  network,
  newtonCG,
  type Optimizer,
  ode,
  pad,
  type TrainOptions,
  tikhonov,
  timeSmoothing,
  timeSmoothness,
  train,
  variableProjection,
  verlet,
} from "../src/index.ts";

interface Outcome {
  readonly training: number;
  readonly validation: number;
  /** Seconds of this process, and on the clock: a busy machine shows in the second. */
  readonly cpu: number;
  readonly wall: number;
}

interface Reference {
  readonly training: string;
  readonly validation: string;
  readonly seconds: number;
}

const SEEDS = Array.from({ length: 10 }, (_, i) => i + 1);

/** Normal draws, only to start from. */
function normal(seed: number): () => number {
  let s = Math.imul(seed, 2654435761) >>> 0;
  const uniform = () => {
    s = (Math.imul(1664525, s) + 1013904223) >>> 0;
    return (s + 1) / 4294967297;
  };
  return () => Math.sqrt(-2 * Math.log(uniform())) * Math.cos(2 * Math.PI * uniform());
}

/** Ten values, then the same again and again: one K for all steps. */
const repeated = (values: readonly number[], times: number) => Array.from({ length: times }, () => values).flat();
const draws = (n: number, scale: number, random: () => number) => Array.from({ length: n }, () => scale * random());

async function timed(run: () => Promise<void>): Promise<{ cpu: number; wall: number }> {
  const before = process.cpuUsage();
  const start = performance.now();
  await run();
  const { user, system } = process.cpuUsage(before);
  return { cpu: (user + system) / 1e6, wall: (performance.now() - start) / 1000 };
}

function outcome(model: Model, data: Points, fresh: Points, times: { cpu: number; wall: number }): Outcome {
  const training = model.evaluate(data).accuracy as number;
  const validation = model.evaluate(fresh).accuracy as number;
  model.dispose();
  return { training, validation, ...times };
}

/** One inner iteration is enough: the classifier starts where it was. */
const projectionOnPeaks = variableProjection({
  ...{ lineSearch: "trustRegion", radius: 4 },
  inner: { iterations: 1, cgIterations: 6, cgTolerance: 0.1, tolerance: 1e-3 },
});

/** Width 8, 16 layers of which the opening one is the first, T = 4, sine, 1,000 points, 1e-5 on all weights. */
async function onPeaks(seed: number, optimizer: Optimizer, options: TrainOptions): Promise<Outcome> {
  const [width, steps, h] = [8, 16, 4 / 16];
  const field = layerField({ activation: "sin" });
  const layers = [
    dense(width, { activation: "sin", scale: h }),
    ode(field, euler, { steps: steps - 1, stepSize: h }),
    linear(5),
  ];
  const model = await createModel(network({ input: 2, layers }), { regularizers: [tikhonov(1e-5)] });
  const random = normal(seed);
  model.set("0.K", draws(16, 1 / 4, random));
  model.set("1.K", repeated(draws(64, 1 / 8, random), steps - 1));
  model.set("2.W", draws(40, 1, random));
  model.set("2.b", draws(5, 1, random));
  const data = peaks({ examples: 1000, seed });
  const times = await timed(async () => {
    for (const _ of train(model, data, { optimizer, seed, ...options }));
  });
  return outcome(model, data, peaks({ examples: 1000, seed: seed + 1000 }), times);
}

/** Every other point of 1,026, and the others. */
function halves({ features, labels, ...rest }: Points): [Points, Points] {
  const half = (odd: number): Points => {
    const rows = Array.from({ length: labels.length }, (_, i) => i).filter((i) => i % 2 === odd);
    return {
      ...rest,
      features: Float64Array.from(rows.flatMap((i) => [features[2 * i] as number, features[2 * i + 1] as number])),
      labels: Uint8Array.from(rows, (i) => labels[i] as number),
    };
  };
  return [half(0), half(1)];
}

/** `"reduced"` where steps must know how the classifier answers; it is twice the work. */
const projection = (hessian: "block" | "reduced", iterations: number) =>
  variableProjection({
    ...{ iterations, hessian, cgIterations: 20, lineSearch: "decrease", preconditioner: timeSmoothing() },
    inner: { iterations: 8, cgIterations: 4 },
  });

/** The Hamiltonian form starts at K = I; at K = 0 or I the antisymmetric one is at a saddle, K − Kᵀ = 0: it starts at random. */
async function onSwissRoll(form: "hamiltonian" | "antisymmetric", seed: number): Promise<Outcome> {
  const [data, fresh] = halves(swissRoll());
  const time = { steps: 16, finalTime: 20 };
  const ham = form === "hamiltonian";
  const layers = ham
    ? [ode(hamiltonian({ bias: "scalar" }), verlet, time), linear(1)]
    : [pad(4), ode(antisymmetric({ bias: "scalar" }), euler, time), linear(1)];
  const [K, W] = ham ? ["0.K", ["1.W", "1.b"]] : ["1.K", ["2.W", "2.b"]];
  let model: Model | undefined;
  const times = await timed(async () => {
    const trained = await multilevel(network({ input: 2, layers }), data, {
      levels: ham ? [16, 32, 64] : [16, 32, 64, 128],
      ...{ loss: logistic(), precision: "f64", optimizer: projection("block", 50) },
      regularizers: [timeSmoothness(ham ? 5e-3 : 5e-4), tikhonov(ham ? 1e-4 : 1e-3, { parameters: W as string[] })],
      prepare: (m) => m.set(K as string, repeated(ham ? [1, 0, 0, 1] : draws(16, 0.1, normal(seed)), 16)),
    });
    model = trained.model;
  });
  return outcome(model as Model, data, fresh, times);
}

/** A disc within a ring, a third feature of zeros, T = 20, 16 steps. */
async function onCircle(seed: number): Promise<Outcome> {
  const round = (points: Points): Points => ({
    ...points,
    features: points.features.map((x, i) => (i % 2 ? x / 0.4 : x)) as Float64Array,
  });
  const data = round(ellipses({ examples: 1000, seed }));
  const [steps, h] = [16, 20 / 16];
  const layers = [pad(3), ode(layerField({ bias: "scalar" }), euler, { steps, stepSize: h }), linear(1)];
  const regularizers = [timeSmoothness(1e-2 / h), tikhonov(1e-2, { parameters: ["2.W", "2.b"] })];
  const model = await createModel(network({ input: 2, layers }), { loss: logistic(), precision: "f64", regularizers });
  model.set("1.K", repeated(draws(9, 1e-2, normal(seed)), steps));
  const times = await timed(async () => {
    for (const _ of train(model, data, { optimizer: projection("reduced", 77) }));
  });
  return outcome(model, data, round(ellipses({ examples: 200, seed: seed + 1000 })), times);
}

const problems: Record<
  string,
  { title: string; reference: Reference; run: (seed: number) => Promise<Outcome>; seeds: readonly number[] }
> = {
  sgd: {
    title: "peaks, SGD with momentum, 50 epochs",
    reference: { training: "84.5–95.4", validation: "85.5–93.3", seconds: 5.9 },
    run: (seed) => onPeaks(seed, momentum({ learningRate: 0.05 }), { epochs: 50, batchSize: 32 }),
    seeds: SEEDS,
  },
  newton: {
    title: "peaks, Newton–CG, 30 iterations",
    reference: { training: "92.6–98.8", validation: "92.0–97.2", seconds: 1.7 },
    run: (seed) => onPeaks(seed, newtonCG({ lineSearch: "trustRegion" }), { epochs: 30 }),
    seeds: SEEDS,
  },
  varpro: {
    title: "peaks, variable projection, 30 iterations",
    reference: { training: "96.3–99.1", validation: "94.3–96.0", seconds: 2.4 },
    run: (seed) => onPeaks(seed, projectionOnPeaks, { epochs: 30 }),
    seeds: SEEDS,
  },
  hamiltonian: {
    title: "Swiss roll, Hamiltonian, 16 to 64 steps",
    reference: { training: "100", validation: "99.61", seconds: 47 },
    run: (seed) => onSwissRoll("hamiltonian", seed),
    seeds: [1],
  },
  antisymmetric: {
    title: "Swiss roll, antisymmetric, 16 to 128 steps",
    reference: { training: "99.0", validation: "94.3", seconds: 359 },
    run: (seed) => onSwissRoll("antisymmetric", seed),
    seeds: SEEDS,
  },
  circle: {
    title: "circle, ResNet, variable projection",
    reference: { training: "98.3, one of four 54", validation: "98.75", seconds: 15 },
    run: onCircle,
    seeds: SEEDS,
  },
};

const middle = (values: readonly number[]) =>
  values.toSorted((a, b) => a - b)[Math.floor((values.length - 1) / 2)] as number;
const share = (outcomes: readonly Outcome[], key: "training" | "validation") => {
  const values = outcomes.map((o) => 100 * o[key]);
  return values.length > 1
    ? `${middle(values).toFixed(1)} (worst ${Math.min(...values).toFixed(1)})`
    : `${values[0]?.toFixed(2)}`;
};

const chosen = process.argv.slice(2);
const names = chosen.length > 0 ? chosen : Object.keys(problems);
console.log(
  "problem; training, validation % (median, worst); processor and wall seconds; the reference's accuracies and seconds",
);
for (const name of names) {
  const problem = problems[name];
  if (!problem) throw new Error(`course: expected one of ${Object.keys(problems).join(", ")}, got ${name}`);
  const outcomes: Outcome[] = [];
  for (const seed of problem.seeds) outcomes.push(await problem.run(seed));
  const { title, reference: r } = problem;
  const times = (["cpu", "wall"] as const).map((key) => middle(outcomes.map((o) => o[key])).toFixed(2)).join(", ");
  console.log(
    `${title}: ${share(outcomes, "training")}, ${share(outcomes, "validation")}; ${times} s; ${r.training}, ${r.validation}, ${r.seconds} s`,
  );
}
