// What is bundled, and where it goes. An entry whose source does not exist yet is left out.
import { existsSync } from "node:fs";

/** `platform` "neutral" runs everywhere; "node" may use Node's modules. dist/ is published, build/ is not. */
const ENTRIES = [
  { source: "src/index.ts", output: "dist/index.js", platform: "neutral" },
  { source: "src/slim.ts", output: "dist/slim.js", platform: "neutral" },
  { source: "src/worker/index.ts", output: "dist/worker.js", platform: "neutral" },
  { source: "src/worker/serving.ts", output: "dist/serving.js", platform: "neutral" },
  { source: "src/data/index.ts", output: "dist/data.js", platform: "neutral" },
  { source: "src/plots/index.ts", output: "dist/plots.js", platform: "neutral" },
  { source: "src/formats.ts", output: "dist/formats.js", platform: "neutral" },
  { source: "src/cli/index.ts", output: "dist/cli.js", platform: "node" },
  { source: "src/cli/start/main.ts", output: "build/start.js", platform: "node" },
];

export const entries = () => ENTRIES.filter(({ source }) => existsSync(source));
