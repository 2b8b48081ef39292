import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { OdenetError } from "../../src/core/errors.ts";
import { layerField } from "../../src/dynamics/index.ts";
import { readSafetensors, writeSafetensors } from "../../src/formats/safetensors.ts";
import {
  add,
  createModel,
  dense,
  leastSquares,
  linear,
  logistic,
  type Model,
  modelFromBytes,
  network,
  ode,
  pad,
  softmaxCrossEntropy,
  standardize,
} from "../../src/index.ts";
import { euler } from "../../src/integrators/index.ts";
import { rejectionOf } from "../data/errors.ts";
import { symmetric } from "../support/draws.ts";
import { startNode } from "../support/runNode.ts";
import { ROOT } from "../support/scratch.ts";

const features = symmetric(1, 12, 3);

/** Every kind of layer, with awkward numbers in the description. */
const layers = [
  standardize({ mean: [0.1, -1 / 3], deviation: [2 / 3, 1e-7] }),
  dense(5, { activation: "sin", scale: 1 / 3, bias: false }),
  add([dense(4, { activation: "softplus" }), pad(7)], [pad(7)]),
  ode(layerField({ activation: "smoothRelu" }), euler, { steps: 3, finalTime: 0.7 }),
  ode(layerField(), euler, { steps: 2, stepSize: 0.1, weights: "constant" }),
  linear(2),
];

function make(precision: "f32" | "f64" = "f32"): Promise<Model> {
  return createModel(network({ input: 2, layers, classes: ["ja", 'no "ü"'] }), { precision, seed: 3 });
}

describe("a saved model", () => {
  it.each(["f32", "f64"] as const)("gives the same bits in %s, network and classes", async (precision) => {
    const model = await make(precision);
    const loaded = await modelFromBytes(model.toBytes());
    expect(loaded.network).toEqual(model.network);
    expect(loaded.precision).toBe(precision);
    expect(loaded.parameters).toEqual(model.parameters);
    expect(loaded.get()).toEqual(model.get());
    expect(loaded.predict(features)).toEqual(model.predict(features));
    expect(loaded.toBytes()).toEqual(model.toBytes());
  });

  it.each([softmaxCrossEntropy(), leastSquares(), leastSquares({ reduction: "sum" })])(
    "keeps the loss %o",
    async (loss) => {
      const model = await createModel(network({ input: 2, layers: [linear(2)] }), { loss });
      const share = symmetric(2, 6).map((x) => Math.abs(x));
      const data = { features, labels: share.flatMap((x) => [x, 1 - x]) };
      const loaded = await modelFromBytes(model.toBytes());
      expect(loaded.loss).toEqual(loss);
      expect(loaded.value(data)).toBe(model.value(data));
    },
  );

  it("keeps the logistic loss with its two classes", async () => {
    const described = network({ input: 2, layers: [linear(1)], classes: ["no", "yes"] });
    const loaded = await modelFromBytes((await createModel(described, { loss: logistic() })).toBytes());
    expect(loaded.loss).toEqual(logistic());
    expect(loaded.network.classes).toEqual(["no", "yes"]);
  });

  it("can be trained on", async () => {
    const loaded = await modelFromBytes((await make()).toBytes());
    expect((await loaded.fit({ features, labels: [0, 1, 0, 1, 0, 1] })).status).toBe("finished");
  });

  it("is read from an ArrayBuffer and a Buffer", async () => {
    const bytes = (await make()).toBytes();
    const expected = (await modelFromBytes(bytes)).get();
    expect((await modelFromBytes(bytes.buffer)).get()).toEqual(expected);
    expect((await modelFromBytes(Buffer.from(bytes))).get()).toEqual(expected);
  });

  it("in another precision has rounded parameters", async () => {
    const model = await make("f64");
    const loaded = await modelFromBytes(model.toBytes(), { precision: "f32" });
    expect(loaded.precision).toBe("f32");
    expect(loaded.get()).toEqual(Float32Array.from(model.get()));
    const back = await modelFromBytes(loaded.toBytes(), { precision: "f64" });
    expect(back.get()).toEqual(Float64Array.from(loaded.get()));
  });

  it("is made of the API's names and shapes", async () => {
    const model = await make();
    const { tensors, metadata } = readSafetensors(model.toBytes());
    for (const { name, shape } of model.parameters) {
      expect(tensors.get(name)).toEqual({ shape, values: model.get(name) });
    }
    expect([...metadata.keys()]).toEqual(["odenet", "network", "loss", "regularizers", "precision", "checksum"]);
  });

  it("gives the same predictions to the last bit in a fresh process", async () => {
    const model = await make();
    const script = `
      import { modelFromBytes } from "odenet";
      const model = await modelFromBytes(Buffer.from(${JSON.stringify(Buffer.from(model.toBytes()).toString("base64"))}, "base64"));
      const { probabilities } = model.predict(${JSON.stringify(features)});
      console.log(Buffer.from(probabilities.buffer).toString("hex"));
    `;
    const { stdout, stderr } = await startNode(["--input-type=module", "--eval", script], ROOT).finished;
    const here = Buffer.from(model.predict(features).probabilities?.buffer as ArrayBuffer);
    expect(stdout.trim(), stderr).toBe(here.toString("hex"));
  });
});

