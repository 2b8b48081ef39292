import { defineConfig } from "vitest/config";
import config from "../../vitest.config.ts";

/** What builds, packs, bundles or type-checks a tree: a part of npm run check:package, and none of npm test. */
export default defineConfig({ test: { ...config.test, include: ["test/package/*.test.ts"], exclude: [] } });
