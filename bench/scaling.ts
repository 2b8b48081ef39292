/**
 * How a training step's time and memory grow with width, depth, batch and data size, with the share of the machine's
 * limit; tables on the terminal, curves in docs/figures/scaling-*.svg.
 *   npm run bench -- scaling [seconds a point] [samples a point]
 */
import { mkdirSync, writeFileSync } from "node:fs";
import { createModel, momentum, train } from "../src/index.ts";
import { type Curve, drawChart } from "./chart.ts";
import { digits, machine, save, spread, timed } from "./harness.ts";
import { limit } from "./limit.ts";
import {
  examples,
  INPUTS,
  LEARNING_RATE,
  MOMENTUM,
  NETWORKS,
  type NetworkName,
  OUTPUTS,
  type Size,
  stepOperations,
} from "./workload.ts";

const SECONDS = Number(process.argv[2] ?? 0.2);
const SAMPLES = Number(process.argv[3] ?? 3);

const powers = (from: number, to: number, factor = 2): number[] =>
  from > to ? [] : [from, ...powers(factor * from, to, factor)];
const DEPTHS = [1, 2, 5, 10, 20, 50, 100, 200, 500, 1000];

/** One curve: networks that differ in one number. */
interface Family {
  readonly name: string;
  readonly network: NetworkName;
  readonly reversible?: boolean;
  readonly values: readonly number[];
  readonly size: (value: number) => Size;
  /** Examples to learn from, where an epoch is measured; else one step is. */
  readonly examples?: (value: number) => number;
}

interface Sweep {
  readonly file: string;
  readonly title: string;
  readonly x: string;
  readonly ticks: readonly number[];
  readonly slopes: { readonly time: readonly number[]; readonly memory: readonly number[] };
  readonly families: readonly Family[];
}

const sweeps: readonly Sweep[] = [
  {
    file: "width",
    title: "A training step against width: ResNet, 8 layers, batch 64",
    x: "width n",
    ticks: powers(2, 1024),
    slopes: { time: [2], memory: [2] },
    families: [
      {
        name: "ResNet",
        network: "resNet",
        values: powers(2, 1024),
        size: (width) => ({ width, layers: 8, batch: 64 }),
      },
    ],
  },
  {
    file: "depth",
    title: "A training step against depth: width 32, batch 64",
    x: "time steps n",
    ticks: powers(1, 10_000, 10),
    slopes: { time: [1], memory: [1] },
    families: (
      [
        ["ResNet", "resNet", false, DEPTHS],
        ["Hamiltonian", "hamiltonian", false, DEPTHS],
        ["Hamiltonian, reversible", "hamiltonian", true, [...DEPTHS, 2000, 5000, 10_000]],
      ] as const
    ).map(([name, network, reversible, values]) => ({
      name,
      network,
      reversible,
      values,
      size: (layers) => ({ width: 32, layers, batch: 64 }),
    })),
  },
  {
    file: "batch",
    title: "A training step against batch size: ResNet, width 64, 8 layers",
    x: "examples in a batch n",
    ticks: powers(1, 4096, 4),
    slopes: { time: [1], memory: [1] },
    families: [
      {
        name: "ResNet",
        network: "resNet",
        values: powers(1, 4096),
        size: (batch) => ({ width: 64, layers: 8, batch }),
      },
    ],
  },
  {
    file: "data",
    title: "An epoch against data size: ResNet, width 16, 8 layers, batch 64",
    x: "examples to learn from n",
    ticks: powers(64, 65_536, 4),
    slopes: { time: [1], memory: [] },
    families: [
      {
        name: "ResNet",
        network: "resNet",
        values: powers(64, 65_536),
        size: () => ({ width: 16, layers: 8, batch: 64 }),
        examples: (count) => count,
      },
    ],
  },
];

interface Point {
  readonly value: number;
  readonly seconds: number;
  readonly gflops: number;
  readonly parameters: number;
  readonly features: number;
  readonly total: number;
}

