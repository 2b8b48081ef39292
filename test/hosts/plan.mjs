// The embedding scenario: a blob by model.toPlan and one batch, as files; what the library itself computes with them; and the
// same by the host of 40 lines in examples/embedding.
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";

export const STEPS = 50;
const ROWS = 64;
const host = new URL("../../examples/embedding/host.mjs", import.meta.url).href;
export const examples = fileURLToPath(new URL("../../examples", import.meta.url));

/** FNV-1a of bytes, as 8 hexadecimal digits. */
export function fnv(bytes) {
  let hash = 0x811c9dc5;
  for (const byte of bytes) hash = Math.imul(hash ^ byte, 0x01000193);
  return (hash >>> 0).toString(16).padStart(8, "0");
}

const bytesOf = ({ buffer, byteOffset, byteLength }) => new Uint8Array(buffer, byteOffset, byteLength);

/** The rows of a tensor without what pads them. */
function rowsOf({ values, count, rows, columns, stride }) {
  const all = new values.constructor(count * rows * columns);
  for (let r = 0; r < count * rows; r++) all.set(values.subarray(r * stride, r * stride + columns), r * columns);
  return all;
}

/** Writes whole rows. */
function fill({ values, columns, stride }, rows) {
  values.fill(0);
  for (let r = 0; r * columns < rows.length; r++) values.set(rows.subarray(r * columns, (r + 1) * columns), r * stride);
}

/** Files of the scenario in a precision, and the hashes of θ and of the scores that every host must print. */
export async function planScenario(app, precision) {
  const installed = join(app, "node_modules", "odenet", "dist");
  const { createModel, resNet, sgd, train } = await import(pathToFileURL(join(installed, "index.js")));
  const { peaks } = await import(pathToFileURL(join(installed, "data.js")));
  const data = peaks({ examples: ROWS, seed: 5 });
  const network = resNet({ input: 2, outputs: 5, width: 8, steps: 8, finalTime: 2 });
  const model = await createModel(network, { precision, seed: 1 });
  const optimizer = sgd({ learningRate: 0.1 });
  const blob = model.toPlan({ batch: ROWS, training: true, optimizer });
  const Numbers = precision === "f32" ? Float32Array : Float64Array;
  const features = Numbers.from(data.features);
  const targets = new Numbers(ROWS * 5);
  data.labels.forEach((c, i) => {
    targets[5 * i + c] = 1;
  });

  const stream = Array.from({ length: STEPS }, () => data);
  for await (const _ of train(model, stream, { optimizer, batchSize: ROWS, epochs: 1 }));
  const scores = fnv(bytesOf(model.scores(data.features)));

  const { openPlan } = await import(host);
  const wasm = new WebAssembly.Module(readFileSync(join(installed, "core.wasm")));
  const plan = openPlan(wasm, blob);
  for (let step = 0; step < STEPS; step++) {
    fill(plan.tensor("step/features"), features);
    fill(plan.tensor("step/targets"), targets);
    plan.run("step");
  }
  fill(plan.tensor("predict/features"), features);
  plan.run("predict");
  const hosted = fnv(bytesOf(rowsOf(plan.tensor("predict/scores"))));
  if (hosted !== scores) throw new Error(`the plan gives the scores ${hosted}, the model ${scores}`);

  const folder = join(app, `plan-${precision}`);
  mkdirSync(folder, { recursive: true });
  const files = { plan: blob, features: bytesOf(features), targets: bytesOf(targets) };
  for (const [name, content] of Object.entries(files)) writeFileSync(join(folder, name), content);
  const theta = fnv(bytesOf(plan.tensor("theta").values));
  return { folder, files, expected: `${theta} ${scores}` };
}