describe("a damaged file", () => {
  it("is refused with any byte of its numbers flipped", async () => {
    const bytes = (await make()).toBytes();
    const start = 8 + Number(new DataView(bytes.buffer).getBigUint64(0, true));
    for (let at = start; at < bytes.length; at++) {
      const flipped = bytes.slice();
      flipped[at] = (bytes[at] ?? 0) ^ (1 << (at % 8));
      await expect(modelFromBytes(flipped), `byte ${at}`).rejects.toMatchObject({ code: "file" });
    }
  });

  it("is refused at every shorter length", async () => {
    const bytes = (await make()).toBytes();
    for (let length = 0; length < bytes.length; length++) {
      await expect(modelFromBytes(bytes.slice(0, length)), `${length}`).rejects.toMatchObject({ code: "file" });
    }
  });

  it("of before there were checksums loads", async () => {
    const model = await make();
    const loaded = await modelFromBytes(await changed(({ metadata }) => metadata.delete("checksum")));
    expect(loaded.get()).toEqual(model.get());
  });
});

/** The bytes of a model with something changed. */
async function changed(change: (file: ReturnType<typeof mutable>) => void): Promise<Uint8Array> {
  const file = mutable(await make());
  change(file);
  return writeSafetensors(file);
}

function mutable(model: Model) {
  const { metadata, tensors } = readSafetensors(model.toBytes());
  return { metadata: new Map(metadata), tensors: new Map(tensors) };
}

const nested = (depth: number): unknown => {
  let layer: unknown = { kind: "linear", units: 2 };
  for (let i = 0; i < depth; i++) layer = { kind: "add", branch: [layer], shortcut: [] };
  return layer;
};