async function measure(family: Family, value: number): Promise<Point> {
  const { network, reversible = false } = family;
  const size = family.size(value);
  const held = family.examples?.(value) ?? 2 * size.batch;
  const steps = family.examples ? Math.ceil(held / size.batch) : 1;
  const options = { input: INPUTS, outputs: OUTPUTS, width: size.width, steps: size.layers };
  const described = NETWORKS[network]({ ...options, ...(reversible ? { reversible } : {}) });
  const model = await createModel(described, { seed: 1, threads: 1 });
  const { features, labels } = examples(size, held / size.batch);
  const optimizer = momentum({ learningRate: LEARNING_RATE, momentum: MOMENTUM });
  const run = train(model, { features, labels }, { optimizer, batchSize: size.batch, epochs: 1_000_000_000 });
  const contender = timed(family.name, () => {
    for (let i = 0; i < steps; i++) {
      const { value, done } = run.next();
      if (done || value.diverged) throw new Error("training ended");
    }
  });
  await contender.sample(SECONDS / 5);
  const rates: number[] = [];
  for (let i = 0; i < SAMPLES; i++) rates.push(await contender.sample(SECONDS));
  const { most } = spread(rates);
  const { memory } = model;
  model.dispose();
  return {
    value,
    seconds: 1 / most,
    gflops: (most * steps * stepOperations(size, network, { reversible })) / 1e9,
    parameters: memory.parameters,
    features: memory.features,
    total: memory.total,
  };
}

function inUnits(value: number, units: readonly string[]): string {
  let [scaled, unit] = [value, 0];
  while (scaled >= 999.5 && unit < units.length - 1) {
    scaled /= 1000;
    unit++;
  }
  return `${Number(scaled.toPrecision(3))} ${units[unit]}`;
}
const duration = (seconds: number) => inUnits(seconds * 1e6, ["µs", "ms", "s"]);
const bytes = (count: number) => inUnits(count, ["B", "kB", "MB", "GB"]);

const context = machine();
const before = limit("f32x4").gflops;
const measured: { sweep: Sweep; family: Family; points: Point[] }[] = [];
for (const sweep of sweeps) {
  for (const family of sweep.families) {
    const points: Point[] = [];
    for (const value of family.values) points.push(await measure(family, value));
    measured.push({ sweep, family, points });
    console.error(`${sweep.file}: ${family.name}`);
  }
}
// The machine's clock changes: the limit of a run is the greater of those before and after.
const most = Math.max(before, limit("f32x4").gflops);

mkdirSync("docs/figures", { recursive: true });
console.log(
  `${context.cpu}, ${context.cores} cores, Node ${context.node}, ${context.clock} clock, load ${context.loadAverage} at the start; limit ${digits(most)} GFLOP/s\n`,
);
for (const sweep of sweeps) {
  const own = measured.filter((m) => m.sweep === sweep);
  const curves = (y: (point: Point) => number, suffix = ""): Curve[] =>
    own.map(({ family, points }) => ({
      name: `${family.name}${suffix}`,
      points: points.map((point) => [point.value, y(point)]),
    }));
  const file = `docs/figures/scaling-${sweep.file}.svg`;
  const memory =
    own.length > 1
      ? curves(({ features }) => features)
      : [...curves(({ total }) => total, ": all"), ...curves(({ features }) => features, ": features")];
  const { title, x, ticks, slopes } = sweep;
  const panels = [
    { title: "time", unit: duration, curves: curves(({ seconds }) => seconds), slopes: slopes.time },
    {
      title: own.length > 1 ? "memory of features" : "memory",
      unit: bytes,
      curves: memory,
      slopes: slopes.memory,
    },
  ];
  writeFileSync(file, drawChart({ title, x, ticks, panels }));

  console.log(`${title}\n`);
  console.log(`| network | ${x} | time | GFLOP/s | of the limit | parameters | features | memory in all |`);
  console.log("| --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: |");
  for (const { family, points } of own) {
    for (const { value, seconds, gflops, parameters, features, total } of points) {
      const share = gflops / most;
      if (share > 1) throw new Error(`${family.name} at ${value}: ${digits(100 * share)} % of the limit`);
      const cells = [
        value.toLocaleString("en"),
        duration(seconds),
        digits(gflops),
        `${Math.round(100 * share)} %`,
        ...[parameters, features, total].map(bytes),
      ];
      console.log(`| ${family.name} | ${cells.join(" | ")} |`);
    }
  }
  console.log("");
}
save("scaling", {
  machine: context,
  limit: most,
  measured: measured.map(({ sweep, family, points }) => ({ sweep: sweep.file, network: family.name, points })),
});
