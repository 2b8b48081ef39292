// What is bundled, and where it goes. An entry whose source does not exist yet is left out.
import { existsSync, readFileSync } from "node:fs";

/**
 * `platform` "neutral" runs everywhere; "node" may use Node's modules. `core` says where the wasm core comes from: "embedded"
 * as text; "module" by an import of core.wasm that the platform compiles, as workerd does, which refuses to compile bytes;
 * without it the entry needs none, or is given one. `calls` is what a worker's file calls. dist/ is published, build/ is not.
 */
const ENTRIES = [
  { source: "src/index.ts", output: "dist/index.js", platform: "neutral", core: "embedded" },
  { source: "src/index.ts", output: "dist/index.workerd.js", platform: "neutral", core: "module" },
  { source: "src/slim.ts", output: "dist/slim.js", platform: "neutral" },
  { source: "src/worker/index.ts", output: "dist/worker.js", platform: "neutral", core: "embedded" },
  {
    source: "src/worker/serve.ts",
    output: "dist/serving.js",
    platform: "neutral",
    core: "embedded",
    calls: "serve",
  },
  { source: "src/data/index.ts", output: "dist/data.js", platform: "neutral", core: "embedded" },
  { source: "src/data/index.ts", output: "dist/data.workerd.js", platform: "neutral", core: "module" },
  { source: "src/tables/index.ts", output: "dist/tables.js", platform: "neutral" },
  { source: "src/plots/index.ts", output: "dist/plots.js", platform: "neutral" },
  { source: "src/formats.ts", output: "dist/formats.js", platform: "neutral", core: "embedded" },
  { source: "src/lab/main.tsx", output: "dist/lab.js", platform: "neutral" },
  { source: "src/lab/worker.ts", output: "dist/lab.worker.js", platform: "neutral", core: "embedded" },
  { source: "src/lab/thread.ts", output: "dist/lab.thread.js", platform: "neutral" },
  { source: "src/cli/index.ts", output: "dist/cli.js", platform: "node", core: "embedded" },
  { source: "src/cli/start/main.ts", output: "build/start.js", platform: "node", core: "embedded" },
];

export const entries = () => ENTRIES.filter(({ source }) => existsSync(source));

/** The entries that package.json offers with types, beside which their declarations go. */
export function typedEntries() {
  const { exports } = JSON.parse(readFileSync("package.json", "utf8"));
  const typed = new Set(Object.values(exports).map(({ types }) => types?.replace(/^\.\/(.*)\.d\.ts$/, "$1.js")));
  return entries().filter(({ output }) => typed.has(output));
}
