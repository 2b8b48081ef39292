import type { TestModule } from "vitest/node";

export interface Counts {
  passed: number;
  failed: number;
  skipped: number;
  /** Tests that were found, whatever became of them. */
  total: number;
}

/** Counts tests, and besides them everything that went wrong outside one: a file or a hook that threw, `otherFailures`. */
export function countResults(modules: readonly TestModule[], otherFailures: number): Counts {
  const counts: Counts = { passed: 0, failed: otherFailures, skipped: 0, total: 0 };
  for (const module of modules) {
    counts.failed += module.errors().length;
    for (const suite of module.children.allSuites()) counts.failed += suite.errors().length;
    for (const test of module.children.allTests()) {
      const { state } = test.result();
      counts[state === "pending" ? "skipped" : state]++;
      counts.total++;
    }
  }
  return counts;
}

export const lastLine = ({ passed, failed, skipped }: Counts): string =>
  `${passed} passed, ${failed} failed, ${skipped} skipped`;

/** The reasons that tests gave to `context.skip(reason)`, each with how many gave it. */
export function skipReasons(modules: readonly TestModule[]): Map<string, number> {
  const reasons = new Map<string, number>();
  for (const module of modules) {
    for (const test of module.children.allTests("skipped")) {
      const result = test.result();
      const note = result.state === "skipped" ? result.note : undefined;
      if (note) reasons.set(note, (reasons.get(note) ?? 0) + 1);
    }
  }
  return reasons;
}
