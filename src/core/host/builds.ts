/** The other builds of the core's source, as what they differ by from the core, each in a chunk that is loaded when first asked for. */

/** The text of each build. */
export interface Builds {
  /** Multiply-adds are rounded once where the machine has such an instruction. */
  relaxed(): Promise<{ readonly coreText: string }>;
  /** Imports one shared memory. */
  threads(): Promise<{ readonly coreText: string }>;
  threadsRelaxed(): Promise<{ readonly coreText: string }>;
}

export const builds: Builds = {
  relaxed: () => import("./coreRelaxed.generated.ts"),
  threads: () => import("./coreThreads.generated.ts"),
  threadsRelaxed: () => import("./coreThreadsRelaxed.generated.ts"),
};
