import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Tensor } from "../../src/core/recording/tensor.ts";
import { interpret, sizeOf } from "../reference/recording.ts";
import { inner } from "../support/adjoint.ts";
import { expectAgreement } from "../support/agreement.ts";
import { along, symmetric } from "../support/draws.ts";
import { choices, type Drawn, drawRecording, pullBack, runRecording, sendHome, tame } from "../support/recordings.ts";

function objective(
  drawn: Drawn,
  of: readonly Tensor[],
  seeds: readonly Tensor[],
  given: Map<Tensor, number[]>,
): number {
  const values = interpret(drawn.record, given);
  return of.reduce((sum, t, k) => sum + inner(values.get(t) as number[], given.get(seeds[k] as Tensor) as number[]), 0);
}

describe("the backward recording", () => {
  it.each([
    { name: "calls that add in place", inPlace: true },
    { name: "calls on their own", inPlace: false },
  ])("is the gradient, by differences of the interpreter: $name", ({ inPlace }) => {
    fc.assert(
      fc.property(choices, (numbers) => {
        const drawn = drawRecording(numbers, { inPlace });
        const { record, given, leaves } = drawn;
        if (!tame(interpret(record, given))) return;
        const { of, seeds, gradients } = pullBack(drawn, numbers);
        const values = interpret(record, given);
        if (!tame(values)) return;
        const directions = leaves.map((t, k) => symmetric(200 + k, sizeOf(t)));
        const slope = leaves.reduce((sum, _, k) => {
          const g = gradients[k];
          return g ? sum + inner(values.get(g) as number[], directions[k] as number[]) : sum;
        }, 0);
        const at = (h: number): number => {
          const moved = new Map(given);
          leaves.forEach((t, k) => {
            moved.set(t, along(given.get(t) as number[], h, directions[k] as number[]));
          });
          return objective(drawn, of, seeds, moved);
        };
        const h = 1e-3;
        const differences = (8 * (at(h) - at(-h)) - (at(2 * h) - at(-2 * h))) / (12 * h);
        const scale = Math.max(1, Math.abs(at(0)), Math.abs(slope));
        expect(Math.abs(slope - differences) / scale, `${slope} for ${differences}`).toBeLessThan(1e-7);
      }),
      { numRuns: Number(process.env.RUNS ?? 200) },
    );
  });

  it.each([
    { name: "calls that add in place", inPlace: true },
    { name: "calls on their own", inPlace: false },
  ])("keeps its numbers when it is compiled: $name", ({ inPlace }) => {
    fc.assert(
      fc.property(choices, (numbers) => {
        const drawn = drawRecording(numbers, { inPlace });
        const { record, given } = drawn;
        if (!tame(interpret(record, given))) return;
        const { gradients } = pullBack(drawn, numbers);
        const homes = gradients.flatMap((g) => (g ? [sendHome(drawn, g)] : []));
        const expected = interpret(record, given);
        if (!tame(expected, 1e9)) return;
        const { readAt } = runRecording(drawn);
        for (const { tensor, address } of homes) {
          expectAgreement(tensor.name, readAt(tensor, address), expected.get(tensor) as number[], 1e-10);
        }
      }),
      { numRuns: Number(process.env.RUNS ?? 300) },
    );
    expect.hasAssertions();
  });
});
