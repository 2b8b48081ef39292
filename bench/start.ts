/**
 * From import to the first training step in a fresh process, and the size of what is loaded. `npm run bench -- start`
 * Each process imports the bundle, trains one step of 8 / 16 / 40 and says how long that took; peers alternate with ours.
 */
import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { brotliCompressSync } from "node:zlib";
import { build, type Metafile } from "esbuild";
import { digits, machine, printTable, ratioText, type Spread, save, spread } from "./harness.ts";
import { examples, INPUTS, LEARNING_RATE, MOMENTUM, OUTPUTS, SIZES, type Size } from "./workload.ts";

const FOLDER = "build/bench/start";
const ROUNDS = 9;
const size = SIZES[0] as Size;
const { features, labels } = examples(size, 1);
const data = JSON.stringify({ features: [...features], labels });

const SOURCES: Record<string, string> = {
  odenet: `
    import { createModel, momentum, resNet, train } from "odenet";
    const { features, labels } = ${data};
    const network = resNet({ input: ${INPUTS}, outputs: ${OUTPUTS}, width: ${size.width}, steps: ${size.layers} });
    const model = await createModel(network);
    const optimizer = momentum({ learningRate: ${LEARNING_RATE}, momentum: ${MOMENTUM} });
    const step = train(model, { features: Float32Array.from(features), labels }, { optimizer, batchSize: ${size.batch} }).next();
    if (!(step.value.value > 0)) throw new Error("no step");
  `,
  "tfjs-wasm": peerSource(
    "tfjs",
    `import * as tf from "@tensorflow/tfjs-core";
    import "@tensorflow/tfjs-core/dist/register_all_gradients.js";
    import "@tensorflow/tfjs-core/dist/public/chained_ops/register_all_chained_ops.js";
    import "@tensorflow/tfjs-backend-wasm";
    await tf.setBackend("wasm");
    const momentum = (...a) => tf.train.momentum(...a);`,
  ),
};

/** A step as in bench/peers/tfjs.mjs, on the parts of the package that it needs. */
function peerSource(_kind: string, head: string): string {
  return `${head}
    const { features, labels } = ${data};
    const affine = (rows, columns) => ({ w: tf.variable(tf.randomUniform([rows, columns], -0.5, 0.5)), b: tf.variable(tf.zeros([columns])) });
    const opening = affine(${INPUTS}, ${size.width});
    const block = Array.from({ length: ${size.layers} }, () => affine(${size.width}, ${size.width}));
    const classifier = affine(${size.width}, ${OUTPUTS});
    const x = tf.tensor2d(features, [labels.length, ${INPUTS}]);
    const y = tf.cast(tf.oneHot(tf.tensor1d(labels, "int32"), ${OUTPUTS}), "float32");
    const apply = (a, { w, b }) => tf.add(tf.matMul(a, w), b);
    const loss = () => {
      let state = tf.tanh(apply(x, opening));
      for (const layer of block) state = tf.add(state, tf.mul(tf.tanh(apply(state, layer)), ${1 / size.layers}));
      return tf.losses.softmaxCrossEntropy(y, apply(state, classifier));
    };
    const value = momentum(${LEARNING_RATE}, ${MOMENTUM}).minimize(loss, true).dataSync()[0];
    if (!(value > 0)) throw new Error("no step");
  `;
}

const JAX = `
  globalThis.navigator ??= {};
  const { init, jit, valueAndGrad, nn, numpy: np } = await import("@jax-js/jax");
  await init("wasm");
  const { features, labels } = ${data};
  const affine = (rows, columns) => ({ w: np.ones([rows, columns]).mul(0.1), b: np.zeros([columns]) });
  const apply = (a, { w, b }) => np.matmul(a, w).add(b);
  const loss = ({ opening, block, classifier }, x, y) => {
    let state = np.tanh(apply(x, opening));
    for (const layer of block) state = state.ref.add(np.tanh(apply(state, layer)).mul(${1 / size.layers}));
    return nn.logSoftmax(apply(state, classifier)).mul(y).sum().mul(-1 / labels.length);
  };
  const theta = { opening: affine(${INPUTS}, ${size.width}), block: Array.from({ length: ${size.layers} }, () => affine(${size.width}, ${size.width})), classifier: affine(${size.width}, ${OUTPUTS}) };
  const x = np.array(Float32Array.from(features)).reshape([labels.length, ${INPUTS}]);
  const y = np.array(Float32Array.from({ length: labels.length * ${OUTPUTS} }, (_, i) => labels[Math.floor(i / ${OUTPUTS})] === i % ${OUTPUTS} ? 1 : 0)).reshape([labels.length, ${OUTPUTS}]);
  const [value, gradient] = jit(valueAndGrad(loss))(theta, x, y);
  if (!(value.dataSync()[0] > 0)) throw new Error("no step");
  gradient.classifier.w.dataSync();
`;
SOURCES["jax-js"] = JAX;

