import { writeSync } from "node:fs";
import type { SerializedError } from "vitest";
import { DefaultReporter, type TestModule, type TestRunEndReason } from "vitest/node";
import { countResults, lastLine, skipReasons } from "./results.ts";

/** What npm test checked before the tests and found wrong: each counts as a failure here. */
const failedChecks = (process.env.ODENET_FAILED_CHECKS ?? "").split(", ").filter(Boolean);

/** Vitest's own report, then why tests were skipped, and at the very end of the process the one line that CI reads. */
export default class Reporter extends DefaultReporter {
  constructor() {
    super({ summary: false });
  }

  override onTestRunEnd(
    modules: readonly TestModule[],
    errors: readonly SerializedError[],
    reason: TestRunEndReason,
  ): void {
    super.onTestRunEnd(modules, errors, reason);
    const counts = countResults(modules, errors.length + failedChecks.length);
    for (const [why, times] of skipReasons(modules)) this.log(`${times} skipped: ${why}`);
    for (const check of failedChecks) this.log(`Failed before the tests: ${check}. Its message is at the top.`);
    if (counts.total === 0) this.log("No test was run, which counts as a failure.");
    if (counts.total === 0 || counts.failed > 0 || reason !== "passed") process.exitCode = 1;

    const print = () => writeSync(1, `${lastLine(counts)}\n`);
    if (this.ctx.config.watch) print();
    // On exit, so that whatever closes down slowly or complains while closing stands above it.
    else process.once("exit", print);
  }
}
