/**
 * Convolutions in GFLOP/s and as a share of the machine's limit, measured in the same rounds; then LeNet whole: one training
 * step and one image. `npm run bench -- conv [f32|f64] [word of the shapes' names]`
 */
import { Memory } from "../src/core/host/memory.ts";
import { compile } from "../src/core/plan/plan.ts";
import { Recorder } from "../src/core/recording/recorder.ts";
import { createModel, momentum } from "../src/index.ts";
import { convolution, convolutionAdjoint, convolutionWeight } from "../src/operations/convolution.ts";
import { copy } from "../src/operations/fill.ts";
import { area, attributesOf, type Windows } from "../src/operations/windows.ts";
import { type Contender, compare, digits, isMain, machine, printTable, save, timed } from "./harness.ts";
import { limit, limitCase } from "./limit.ts";
import { LEARNING_RATE, leNet, leNetStep, MOMENTUM, noise } from "./workload.ts";

interface Shape {
  readonly name: string;
  readonly batch: number;
  readonly channels: number;
  readonly filters: number;
  readonly size: number;
  readonly window: number;
  readonly stride?: number;
  readonly padding?: number;
  readonly groups?: number;
}

export const SHAPES: readonly Shape[] = [
  { name: "LeNet 1", batch: 64, channels: 1, filters: 6, size: 28, window: 5, padding: 2 },
  { name: "LeNet 2", batch: 64, channels: 6, filters: 16, size: 14, window: 5 },
  { name: "3 × 3", batch: 16, channels: 32, filters: 32, size: 28, window: 3, padding: 1 },
  { name: "3 × 3, stride 2", batch: 16, channels: 32, filters: 64, size: 28, window: 3, stride: 2, padding: 1 },
  { name: "1 × 1", batch: 16, channels: 64, filters: 64, size: 28, window: 1 },
  { name: "AlexNet 1", batch: 1, channels: 3, filters: 96, size: 227, window: 11, stride: 4 },
  { name: "AlexNet 2", batch: 1, channels: 96, filters: 256, size: 27, window: 5, padding: 2, groups: 2 },
  { name: "AlexNet 3", batch: 1, channels: 256, filters: 384, size: 13, window: 3, padding: 1 },
];

const KINDS = ["forward", "input", "weight"] as const;

function windowsOn({ size, window, stride = 1, padding = 0, groups = 1 }: Shape): Windows {
  const places = Math.floor((size + 2 * padding - window) / stride) + 1;
  const square = (n: number) => [n, n] as const;
  return {
    image: square(size),
    window: square(window),
    places: square(places),
    stride: square(stride),
    padding: square(padding),
    groups,
  };
}

/** A convolution, or one of its adjoints, on operands of its own: the call and its number of operations. */
function convolutionCase(kind: (typeof KINDS)[number], shape: Shape, precision: "f32" | "f64") {
  const windows = windowsOn(shape);
  const { batch, channels, filters } = shape;
  const terms = area(windows.window) * (channels / windows.groups);
  const record = new Recorder(precision);
  const image = () => record.input("x", batch * area(windows.image), channels);
  const places = () => record.input("z", batch * area(windows.places), filters);
  const weights = () => record.input("w", terms * windows.groups, filters / windows.groups);
  const gradient = { rows: terms * windows.groups, columns: filters / windows.groups };
  const result =
    kind === "forward"
      ? convolution(record, image(), weights(), windows)
      : kind === "input"
        ? convolutionAdjoint(record, places(), weights(), windows)
        : record.call(convolutionWeight, [image(), places()], [gradient], attributesOf(windows))[0];
  if (result) record.keep(result);
  const plan = compile(record, copy);
  const memory = new Memory();
  const block = memory.allocate(plan.privateBytes, "operands");
  const address = memory.load(plan);
  // All that the kernel reads: 1/4 with zeros behind every row, as for any operands.
  for (const t of record.inputs) {
    const row = (16 / (precision === "f32" ? 4 : 8)) * Math.ceil((t.columns * (precision === "f32" ? 4 : 8)) / 16);
    const values = memory.view(precision, block + plan.offset(t), t.rows * row);
    for (let i = 0; i < values.length; i++) values[i] = i % row < t.columns ? 0.25 : 0;
  }
  return {
    run: () => {
      memory.run(address, plan.count, block);
    },
    work: 2 * batch * area(windows.places) * filters * terms,
  };
}

async function convolutions(precision: "f32" | "f64", word: string): Promise<Record<string, string>[]> {
  const lanes = precision === "f32" ? "f32x4" : "f64x2";
  const best = limit(lanes);
  const top = limitCase(lanes, best);
  const rows: Record<string, string>[] = [];
  for (const shape of SHAPES.filter(({ name }) => name.includes(word))) {
    const contenders: Contender[] = [timed("limit", top.run, top.work)];
    for (const kind of KINDS) {
      const { run, work } = convolutionCase(kind, shape, precision);
      contenders.push(timed(kind, run, work));
    }
    const results = await compare(contenders, { rounds: 5, seconds: 0.15 });
    const ceiling = Math.max(best.gflops, results[0]?.gflops?.most ?? 0);
    const { name, batch, channels, filters, size, window } = shape;
    const row: Record<string, string> = {
      convolution: name,
      "images, channels → filters": `${batch} × ${size}², ${channels} → ${filters}, ${window} × ${window}`,
      precision,
    };
    for (const { name, gflops } of results.slice(1)) {
      row[name] = digits(gflops?.median ?? 0);
      row[`${name} %`] = ((100 * (gflops?.median ?? 0)) / ceiling).toFixed(0);
    }
    row.limit = digits(ceiling);
    rows.push(row);
  }
  return rows;
}

/** LeNet's training step on 64 images, and its scores for one image. */
async function whole(precision: "f32" | "f64"): Promise<Record<string, string>> {
  const step = await leNetStep(64, momentum({ learningRate: LEARNING_RATE, momentum: MOMENTUM }), precision);
  const model = await createModel(leNet, { precision, seed: 1, threads: 1 });
  const image = noise(1, 784).features;
  const results = await compare([timed("step", step), timed("image", () => model.scores(image))], { seconds: 0.4 });
  const time = (k: number, scale: number) => digits(scale / (results[k]?.callsPerSecond.median ?? 0));
  return { LeNet: precision, "training step, 64 images, ms": time(0, 1e3), "one image, µs": time(1, 1e6) };
}

if (isMain("conv")) {
  const context = machine();
  const precisions = (["f32", "f64"] as const).filter((p) => !process.argv.includes(p === "f32" ? "f64" : "f32"));
  const word = process.argv.slice(2).find((argument) => !/^f(32|64)$/.test(argument)) ?? "";
  const rows: Record<string, string>[] = [];
  for (const precision of precisions) rows.push(...(await convolutions(precision, word)));
  printTable(rows);
  const nets: Record<string, string>[] = [];
  if (word === "") for (const precision of precisions) nets.push(await whole(precision));
  if (nets.length > 0) console.log();
  printTable(nets);
  save("conv", { machine: context, rows, nets });
}
