// What every host does with the installed package: build, train 50 steps, predict, save, load. Its hash covers every bit of the
// trained parameters and of the scores.
import { adam, createModel, modelFromBytes, resNet, train } from "odenet";
import { peaks } from "odenet/data";
import { createModel as createModelInWorker } from "odenet/worker";

/** Whether this thread may wait for others: a page's main thread may not, and some hosts have no shared memory. */
function maySleep() {
  try {
    return Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 1, 0) === "not-equal";
  } catch {
    return false;
  }
}

async function hash(...arrays) {
  const bytes = new Uint8Array(arrays.reduce((n, { byteLength }) => n + byteLength, 0));
  let at = 0;
  for (const { buffer, byteOffset, byteLength } of arrays) {
    bytes.set(new Uint8Array(buffer, byteOffset, byteLength), at);
    at += byteLength;
  }
  const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", bytes));
  return Array.from(digest.subarray(0, 6), (byte) => byte.toString(16).padStart(2, "0")).join("");
}

const data = () => peaks({ examples: 640, seed: 5 });
const network = resNet({ input: 2, outputs: 5, width: 8, steps: 8, finalTime: 2 });
const training = { optimizer: adam({ learningRate: 0.02 }), batchSize: 64, epochs: 5 };

async function trained(precision, threads) {
  const model = await createModel(network, { precision, threads, sharedWork: 0, seed: 1 });
  let steps = 0;
  for (const _ of train(model, data(), training)) steps++;
  const { features } = data();
  const { scores } = model.predict(features);
  const loaded = await modelFromBytes(model.toBytes());
  if (steps !== 50 || loaded.scores(features).join() !== scores.join()) throw new Error("the loaded model differs");
  const result = await hash(model.get(), scores);
  model.dispose();
  loaded.dispose();
  return result;
}

/** The same by the short form of odenet/worker: whatever bundled this page brought the worker along, or it does without its file. */
export async function inWorker() {
  const model = await createModelInWorker(network, { seed: 1 });
  await model.fit(data(), training);
  const { scores } = await model.predict(data().features);
  const result = await hash(await model.get(), scores);
  await model.dispose();
  return result;
}

/** A hash for each precision and number of threads that this host can run. */
export async function scenario() {
  const results = {};
  for (const threads of maySleep() ? [1, 2] : [1]) {
    for (const precision of ["f32", "f64"]) results[`${precision} × ${threads}`] = await trained(precision, threads);
  }
  return results;
}
