import { availableParallelism } from "node:os";
import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    include: ["test/**/*.test.ts"],
    exclude: ["**/node_modules/**", "test/package/**"], // what builds or packs a tree: npm run check:package
    reporters: ["./test/support/reporter.ts"],
    pool: "threads", // a wasm core starts faster in a thread than in a process
    maxWorkers: availableParallelism(),
    isolate: false, // a file's modules are loaded once a thread: a sixth of all the time
    testTimeout: 20_000,
    hookTimeout: 60_000,
    teardownTimeout: 5_000,
  },
});
