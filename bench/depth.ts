// Depth 10,000 at width 32 without stored features: gradient against the stored one, drift, memory and time, for growing T.
//   npm run bench -- depth [depth]
import { type Deep, deepData, deepModel, distance } from "../test/support/deep.ts";

const STEPS = Number(process.argv[2] ?? 10_000);
const EXAMPLES = 8;
const data = deepData(EXAMPLES);

const pairs = [
  { kind: "hamiltonian", integrator: "verlet" },
  { kind: "doubleHamiltonian", integrator: "verlet" },
  { kind: "secondOrder", integrator: "leapfrog" },
] as const;

async function measure(pair: (typeof pairs)[number], deep: Deep) {
  const model = await deepModel(pair, deep);
  model.gradient(data);
  const start = performance.now();
  const { gradient } = model.gradient(data);
  const milliseconds = performance.now() - start;
  const features = model.memory.features;
  const drift = deep.reversible ? model.reversibilityError(data.features) : 0;
  const result = {
    gradient,
    milliseconds,
    features,
    drift,
    away: (other: typeof gradient) => distance(model, gradient, other),
  };
  model.dispose();
  return result;
}

const megabytes = (bytes: number) => `${(bytes / 2 ** 20).toFixed(bytes < 2 ** 20 ? 3 : 1)} MiB`;
const short = (x: number) => x.toExponential(1);

console.log(`depth ${STEPS}, width 32, ${EXAMPLES} examples, half start, smooth weights; h = T / depth`);
console.log("");
console.log(
  "| pair | precision | T | gradient: reversible − stored | features at t = 0 | memory: reversible | stored | checkpoints | time: reversible | stored | checkpoints |",
);
console.log("| --- | --- | --: | --: | --: | --: | --: | --: | --: | --: | --: |");
for (const pair of pairs) {
  for (const precision of ["f32", "f64"] as const) {
    for (const finalTime of [10, 100, 1000]) {
      const deep: Deep = { steps: STEPS, finalTime, precision, start: "half" };
      const stored = await measure(pair, deep);
      const free = await measure(pair, { ...deep, reversible: true });
      const checkpoints = await measure(pair, { ...deep, checkpoint: "sqrt" });
      if (checkpoints.away(stored.gradient) !== 0) throw new Error("checkpoints differ from the stored gradient");
      const all = [free, stored, checkpoints];
      const cells = [
        `${pair.kind}, ${pair.integrator}`,
        precision,
        finalTime,
        short(free.away(stored.gradient)),
        short(free.drift),
        ...all.map(({ features }) => megabytes(features)),
        ...all.map(({ milliseconds }) => `${milliseconds.toFixed(0)} ms`),
      ];
      console.log(`| ${cells.join(" | ")} |`);
    }
  }
}