describe("a file that is no model of ours is one clear sentence", () => {
  const described = (value: unknown) =>
    changed(({ metadata }) => metadata.set("network", typeof value === "string" ? value : JSON.stringify(value)));
  const cases: [string, () => Promise<unknown>, RegExp][] = [
    [
      "another program's file",
      async () => writeSafetensors({ metadata: new Map(), tensors: new Map() }),
      /saved by odenet/,
    ],
    ["a later layout", () => changed(({ metadata }) => metadata.set("odenet", "2")), /layout "2"/],
    ["no precision", () => changed(({ metadata }) => metadata.delete("precision")), /precision f32 or f64/],
    [
      "another precision",
      () => changed(({ metadata }) => metadata.set("precision", "f64")),
      /in f64, got \[5, 2\] in f32/,
    ],
    ["no network", () => changed(({ metadata }) => metadata.delete("network")), /network in JSON/],
    ["a network that is no JSON", () => described("{"), /network in JSON/],
    ["a network that is null", () => described(null), /network/],
    ["an unknown layer", () => described({ input: 2, layers: [{ kind: "magic" }] }), /magic/],
    ["a layer from the prototype", () => described({ input: 2, layers: [{ kind: "constructor" }] }), /constructor/],
    ["a huge layer", () => described({ input: 2, layers: [{ kind: "dense", units: 1e15 }] }), /1000000000000000, 2/],
    ["a huge input", () => described({ input: [1e5, 1e5, 1e5], layers: [{ kind: "linear", units: 2 }] }), /tensor/],
    [
      "huge depth",
      () =>
        described({
          input: 2,
          layers: [{ kind: "ode", dynamics: { kind: "layerField" }, integrator: "euler", steps: 1e15 }],
        }),
      /1000000000000000, 2, 2/,
    ],
    [
      "means that only say how many they are",
      () =>
        described({ input: 2, layers: [{ kind: "standardize", mean: { length: 4e9 }, deviation: { length: 4e9 } }] }),
      /mean/,
    ],
    ["a branch that is a number", () => described({ input: 2, layers: [{ kind: "add", branch: 5 }] }), /branch/],
    ["deep layers", () => described({ input: 2, layers: [nested(1000)] }), /more than 64 levels/],
    ["a loss of our own", () => changed(({ metadata }) => metadata.set("loss", '{"kind":"toString"}')), /a loss among/],
    [
      "a loss that does not fit",
      () => changed(({ metadata }) => metadata.set("loss", '{"kind":"huber","delta":-1}')),
      /delta/,
    ],
    [
      "regularizers",
      () => changed(({ metadata }) => metadata.set("regularizers", '[{"kind":"l1"}]')),
      /expected λ to be/,
    ],
    [
      "a parameter missing",
      () => changed(({ tensors }) => tensors.delete("5.W")),
      /"5\.W" as \[2, 7\] in f32, got none/,
    ],
    [
      "a parameter of another shape",
      () => changed(({ tensors }) => tensors.set("5.b", { shape: [3], values: new Float32Array(3) })),
      /got \[3\]/,
    ],
    [
      "a parameter too many",
      () => changed(({ tensors }) => tensors.set("9.K", { shape: [1], values: new Float32Array(1) })),
      /"9\.K"/,
    ],
    [
      "NaN",
      () => changed(({ tensors }) => tensors.set("5.b", { shape: [2], values: Float32Array.of(1, Number.NaN) })),
      /finite/,
    ],
    ["a text", async () => "model.safetensors", /Uint8Array/],
    ["nothing", async () => undefined, /Uint8Array/],
  ];
  it.each(cases)("%s", async (_, bytes, sentence) => {
    const error = await rejectionOf(modelFromBytes((await bytes()) as Uint8Array));
    expect(error.code).toBe("file");
    expect(error.message).toMatch(sentence);
    expect(error.message).toMatch(/^modelFromBytes: expected [\s\S]+, got [\s\S]+\.$/);
  });

  it("and so is a file damaged anywhere: it is read or refused, in the twinkling of an eye", async () => {
    const whole = (await make()).toBytes();
    const header = 8 + Number(new DataView(whole.buffer).getBigUint64(0, true));
    const position = fc.oneof(fc.nat(7), fc.nat(header - 1), fc.nat(whole.length - 1));
    const change = fc.tuple(position, fc.oneof(fc.nat(255), fc.constantFrom(...Buffer.from('0919eE{}[]",:-'))));
    const damaged = fc
      .tuple(fc.array(change, { maxLength: 4 }), fc.option(position), fc.uint8Array({ maxLength: 9 }))
      .map(([changes, length, more]) => {
        const copy = Uint8Array.from([...whole.subarray(0, length ?? whole.length), ...more]);
        for (const [at, value] of changes) if (at < copy.length) copy[at] = value;
        return copy;
      });
    await fc.assert(
      fc.asyncProperty(damaged, async (bytes) => {
        const start = performance.now();
        try {
          const model = await modelFromBytes(bytes);
          expect(model.get().every(Number.isFinite)).toBe(true);
          model.dispose();
        } catch (error) {
          expect(error).toBeInstanceOf(OdenetError);
          expect((error as OdenetError).code).toBe("file");
        }
        expect(performance.now() - start).toBeLessThan(500);
      }),
      { numRuns: 600 },
    );
  });

  it("and so is a description damaged inside a sound file", async () => {
    const { metadata, tensors } = mutable(await make());
    const text = metadata.get("network") ?? "";
    const hostile = fc.constantFrom("null", "[]", "{}", '"x"', "1e308", "-1", "1e15", '{"length":4e9}', "true", "0");
    const mutation = fc.tuple(fc.nat(text.length), hostile).map(([at, value]) => {
      const [from, to] = valueAt(text, at);
      return text.slice(0, from) + value + text.slice(to);
    });
    await fc.assert(
      fc.asyncProperty(mutation, async (description) => {
        const bytes = writeSafetensors({ metadata: new Map([...metadata, ["network", description]]), tensors });
        const start = performance.now();
        const outcome = await modelFromBytes(bytes).catch((error: unknown) => error);
        if (outcome instanceof Error) expect((outcome as OdenetError).code).toBe("file");
        else (outcome as Model).dispose();
        expect(performance.now() - start).toBeLessThan(500);
      }),
      { numRuns: 600 },
    );
  });
});

/** Where the number, text or list that begins after position `at` stands in JSON text. */
function valueAt(text: string, at: number): [number, number] {
  const match = /[:[,](-?[\d.e-]+|"[^"]*"(?!:)|\[[^[\]]*\]|\{[^{}]*\}|true|false)/g;
  match.lastIndex = at;
  const found = match.exec(text) ?? /(:)(-?\d+)/.exec(text);
  const from = (found?.index ?? 0) + 1;
  return [from, from + (found?.[1]?.length ?? 0)];
}
