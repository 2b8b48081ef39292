// How much memory does training on a table larger than memory take?
//   npm run bench -- stream [gigabytes, default 2]
// A synthetic table of 64 columns comes in chunks of 8,192 rows and is trained on once. Fails above 300 MiB.
import { adam, createModel, type Data, resNet } from "../src/index.ts";

const gigabytes = Number(process.argv[2] ?? 2);
const COLUMNS = 64;
const CHUNK = 8192;
const rows = Math.round((gigabytes * 2 ** 30) / (4 * COLUMNS));

/** Uniform numbers in [−1, 1); the class is the sign of x₀ x₁. */
function* table(): Generator<Data> {
  let s = 1;
  for (let at = 0; at < rows; at += CHUNK) {
    const n = Math.min(CHUNK, rows - at);
    const features = new Float32Array(n * COLUMNS);
    for (let k = 0; k < features.length; k++) {
      s = (Math.imul(s, 1664525) + 1013904223) | 0;
      features[k] = s / 2 ** 31;
    }
    const labels = new Uint8Array(n);
    for (let i = 0; i < n; i++)
      labels[i] = (features[i * COLUMNS] as number) * (features[i * COLUMNS + 1] as number) > 0 ? 1 : 0;
    yield { features, labels };
  }
}

const model = await createModel(resNet({ input: COLUMNS, outputs: 2, width: 16, steps: 4 }));
const began = performance.now();
const { history } = await model.fit(table, { optimizer: adam(), batchSize: 1024 });
const seconds = (performance.now() - began) / 1000;
const peak = process.resourceUsage().maxRSS / 1024; // kilobytes on every system Node runs on
console.log(
  `${rows.toLocaleString("en-US")} rows of ${COLUMNS} numbers, ${gigabytes} GiB: ${seconds.toFixed(1)} s, ` +
    `${Math.round(rows / seconds).toLocaleString("en-US")} rows/s, mean loss ${history[0]?.loss.toFixed(4)}, peak memory ${Math.round(peak)} MiB`,
);
if (peak > 300) {
  console.error("expected a peak below 300 MiB");
  process.exitCode = 1;
}
