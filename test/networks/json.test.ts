import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  activation,
  activations,
  add,
  createModel,
  dense,
  euler,
  type Layer,
  layerField,
  linear,
  type Network,
  network,
  networkFromJSON,
  OdenetError,
  ode,
  pad,
  plainNet,
  presets,
  residual,
  resNet,
  standardize,
} from "../../src/index.ts";
import { pairs, surface } from "../support/families.ts";
import { layerFrom } from "../support/surface.ts";

const names = Object.keys(activations) as (keyof typeof activations)[];
const units = fc.integer({ min: 1, max: 9 });
const anyActivation = fc.constantFrom(...names);
const WIDTH = 4;

/** Layers that keep the number of features. */
const same: fc.Arbitrary<Layer> = fc.letrec<{ layer: Layer }>((tie) => ({
  layer: fc.oneof(
    { depthSize: "small" },
    fc
      .record({
        activation: anyActivation,
        bias: fc.boolean(),
        scale: fc.double({ noNaN: true, noDefaultInfinity: true }),
      })
      .map((o) => dense(WIDTH, o)),
    anyActivation.map(activation),
    fc.boolean().map((bias) => linear(WIDTH, { bias })),
    fc.constant(pad(WIDTH)),
    fc
      .record({
        pair: fc.constantFrom(...pairs),
        steps: units,
        activation: anyActivation,
        weights: fc.constantFrom("perStep" as const, "constant" as const, "nodal" as const, "halfSteps" as const),
        finalTime: fc.integer({ min: -3, max: 7 }),
      })
      .map(
        ({ pair: { kind, integrator }, activation: sigma, ...options }) =>
          layerFrom(surface, { kind: "ode", dynamics: { kind, activation: sigma }, integrator, ...options }) as Layer,
      ),
    units.map((steps) => residual(steps)),
    fc
      .array(fc.double({ min: 0.1, max: 10, noNaN: true }), { minLength: WIDTH, maxLength: WIDTH })
      .map((deviation) => standardize({ mean: deviation, deviation })),
    fc
      .tuple(fc.array(tie("layer"), { maxLength: 2 }), fc.array(tie("layer"), { maxLength: 2 }))
      .map(([a, b]) => add(a, b)),
  ),
})).layer;

function expectRoundTrip(net: Network): void {
  const text = JSON.stringify(net);
  for (const back of [networkFromJSON(text), networkFromJSON(JSON.parse(text)), networkFromJSON(net)]) {
    expect(JSON.stringify(back)).toBe(text);
    expect(back).toEqual(net);
  }
}

/** The error that a call gives; a call that gives none, or one of another kind, fails. */
function errorOf(call: () => unknown): OdenetError {
  try {
    call();
  } catch (error) {
    if (error instanceof OdenetError) return error;
    throw error;
  }
  throw new Error("expected an OdenetError");
}

describe("JSON.stringify and networkFromJSON", () => {
  it("are each other's inverse for any layers", () => {
    fc.assert(
      fc.property(fc.array(same, { maxLength: 4 }), units, (layers, outputs) => {
        const classes = Array.from({ length: outputs }, (_, k) => `class ${k}`);
        expectRoundTrip(network({ input: WIDTH, layers: [...layers, linear(outputs)], classes }));
      }),
      { numRuns: 200 },
    );
  });

  it.each(Object.entries(presets))("are each other's inverse for the preset %s", (_, preset) => {
    expectRoundTrip(preset({ input: 2, outputs: 3, width: 5, steps: 4 }));
    expectRoundTrip(
      preset({ input: [1, 4, 4], outputs: 2, width: 5, steps: 1, activation: "relu", classes: ["a", "b"] }),
    );
  });

  it("a network is frozen, and what made it is not", () => {
    const layers = [linear(2)];
    const input: [number, number, number] = [1, 2, 2];
    const net = network({ input, layers });
    layers.push(linear(3));
    input[0] = 7;
    expect(net.layers.length).toBe(1);
    expect(net.input).toEqual([1, 2, 2]);
    for (const part of [net, net.layers, net.layers[0], net.input]) expect(Object.isFrozen(part)).toBe(true);
  });
});

