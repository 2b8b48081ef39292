import { defineConfig } from "vitest/config";

/** What other people's software makes of our files. It is installed in bench/peers, and is no part of npm test. */
export default defineConfig({
  test: {
    include: ["test/peers/*.peer.ts"],
    testTimeout: 60_000,
    hookTimeout: 60_000,
  },
});
