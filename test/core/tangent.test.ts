import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { Cotangents } from "../../src/core/recording/cotangents.ts";
import { backward } from "../../src/core/recording/derive.ts";
import { dependents } from "../../src/core/recording/graph.ts";
import { pushTangents } from "../../src/core/recording/tangent.ts";
import type { Tensor } from "../../src/core/recording/tensor.ts";
import { namesOf } from "../../src/core/registry.ts";
import { lossCall, losses } from "../../src/losses/index.ts";
import { add } from "../../src/operations/combine.ts";
import { zero } from "../../src/operations/fill.ts";
import { lossOf } from "../../src/operations/loss.ts";
import { lossKinks } from "../reference/losses.ts";
import { interpret, sizeOf } from "../reference/recording.ts";
import { expectAgreement, norm } from "../support/agreement.ts";
import { along, symmetric } from "../support/draws.ts";
import { choices, type Drawn, drawRecording, runRecording, sendHome, tame } from "../support/recordings.ts";

const accumulation = { add, zero };
const modes = [
  { name: "calls that add in place", inPlace: true },
  { name: "calls on their own", inPlace: false },
];

/** Directions for the leaves, some of them zero (absent). */
function directions(drawn: Drawn, which: number): Map<Tensor, Tensor> {
  const { record, memory, given, leaves } = drawn;
  const tangents = new Map<Tensor, Tensor>();
  leaves.forEach((t, k) => {
    if ((which >> k) & 1) return;
    const v = record.shared(`d ${t.name}`, t, memory.allocate(64 * sizeOf(t), "direction"));
    given.set(v, symmetric(300 + k, sizeOf(t)));
    tangents.set(t, v);
  });
  return tangents;
}

/** d/dh of tensors along the directions by differences of the interpreter, fourth order. */
function differences(drawn: Drawn, tangents: ReadonlyMap<Tensor, Tensor>, of: readonly Tensor[]): number[][] {
  const { record, given, leaves } = drawn;
  const at = (h: number): number[][] => {
    const moved = new Map(given);
    for (const t of leaves) {
      const v = tangents.get(t);
      if (v) moved.set(t, along(given.get(t) as number[], h, given.get(v) as number[]));
    }
    const values = interpret(record, moved);
    return of.map((t) => values.get(t) as number[]);
  };
  const h = 1e-3;
  const [a, b, c, d] = [at(2 * h), at(h), at(-h), at(-2 * h)] as [number[][], number[][], number[][], number[][]];
  return of.map((_, k) =>
    (a[k] as number[]).map(
      (x, i) => (8 * ((b[k]?.[i] as number) - (c[k]?.[i] as number)) - (x - (d[k]?.[i] as number))) / (12 * h),
    ),
  );
}

function expectTangents(drawn: Drawn, of: readonly Tensor[], leaves: Map<Tensor, Tensor>): void {
  const { record, given } = drawn;
  const expected = differences(drawn, leaves, of);
  const tangents = new Map(leaves);
  pushTangents(record, record.root, tangents, accumulation);
  const products = of.map((t) => tangents.get(t) ?? zero(record, t));
  const homes = products.map((t) => sendHome(drawn, t));
  const values = interpret(record, given);
  if (!tame(values, 1e5)) return;
  products.forEach((t, k) => {
    const own = values.get(t) as number[];
    const error = norm(own.map((x, i) => x - (expected[k]?.[i] as number)));
    expect(error / Math.max(1, norm(own)), `tangent ${k} of ${of[k]?.name}`).toBeLessThan(1e-6);
  });
  const { readAt } = runRecording(drawn);
  for (const { tensor, address } of homes) {
    expectAgreement(`${tensor.name} compiled`, readAt(tensor, address), values.get(tensor) as number[], 1e-10);
  }
}

describe("the tangent recording", () => {
  it.each(modes)("is the derivative along a direction, by differences of the interpreter: $name", ({ inPlace }) => {
    fc.assert(
      fc.property(choices, fc.nat(2 ** 10), (numbers, which) => {
        const drawn = drawRecording(numbers, { inPlace });
        const { record, given, results, stacks } = drawn;
        if (!tame(interpret(record, given), 100)) return;
        expectTangents(drawn, [...results.slice(-2), ...stacks], directions(drawn, which));
      }),
      { numRuns: Number(process.env.RUNS ?? 150) },
    );
    expect.hasAssertions();
  });

  it.each(namesOf(losses))("of a gradient is the Hessian's product: %s", (name) => {
    fc.assert(
      fc.property(choices, fc.nat(2 ** 10), (numbers, which) => {
        const drawn = drawRecording(numbers);
        const { record, memory, given, leaves, results } = drawn;
        const values = interpret(record, given);
        if (!tame(values, 30)) return;
        const scores = results.at(-1) as Tensor;
        const targets = record.input("targets", scores.rows, scores.columns);
        given.set(targets, symmetric(7, sizeOf(targets)).map(Math.abs));
        const residuals = (values.get(scores) ?? []).map((x, k) => x - (given.get(targets)?.[k] ?? 0));
        if (lossKinks(name).some((kink) => residuals.some((r) => Math.abs(r - kink) < 0.02))) return; // differences would step over it
        const weight = record.shared("weight", { rows: 1, columns: 1, scalar: true }, memory.allocate(16, "weight"));
        given.set(weight, [0.7]);
        const { value } = lossOf(record, lossCall(losses[name]()), { scores, targets, weight });
        const active = dependents(record.root.nodes, leaves);
        if (!active.has(value)) return;
        const cotangents = new Cotangents(record, active, accumulation);
        cotangents.set(value, value);
        backward(record, record.root, cotangents, active, accumulation);
        const gradients = leaves.flatMap((t) => cotangents.get(t) ?? []);
        if (!tame(interpret(record, given), 1e3)) return;
        expectTangents(drawn, gradients, directions(drawn, which));
      }),
      { numRuns: Number(process.env.RUNS ?? 100) },
    );
    expect.hasAssertions();
  });
});