const good = () =>
  JSON.parse(
    JSON.stringify(
      network({
        input: 3,
        layers: [dense(4), add([dense(5), linear(4)], [dense(4)]), ode(layerField(), euler, { steps: 3 }), linear(2)],
      }),
    ),
  );

describe("wrong JSON", () => {
  // biome-ignore lint/suspicious/noExplicitAny: wrong on purpose
  const wrong: [path: RegExp, spoil: (json: any) => unknown][] = [
    [/^network: .*null/, () => null],
    [/^network: .*7/, () => 7],
    [/^network: .*\[\]/, () => []],
    [/^network: .*does not parse/, () => "{"],
    [/^layers: .*undefined/, () => ({ input: 3 })],
    [/input/, (j) => ({ ...j, input: "3" })],
    [/input/, (j) => ({ ...j, input: 0 })],
    [/input/, (j) => ({ ...j, input: [1, 2] })],
    [/input/, (j) => ({ ...j, input: [1, 2, null] })],
    [/^classes: /, (j) => ({ ...j, classes: [1, 2] })],
    [/class names/, (j) => ({ ...j, classes: ["a", "b", "c"] })],
    [/^layers\[0\]: /, (j) => ({ ...j, layers: [null] })],
    [/^layers\[0\]: /, (j) => ({ ...j, layers: ["dense"] })],
    [/^layers\[0\]: .*kind/, (j) => ({ ...j, layers: [{}] })],
    [/^layers\[0\]: .*kind.*"constructor"/, (j) => ({ ...j, layers: [{ kind: "constructor" }] })],
    [/^layers\[0\]: .*kind.*"__proto__"/, (j) => ({ ...j, layers: [{ kind: "__proto__" }] })],
    [/^layers\[0\].*units/, (j) => set(j, j.layers[0], "units", 1.5)],
    [/^layers\[0\].*units/, (j) => set(j, j.layers[0], "units", "4")],
    [/^layers\[0\].*units/, (j) => set(j, j.layers[0], "units", null)],
    [/^layers\[0\].*activation/, (j) => set(j, j.layers[0], "activation", "toString")],
    [/^layers\[0\].*scale/, (j) => set(j, j.layers[0], "scale", null)],
    [/^layers\[0\].*bias/, (j) => set(j, j.layers[0], "bias", "yes")],
    [/^layers\[0\].*initialization/, (j) => set(j, j.layers[0], "initialization", 3)],
    [/^layers\[1\]\.branch\b/, (j) => set(j, j.layers[1], "branch", undefined)],
    [/^layers\[1\]\.branch\[0\]: .*units/, (j) => set(j, j.layers[1].branch[0], "units", -1)],
    [/^layers\[1\]\.branch\[1\]: .*bias/, (j) => set(j, j.layers[1].branch[1], "bias", 0)],
    [/^layers\[1\]\.shortcut\b/, (j) => set(j, j.layers[1], "shortcut", {})],
    [/^layers\[1\]\.shortcut\[0\]/, (j) => set(j, j.layers[1], "shortcut", [[]])],
    [/^layers\[2\]\.dynamics\b/, (j) => set(j, j.layers[2], "dynamics", undefined)],
    [/^layers\[2\]\.dynamics\b.*"valueOf"/, (j) => set(j, j.layers[2].dynamics, "kind", "valueOf")],
    [/^layers\[2\]\.dynamics.*activation/, (j) => set(j, j.layers[2].dynamics, "activation", "tan")],
    [/^layers\[2\].*integrator/, (j) => set(j, j.layers[2], "integrator", "default")],
    [/^layers\[2\].*integrator/, (j) => set(j, j.layers[2], "integrator", null)],
    [/^layers\[2\].*steps/, (j) => set(j, j.layers[2], "steps", 0)],
    [/^layers\[2\].*weights/, (j) => set(j, j.layers[2], "weights", "always")],
    [/^layers\[2\].*stepSize/, (j) => set(j, j.layers[2], "stepSize", "x")],
    [/layer 1 \(add\)/, (j) => set(j, j.layers[1].shortcut[0], "units", 3)],
  ];

  // biome-ignore lint/suspicious/noExplicitAny: wrong on purpose
  function set(json: any, object: any, key: string, value: unknown): unknown {
    object[key] = value;
    return json;
  }

  it.each(wrong)("names the path: %s", (path, spoil) => {
    const { message } = errorOf(() => networkFromJSON(spoil(good())));
    expect(message).toMatch(path);
    expect(message).toMatch(/expected .*got .*\./s);
    expect(message.length).toBeLessThan(400);
  });

  it("hostile JSON neither hangs nor takes memory nor touches prototypes", async () => {
    const euler = { kind: "ode", dynamics: { kind: "layerField" }, integrator: "euler" };
    const large: unknown[] = [1e9, 2 ** 40, 2 ** 52].flatMap((n) => [
      { kind: "dense", units: n },
      { kind: "pad", units: n },
      { ...euler, steps: n },
    ]);
    for (const layer of large) {
      const net = networkFromJSON(JSON.stringify({ input: 3, layers: [layer, { kind: "linear", units: 2 }] }));
      await expect(createModel(net)).rejects.toMatchObject({
        code: "memory",
        message: expect.stringMatching(/expected .* of memory, got/),
      });
    }
    expect(() => networkFromJSON({ input: 3, layers: [{ kind: "dense", units: 1e300 }] })).toThrow(OdenetError);
    let nest: unknown = { kind: "pad", units: 3 };
    for (let k = 0; k < 20_000; k++) nest = { kind: "add", branch: [nest] };
    expect(errorOf(() => networkFromJSON({ input: 3, layers: [nest] })).message).toMatch(/deep/);
    const pollution =
      '{"__proto__": {"polluted": 1}, "input": 3, "layers": [{"kind": "pad", "units": 3, "__proto__": {"polluted": 1}}]}';
    expect(JSON.stringify(networkFromJSON(pollution))).toBe('{"input":3,"layers":[{"kind":"pad","units":3}]}');
    expect(({} as { polluted?: number }).polluted).toBeUndefined();
  });

  it("any value gives a network or one clear error", () => {
    const spoiled = fc.tuple(
      fc.nat(),
      fc.oneof(fc.jsonValue({ maxDepth: 2 }), fc.constant(Number.NaN), fc.constant(undefined)),
    );
    fc.assert(
      fc.property(fc.array(spoiled, { minLength: 1, maxLength: 3 }), (changes) => {
        const json = good();
        for (const [which, value] of changes) {
          const places: [Record<string, unknown>, string][] = [];
          const walk = (object: unknown): void => {
            if (typeof object !== "object" || object === null) return;
            for (const key of Object.keys(object)) {
              places.push([object as Record<string, unknown>, key]);
              walk((object as Record<string, unknown>)[key]);
            }
          };
          walk(json);
          const [object, key] = places[which % places.length] as [Record<string, unknown>, string];
          object[key] = value;
        }
        let net: Network;
        try {
          net = networkFromJSON(json);
        } catch (error) {
          expect(error).toBeInstanceOf(OdenetError);
          expect((error as Error).message).toMatch(/^(layers|network|classes|layer \d)/);
          return;
        }
        expectRoundTrip(net);
      }),
      { numRuns: 400 },
    );
  });
});

it("presets say which number is wrong", () => {
  for (const options of [{ width: 0 }, { steps: 0 }, { outputs: 1.5 }, { input: Number.NaN }, { steps: undefined }]) {
    for (const preset of [resNet, plainNet]) {
      const all = { input: 2, outputs: 3, width: 5, steps: 4, ...options } as Parameters<typeof resNet>[0];
      expect(errorOf(() => preset(all)).message).toMatch(/expected .*got/);
    }
  }
});