/** Bundles a program; the peers' packages come from bench/peers. */
async function bundle(name: string, source: string): Promise<{ file: string; brotli: number } | undefined> {
  mkdirSync(FOLDER, { recursive: true });
  const entry = `${FOLDER}/${name}.entry.mjs`;
  const file = `${FOLDER}/${name}.mjs`;
  writeFileSync(entry, source);
  const own = name === "odenet";
  let loaded: string[];
  try {
    const { metafile } = await build({
      entryPoints: [{ in: entry, out: name }],
      outdir: FOLDER,
      outExtension: { ".js": ".mjs" },
      bundle: true,
      splitting: true,
      minify: true,
      charset: "utf8",
      metafile: true,
      format: "esm",
      target: "es2022",
      platform: "node",
      mainFields: own ? ["browser", "module", "main"] : ["module", "main"],
      nodePaths: ["bench/peers/node_modules"],
      banner: own
        ? {}
        : {
            js: `import { createRequire } from "node:module"; const require = createRequire(import.meta.url); const __dirname = ${JSON.stringify(WASM)}; const __filename = __dirname + "/x.js";`,
          },
      logLevel: "error",
    });
    // A peer asks for its package at once, if only by import(); ours loads what is asked for.
    loaded = filesLoaded(metafile, file, own ? ["import-statement"] : ["import-statement", "dynamic-import"]);
  } catch {
    console.log(`${name} is left out: npm install in bench/peers first.`);
    return undefined;
  }
  const extra =
    name === "tfjs-wasm" ? brotliCompressSync(readFileSync(`${WASM}/tfjs-backend-wasm-simd.wasm`)).length : 0;
  const brotli = loaded.reduce((sum, path) => sum + brotliCompressSync(readFileSync(path)).length, extra);
  return { file, brotli };
}

/** The entry and what it loads by the given kinds of import. */
function filesLoaded({ outputs }: Metafile, entry: string, kinds: readonly string[]): string[] {
  const files = new Set([entry]);
  for (const file of files) {
    for (const { kind, path } of outputs[file]?.imports ?? [])
      if (kinds.includes(kind) && path in outputs) files.add(path);
  }
  return [...files];
}

const WASM = `${process.cwd()}/bench/peers/node_modules/@tensorflow/tfjs-backend-wasm/dist`;

/** Milliseconds from before the import to after the first step, in a process of its own. */
function firstStep(file: string): number {
  const script = `const start = performance.now(); await import("./${file}"); console.log("ms", performance.now() - start);`;
  const output = execFileSync(process.execPath, ["--input-type=module", "-e", script], {
    encoding: "utf8",
    stdio: ["ignore", "pipe", "ignore"],
  });
  const time = Number(/^ms ([\d.]+)$/m.exec(output)?.[1]);
  if (!(time > 0)) throw new Error(`${file}: no time in ${output}`);
  return time;
}

const context = machine();
const programs: { name: string; file: string; brotli: number; times: number[] }[] = [];
for (const [name, source] of Object.entries(SOURCES)) {
  if (name !== "odenet" && !existsSync("bench/peers/node_modules")) continue;
  const made = await bundle(name, source);
  if (made) programs.push({ name, ...made, times: [] });
}
for (let round = 0; round <= ROUNDS; round++) {
  for (const program of programs) {
    const time = firstStep(program.file);
    if (round > 0) program.times.push(time); // the first reads the files
  }
}
const own = programs[0] as (typeof programs)[number];
const rows = programs.map(({ name, brotli, times }) => {
  const time: Spread = spread(times);
  const ratio = spread(times.map((t, round) => t / (own.times[round] as number)));
  return {
    library: name,
    "bytes, brotli": brotli.toLocaleString("en"),
    "bytes against ours": digits(brotli / own.brotli),
    "import to first step, ms": `${digits(time.median)} (${digits(time.least)}–${digits(time.most)})`,
    "against ours": ratioText(ratio),
  };
});
console.log(`${context.cpu}, Node ${context.node}, load ${context.loadAverage} at the start`);
printTable(rows);
save("start", { machine: context, rows });
