import { join } from "node:path";
import { build } from "esbuild";
import { expect, it } from "vitest";
import { codeOf } from "../../src/lab/code.ts";
import { changed, initialState, type State } from "../../src/lab/state.ts";
import { png } from "../../src/plots/pixels.ts";
import { runNode } from "../support/runNode.ts";
import { ROOT, scratchFolder } from "../support/scratch.ts";

const cases: [string, Partial<State>][] = [
  ["as it opens", {}],
  [
    "antisymmetric, least squares, regularized, in double precision",
    {
      dynamics: "antisymmetric",
      gamma: 0.1,
      loss: "leastSquares",
      tikhonov: 1e-3,
      timeSmoothness: 0.1,
      precision: "f64",
      steps: 4,
    },
  ],
  ["a method, logistic", { data: "circles", loss: "logistic", optimizer: "lbfgs", examples: 60, steps: 3 }],
  ["drawn points", { data: "drawn", points: "ab00002000zz0z1z00z1", steps: 2 }],
  ["images", { data: "mnist", examples: 40, width: 4, steps: 2, optimizer: "sgd" }],
  ["images and convolutions", { data: "fashion-mnist", architecture: "convResNet", examples: 10, width: 2, steps: 1 }],
  ["pictures", { data: "pictures", side: 8, width: 2, steps: 1 }],
  [
    "pictures and convolutions",
    { data: "pictures", side: 8, colours: "grey", architecture: "parabolicCnn", width: 2, steps: 1 },
  ],
  ["a table", { data: "table", l1: 1e-3, steps: 2 }],
];

/** Six files in each of two sub-folders. */
const pictures = (): Record<string, Uint8Array> =>
  Object.fromEntries(
    Array.from({ length: 12 }, (_, k) => [
      `pictures/${k % 2 ? "light" : "dark"}/${k}.png`,
      png({ columns: 9, rows: 8, color: (c) => [k % 2 ? 250 : 5, 20 * c, 10 * k] }),
    ]),
  );

it.each(cases)("the copied program runs and learns: %s", async (_, changes) => {
  const table = Array.from({ length: 40 }, (_, i) => `${i % 5},${i % 3},${i % 5 > 2 ? "high" : "low"}`);
  const n = 44;
  const images = Buffer.concat([
    Buffer.from([0, 0, 8, 3, 0, 0, 0, n, 0, 0, 0, 28, 0, 0, 0, 28]),
    Buffer.alloc(n * 784, "ink"),
  ]);
  const labels = Buffer.from([0, 0, 8, 1, 0, 0, 0, n, ...Array.from({ length: n }, (_, k) => k % 10)]);
  const folder = scratchFolder({
    "train-images-idx3-ubyte": images,
    "train-labels-idx1-ubyte": labels,
    "t10k-images-idx3-ubyte": images,
    "t10k-labels-idx1-ubyte": labels,
    ...pictures(),
    "train.ts": codeOf(changed(initialState, changes)),
    "table.csv": `a,b,kind\n${table.join("\n")}\n`,
  });
  await build({
    entryPoints: [join(folder, "train.ts")],
    outfile: join(folder, "train.mjs"),
    bundle: true,
    format: "esm",
    platform: "node",
    target: "es2022",
    alias: { odenet: join(ROOT, "src/index.ts"), "odenet/data": join(ROOT, "src/data/index.ts") },
    logLevel: "silent",
  });
  const { code, stdout, stderr } = await runNode(["train.mjs"], folder);
  expect(stderr).toBe("");
  expect(code).toBe(0);
  expect(stdout).toMatch(/^(finished|converged|stopped) \{\s+loss: [\d.e-]+/);
});
