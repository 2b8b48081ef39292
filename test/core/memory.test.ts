import { describe, expect, it } from "vitest";
import { Memory, size } from "../../src/core/host/memory.ts";
import { createModel, dense, hamiltonian, linear, network, ode, verlet } from "../../src/index.ts";
import { symmetric } from "../support/draws.ts";

describe("memory", () => {
  it("counts what is handed out, gives zeros, and follows its growth", () => {
    const memory = new Memory();
    const first = memory.allocate(64, "first");
    memory.view("f64", first, 8).fill(7);
    const before = memory.numbers("f32");
    const large = memory.allocate(10_000_000, "large");
    expect(memory.used).toBe(10_000_064);
    expect(memory.numbers("f32") === before).toBe(false);
    expect(memory.view("f64", first, 8)).toEqual(new Float64Array(8).fill(7));
    expect(memory.view("f32", large, 2_500_000).every((x) => x === 0)).toBe(true);
    memory.view("f32", large, 2_500_000).fill(5);
    memory.free(large);
    memory.free(large);
    expect(memory.used).toBe(64);
    const again = memory.allocate(10_000_000, "again");
    expect(again).toBe(large);
    expect(memory.view("f32", again, 2_500_000).every((x) => x === 0)).toBe(true);
  });

  it.each([2 ** 32, 2 ** 32 - 65536, 2 ** 40, 2 ** 53, Number.POSITIVE_INFINITY])(
    "refuses %d bytes in a sentence",
    (bytes) => {
      const memory = new Memory();
      memory.allocate(1000, "first");
      const failing = () => memory.allocate(bytes, "parameters");
      expect(failing).toThrow(
        expect.objectContaining({
          code: "memory",
          message: expect.stringMatching(
            /^parameters: expected .* of memory, got at most .* beside the 1000 bytes in use/,
          ),
        }),
      );
      expect(memory.used).toBe(1000);
      expect(memory.allocate(16, "small")).toBeGreaterThan(0);
    },
  );

  it("writes sizes as people read them", () => {
    expect([0, 1023, 1024, 15_000, 3 * 2 ** 20, 2 ** 32, 2 ** 50].map(size)).toEqual([
      "0 bytes",
      "1023 bytes",
      "1.0 KiB",
      "15 KiB",
      "3.0 MiB",
      "4.0 GiB",
      "1048576 GiB",
    ]);
  });
});

describe("a model that meets the end of memory", () => {
  it("says how much it wanted, and works as before", async () => {
    // Backwards in time, features need no memory; those of 2,048 examples over 100,000 steps are more than 4 GiB.
    const steps = { steps: 100_000, finalTime: 1, reversible: true, weights: "constant" } as const;
    const net = network({ input: 8, layers: [ode(hamiltonian(), verlet, steps), linear(2)] });
    const model = await createModel(net);
    const data = { features: symmetric(1, 16), labels: [0, 1] };
    const gradient = () => Buffer.from(model.gradient(data).gradient.buffer);
    const [scores, before] = [model.scores(data.features), gradient()];
    for (let k = 0; k < 2; k++) {
      expect(() => model.states(new Float32Array(8 * 2048))).toThrow(
        expect.objectContaining({
          code: "memory",
          message: expect.stringMatching(
            /^features: expected 6\.1 GiB of memory for 2048 examples, got at most 4\.0 GiB .*smaller batch \(13\d\d examples fit\)/,
          ),
        }),
      );
      expect(model.scores(data.features)).toEqual(scores);
      expect(gradient().equals(before)).toBe(true);
    }
    model.dispose();
  });

  it("a network too large is refused with the bytes it needs", async () => {
    const huge = network({ input: 100_000, layers: [dense(100_000), linear(2)] });
    await expect(createModel(huge)).rejects.toMatchObject({
      code: "memory",
      message: expect.stringMatching(/^parameters: expected 37 GiB of memory/),
    });
  });
});
