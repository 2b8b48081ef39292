import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { interpret } from "../reference/recording.ts";
import { expectAgreement } from "../support/agreement.ts";
import { choices, drawRecording, keepAny, runRecording, sendHome, tame } from "../support/recordings.ts";

describe("a plan computes what its recording says", () => {
  it.each([
    { name: "in place of others", inPlace: true },
    { name: "each call on its own", inPlace: false },
  ])("whatever shares memory: $name", ({ inPlace }) => {
    fc.assert(
      fc.property(choices, fc.nat(), (numbers, keep) => {
        const drawn = drawRecording(numbers, { inPlace });
        const { record, results, stacks, given } = drawn;
        const kept = [...results.filter((_, i) => i === results.length - 1 || (keep >> i) & 1), ...stacks].map((t) =>
          keepAny(record, t),
        );
        const home = sendHome(drawn, results[keep % results.length] as (typeof results)[number]);
        const expected = interpret(record, given);
        if (!tame(expected, 1e9)) return;
        const { read, readAt } = runRecording(drawn);
        for (const t of kept) expectAgreement(t.name, read(t), expected.get(t) as number[], 1e-11);
        expectAgreement("home", readAt(home.tensor, home.address), expected.get(home.tensor) as number[], 1e-11);
      }),
      { numRuns: Number(process.env.RUNS ?? 600) },
    );
    expect.hasAssertions();
  });
});
