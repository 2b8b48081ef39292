/** SHA-256 of everything on the way to trained parameters: data, initialisations, schedules, optimizers, precisions. */
import { circles, ellipses, type Points, peaks, spirals, split, swissRoll } from "../../src/data/index.ts";
import {
  adam,
  adamW,
  constant,
  cosine,
  createModel,
  dense,
  euler,
  layerField,
  leastSquares,
  linear,
  logistic,
  momentum,
  type Network,
  network,
  ode,
  type Precision,
  residual,
  resNet,
  sgd,
  standardize,
  type TrainOptions,
} from "../../src/index.ts";

const generators = { peaks, ellipses, swissRoll, circles, spirals };
const precisions: readonly Precision[] = ["f32", "f64"];

/** A page has SHA-256 only over https and on localhost; the tests' pages are on localhost. */
async function sha256(values: Float32Array<ArrayBuffer> | Float64Array<ArrayBuffer> | Uint8Array<ArrayBuffer>) {
  const digest = await crypto.subtle.digest("SHA-256", values);
  return Array.from(new Uint8Array(digest), (byte) => byte.toString(16).padStart(2, "0")).join("");
}

interface Run {
  readonly network: Network;
  readonly data: Points;
  readonly options: TrainOptions;
  readonly loss?: typeof logistic | typeof leastSquares;
}

/** Every activation, initialisation, optimizer, schedule and loss is in one of them. */
function runs(): Record<string, Run> {
  const two = ellipses({ examples: 200, noise: 0.05, seed: 5 });
  const five = peaks({ examples: 500, seed: 6 });
  const field = (activation: "sin" | "softplus" | "sigmoid", initialization: "he" | "glorot" | "zero") =>
    ode(layerField({ activation }), euler, { steps: 4, finalTime: 2, initialization });
  return {
    "tanh, adam, cosine": {
      network: resNet({ input: 2, outputs: 5, width: 8, steps: 6, finalTime: 2 }),
      data: five,
      options: { optimizer: adam({ learningRate: 0.01 }), schedule: cosine(), epochs: 6, batchSize: 48, seed: 7 },
    },
    "relu, momentum": {
      network: resNet({ input: 2, outputs: 5, width: 7, steps: 5, activation: "relu" }),
      data: five,
      options: { optimizer: momentum({ learningRate: 0.05 }), epochs: 4, schedule: constant() },
    },
    "sin, Nesterov, chunks": {
      network: network({ input: 2, layers: [dense(6, { activation: "sin" }), field("sin", "he"), linear(5)] }),
      data: peaks({ examples: 2500, seed: 8 }),
      options: {
        optimizer: momentum({ nesterov: true }),
        epochs: 5,
        batchSize: 2500,
        schedule: cosine({ minimum: 0.1 }),
      },
    },
    "softplus, logistic, sgd": {
      network: network({
        input: 2,
        layers: [standardize.fit(two.features, 2), dense(5), field("softplus", "glorot"), linear(1)],
      }),
      data: two,
      options: { optimizer: sgd({ weightDecay: 1e-3 }), epochs: 8, batchSize: 20 },
      loss: logistic,
    },
    "sigmoid, least squares, adamW": {
      network: network({
        input: 2,
        layers: [
          dense(4, { activation: "smoothRelu" }),
          residual(2, { activation: "identity" }),
          field("sigmoid", "zero"),
          linear(1),
        ],
      }),
      data: two,
      options: { optimizer: adamW({ learningRate: 0.02 }), epochs: 8, batchSize: 33, schedule: cosine() },
      loss: leastSquares,
    },
  };
}

export async function trainingHashes(): Promise<Record<string, string>> {
  const hashes: Record<string, string> = {};
  for (const [name, make] of Object.entries(generators)) {
    hashes[`data: ${name}`] = await sha256(
      make({ examples: 1000, noise: 0.1, seed: 9 }).features as Float64Array<ArrayBuffer>,
    );
  }
  const { validation } = split(peaks({ examples: 100, seed: 1 }), { seed: 2, stratified: true });
  hashes["data: split"] = await sha256(validation.features as Float64Array<ArrayBuffer>);
  for (const precision of precisions) {
    for (const [name, { network, data, options, loss }] of Object.entries(runs())) {
      const model = await createModel(network, { precision, seed: 3, ...(loss ? { loss } : {}) });
      const { status } = await model.fit(data, options);
      if (status !== "finished") throw new Error(`${name}, ${precision}: ${status}`); // a NaN has many bits
      hashes[`θ: ${name}, ${precision}`] = await sha256(model.get());
      hashes[`scores: ${name}, ${precision}`] = await sha256(model.scores(data.features));
      model.dispose();
    }
  }
  return hashes;
}
