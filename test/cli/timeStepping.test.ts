import { describe, expect, it } from "vitest";
import { chooseNetwork } from "../../src/cli/choose/network.ts";
import type { NetworkFlags } from "../../src/cli/flags/network.ts";
import { swissRoll, textures } from "../../src/data/index.ts";
import { imagePresets, parabolicCnn, presets } from "../../src/index.ts";
import { pairs } from "../support/families.ts";

const data = swissRoll();
const choose = (flags: NetworkFlags) => chooseNetwork(flags, data, 2, false);

/** The ode layers of a network. */
const blocks = (layers: readonly { readonly kind: string }[]) => layers.filter(({ kind }) => kind === "ode");

describe("flags of the command", () => {
  it.each(pairs)("--dynamics $kind --integrator $integrator", async ({ kind, integrator }) => {
    const { layers } = await choose({ dynamics: kind, integrator, steps: 5, width: 6, bias: "scalar", finalTime: 2 });
    expect(layers.map((l) => l.kind)).toEqual(["dense", "ode", "linear"]);
    expect(blocks(layers)[0]).toMatchObject({
      dynamics: { kind, bias: "scalar" },
      integrator,
      steps: 5,
      stepSize: 0.4,
    });
  });

  it.each([...new Set(pairs.map(({ kind }) => kind))])(
    "--dynamics %s alone takes an integrator that fits",
    async (kind) => {
      expect(blocks((await choose({ dynamics: kind })).layers)).toHaveLength(1);
    },
  );

  it.each(Object.keys(presets))("--network %s", async (name) => {
    const { layers } = await choose({ network: name, steps: 3, width: 4, bias: "no" });
    expect(layers.at(-1)).toMatchObject({ kind: "linear", units: 2 });
  });

  it.each<[NetworkFlags, object]>([
    [
      { dynamics: "hamiltonian", start: "half", reversible: true },
      { start: "half", reversible: true },
    ],
    [
      { dynamics: "antisymmetric", gamma: 0.1, sqrtCheckpoint: true },
      { checkpoint: "sqrt", dynamics: { gamma: 0.1 } },
    ],
    [
      { dynamics: "parabolic", hidden: 7, weights: "nodal" },
      { weights: "nodal", dynamics: { hidden: 7 } },
    ],
    [{ network: "parabolicNet", integrator: "rk4" }, { integrator: "rk4" }],
    [{ network: "hamiltonianNet", initialization: "zero" }, { initialization: "zero" }],
  ])("%o", async (flags, expected) => {
    expect(blocks((await choose(flags)).layers)[0]).toMatchObject(expected);
  });

  it.each(Object.keys(imagePresets))("--network %s, for images", async (network) => {
    const images = textures({ examples: 4, size: 64 });
    const { input, layers, classes } = await chooseNetwork({ network }, images, 5, false);
    expect({ input, classes, last: layers.at(-1) }).toMatchObject({
      ...{ input: [3, 64, 64], classes: images.classes },
      last: { kind: "linear", units: 5 },
    });
    await expect(choose({ network })).rejects.toThrow(
      `--network ${network}: expected images, got examples of 2 features. Take resNet, or data with`,
    );
  });

  it("--channels, --steps, --norm, --head and --stride are the preset's options", async () => {
    const flags: NetworkFlags = {
      channels: [4, 6],
      steps: [1, 2],
      norm: "none",
      head: "flatten",
      stride: 2,
      hidden: 3,
      finalTime: 2,
    };
    const images = textures({ examples: 4 });
    const { layers } = await chooseNetwork({ network: "parabolicCnn", ...flags }, images, 5, false);
    const { shape: input } = images;
    const same = parabolicCnn({ ...flags, input, outputs: 5, norm: false, head: "flatten" } as object);
    expect(layers).toEqual(same.layers);
  });

  it.each<[NetworkFlags, RegExp]>([
    [{ network: "alexNet" }, /^--network alexNet: layer 3 .*at least 3 × 3.*got/],
    [{ network: "convResNet", steps: [1, 2] }, /^--network convResNet: expected steps for 3 blocks, .*got 2\.$/],
    [{ network: "hamiltonianCnn", channels: [5] }, /^--network hamiltonianCnn: .*even number of channels/],
    [{ network: "leNet", channels: [5] }, /^--channels: belongs to convResNet, .*, got leNet\. Leave it out\.$/],
    [{ network: "convResNet", width: 5 }, /^--width: belongs to resNet, .*, got convResNet\./],
    [{ network: "resNet", norm: "layer" }, /^--norm: belongs to convResNet, .*, got resNet\. Leave it out\.$/],
    [
      { dynamics: "layerField", steps: [1, 2] },
      /^--steps: expected one number for the one block of layerField, got 1,2\./,
    ],
  ])("%o for images of 16 × 16 is refused in one sentence", async (flags, sentence) => {
    const images = textures({ examples: 4, size: 16 });
    await expect(chooseNetwork(flags, images, 5, false)).rejects.toThrow(sentence);
  });

  it.each<[NetworkFlags, RegExp]>([
    [{ dynamics: "waves" }, /^--dynamics: expected one of layerField, .*, got "waves"\.$/],
    [
      { dynamics: "layerField", integrator: "rk5" },
      /^--integrator: expected one of euler, .*, got "rk5"\. Did you mean rk3/,
    ],
    [{ dynamics: "layerField", integrator: "verlet" }, /expected an integrator for layerField \(euler/],
    [{ network: "resNet", dynamics: "layerField" }, /^--dynamics: .*--network resNet as well\. Leave one out\.$/],
    [
      { network: "resNet", integrator: "rk4" },
      /^--integrator: belongs to antisymmetricNet, .*--dynamics layerField, .*, got resNet\./,
    ],
    [{ network: "resNet", gamma: 1 }, /^--gamma: belongs to antisymmetricNet, --dynamics antisymmetric, got resNet\./],
    [{ dynamics: "layerField", reversible: true }, /expected a reversible integrator \(.*\), got rk4\./],
  ])("%o is refused in one sentence", async (flags, sentence) => {
    await expect(choose(flags)).rejects.toThrow(sentence);
  });
});
