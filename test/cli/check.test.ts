import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { createModel, dense, linear, network } from "../../src/index.ts";
import { odenet } from "../support/command.ts";
import { pairs } from "../support/families.ts";
import { scratchFolder } from "../support/scratch.ts";

describe("odenet check", () => {
  it("prints h, both remainders and the powers of h, in double precision", async () => {
    const { code, stdout, stderr } = await odenet(scratchFolder({}), "check", "peaks", "--points", "12");
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    expect(stdout).toContain("peaks: 256 examples, 2,309 parameters, f64");
    expect(stdout).toMatch(/\n +h +\|Φ\(θ\+hv\)−Φ\(θ\)\| +power +\|Φ\(θ\+hv\)−Φ\(θ\)−h∇Φᵀv\| +power\n/);
    expect(stdout.match(/^\d\.\d\de[+-]\d .+$/gm)).toHaveLength(12);
    expect(stdout).toMatch(/ slopes +1\.0\d +(1\.9\d|2\.0\d)\n/);
    expect(stdout).toMatch(/\nright: /);
  });

  it.each([...new Map(pairs.map((pair) => [pair.kind, pair])).values()])(
    "$kind with a regularizer is right",
    async ({ kind, integrator }) => {
      const words = ["check", "swissRoll", "--dynamics", kind, "--integrator", integrator, "--steps", "3", "--json"];
      const { code, stdout } = await odenet(scratchFolder({}), ...words, "--regularizer", "timeSmoothness:0.1");
      const { slopes, right, order1, h, precision } = JSON.parse(stdout);
      expect({ code, right, precision }).toEqual({ code: 0, right: true, precision: "f64" });
      expect(slopes.order1).toBeCloseTo(2, 1);
      expect(order1).toHaveLength(h.length);
    },
  );

  it("a saved model is checked where it stands; a kink there is no derivative, and exit code 1", async () => {
    const cwd = scratchFolder();
    const [smooth, kinked] = await Promise.all(
      (["tanh", "relu"] as const).map((activation) =>
        createModel(network({ input: 2, layers: [dense(4, { activation }), linear(2)] }), { seed: 1 }),
      ),
    );
    writeFileSync(join(cwd, "right.safetensors"), smooth?.toBytes() as Uint8Array);
    kinked?.set("0.K", new Float32Array(8));
    kinked?.set("0.b", new Float32Array(4));
    writeFileSync(join(cwd, "kink.safetensors"), kinked?.toBytes() as Uint8Array);
    const [right, kink, both] = await Promise.all([
      odenet(cwd, "check", "swissRoll", "--model", "right.safetensors"),
      odenet(cwd, "check", "swissRoll", "--model", "kink.safetensors"),
      odenet(cwd, "check", "swissRoll", "--model", "right.safetensors", "--width", "4"),
    ]);
    expect(right.code).toBe(0);
    expect(right.stdout).toContain("f64");
    expect(kink.code).toBe(1);
    expect(kink.stdout).toMatch(/wrong: .+ power 1\.0\d.+kink/);
    expect(both).toMatchObject({ code: 2, stderr: expect.stringMatching(/--width: expected none with --model/) });
  });
});
