/**
 * The objective surface of the course's 3 × 3 model, 101 × 101 points, N = 100, 20 examples: `lossSurface` against two loops over
 * plain float64, and the same by several threads against one. `npm run bench -- surface [f32|f64] [threads]`
 */
import { slideData, slideModel } from "../src/experiments/objectiveSurface.ts";
import { lossSurface } from "../src/index.ts";
import { compare, digits, machine, printTable, ratioText, save, timed, timedAsync } from "./harness.ts";

const precision = process.argv[2] === "f32" ? "f32" : "f64";
const threads = Number(process.argv[3] ?? 2);
const context = machine();
const STEPS = 100;
const STEP_SIZE = 10 / STEPS;
const POINTS = 101;
const parameter = (k: number): number => 0.2 + (1.8 * k) / (POINTS - 1);

/** Y ← Y + h tanh(K Y) with K as an array, as it is written first. */
function arrayLoop(start: Float64Array, target: Float64Array): Float64Array {
  const values = new Float64Array(POINTS * POINTS);
  const Y = new Float64Array(start.length);
  const z = new Float64Array(3);
  for (let point = 0; point < values.length; point++) {
    const [a, b] = [parameter(Math.floor(point / POINTS)), parameter(point % POINTS)];
    const K = Float64Array.of(-a - b, a, b, b, -a - b, a, a, b, -a - b);
    Y.set(start);
    for (let j = 0; j < STEPS; j++) {
      for (let i = 0; i < Y.length; i += 3) {
        for (let r = 0; r < 3; r++) {
          let sum = 0;
          for (let c = 0; c < 3; c++) sum += (K[3 * r + c] as number) * (Y[i + c] as number);
          z[r] = Math.tanh(sum);
        }
        for (let r = 0; r < 3; r++) Y[i + r] = (Y[i + r] as number) + STEP_SIZE * (z[r] as number);
      }
    }
    for (let k = 0; k < Y.length; k++) {
      values[point] = (values[point] as number) + 0.5 * ((Y[k] as number) - (target[k] as number)) ** 2;
    }
  }
  return values;
}

/** The same with the three features in variables. */
function unrolledLoop(start: Float64Array, target: Float64Array): Float64Array {
  const values = new Float64Array(POINTS * POINTS);
  for (let point = 0; point < values.length; point++) {
    const [a, b] = [parameter(Math.floor(point / POINTS)), parameter(point % POINTS)];
    let value = 0;
    for (let i = 0; i < start.length; i += 3) {
      let x = start[i] as number;
      let y = start[i + 1] as number;
      let z = start[i + 2] as number;
      for (let j = 0; j < STEPS; j++) {
        const u = Math.tanh((-a - b) * x + a * y + b * z);
        const v = Math.tanh(b * x - (a + b) * y + a * z);
        const w = Math.tanh(a * x + b * y - (a + b) * z);
        x += STEP_SIZE * u;
        y += STEP_SIZE * v;
        z += STEP_SIZE * w;
      }
      const [dx, dy, dz] = [x - (target[i] as number), y - (target[i + 1] as number), z - (target[i + 2] as number)];
      value += 0.5 * (dx * dx + dy * dy + dz * dz);
    }
    values[point] = value;
  }
  return values;
}

const data = await slideData(0, 1);
const axis = { from: 0.2, to: 2, points: POINTS };
const surfaceBy = async (threads: number) => {
  const model = await slideModel(STEPS, precision, threads);
  return () => lossSurface(model, data, { at: (a, b) => [a, b], a: axis, b: axis });
};
const [surface, shared] = [await surfaceBy(1), await surfaceBy(threads)];
const [start, target] = [Float64Array.from(data.features), Float64Array.from(data.labels)];

const own = (await surface()).values;
if (String((await shared()).values) !== String(own)) throw new Error(`${threads} threads: other bits than one`);
for (const loop of [arrayLoop, unrolledLoop]) {
  const farthest = loop(start, target).reduce((most, v, k) => Math.max(most, Math.abs(v - (own[k] as number))), 0);
  if (!(farthest < (precision === "f64" ? 1e-9 : 1e-3))) throw new Error(`${loop.name}: differs by ${farthest}`);
}
const results = await compare(
  [
    timedAsync(`lossSurface, ${precision}`, surface),
    timedAsync(`lossSurface, ${precision}, ${threads} threads`, shared),
    timed("loops over arrays", () => void arrayLoop(start, target)),
    timed("unrolled loop", () => void unrolledLoop(start, target)),
  ],
  { seconds: 1 },
);
console.log(`${context.cpu}, ${context.cores} cores, load ${context.loadAverage}, Node ${context.node}`);
printTable(
  results.map(({ name, callsPerSecond, ratio }) => ({
    way: name,
    "surfaces/s": digits(callsPerSecond.median),
    "lossSurface is faster by": ratioText(ratio),
  })),
);
save(`surface-${precision}`, { machine: context, threads, results });
