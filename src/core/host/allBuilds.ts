/** The same builds in one file: some bundlers make a worker of one alone. */
import type { Builds } from "./builds.ts";
import * as relaxed from "./coreRelaxed.generated.ts";
import * as threads from "./coreThreads.generated.ts";
import * as threadsRelaxed from "./coreThreadsRelaxed.generated.ts";

export const builds: Builds = {
  relaxed: async () => relaxed,
  threads: async () => threads,
  threadsRelaxed: async () => threadsRelaxed,
};
