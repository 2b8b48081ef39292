/** Networks as drawings: AlexNet with the shapes of the paper (Krizhevsky et al. 2012), a residual network, a plain one. */
import type { Layer } from "../layers/index.ts";
import { antisymmetricNet, type Network, network, resNet } from "../networks/index.ts";
import { layOutNetwork } from "../networks/network.ts";
import { type Block, networkDrawing, type Skip } from "../plots/index.ts";
import type { Experiment } from "./experiment.ts";

const alexNet: Block[] = [
  { label: "image", detail: "3 × 227 × 227", shape: [3, 227, 227], color: 6 },
  { label: "conv 11, /4", detail: "96 × 55 × 55", shape: [96, 55, 55] },
  { label: "max pool", detail: "96 × 27 × 27", shape: [96, 27, 27], color: 2 },
  { label: "conv 5", detail: "256 × 27 × 27", shape: [256, 27, 27] },
  { label: "max pool", detail: "256 × 13 × 13", shape: [256, 13, 13], color: 2 },
  { label: "conv 3", detail: "384 × 13 × 13", shape: [384, 13, 13] },
  { label: "conv 3", detail: "384 × 13 × 13", shape: [384, 13, 13] },
  { label: "conv 3", detail: "256 × 13 × 13", shape: [256, 13, 13] },
  { label: "max pool", detail: "256 × 6 × 6", shape: [256, 6, 6], color: 2 },
  { label: "dense", detail: "4,096", shape: 4096, color: 1 },
  { label: "dense", detail: "4,096", shape: 4096, color: 1 },
  { label: "linear", detail: "1,000", shape: 1000, color: 3 },
];

const colors: Readonly<Record<string, number>> = { ode: 0, dense: 1, linear: 3, pad: 5, add: 4 };

/** The blocks and skips of any network: an ode layer gives one block a step, the first few and the last of many. */
export function drawingOf(net: Network): { blocks: Block[]; skips: Skip[] } {
  const shapeText = (shape: Block["shape"]) => (typeof shape === "number" ? String(shape) : shape.join(" × "));
  const blocks: Block[] = [{ label: "input", detail: shapeText(net.input), shape: net.input, color: 6 }];
  const skips: Skip[] = [];
  net.layers.forEach((layer: Layer, i) => {
    const { output, parameters } = layOutNetwork({ input: net.input, layers: net.layers.slice(0, i + 1) });
    const own = parameters
      .filter((p) => p.name.startsWith(`${i}.`))
      .reduce((s, p) => s + p.shape.reduce((a, b) => a * b, 1), 0);
    const add = (label: string, detail: string) =>
      blocks.push({ label, detail: `${shapeText(output)}\n${detail}`, shape: output, color: colors[layer.kind] ?? 6 });
    const count = own === 0 ? "" : `${own.toLocaleString("en")} param.`;
    if (layer.kind !== "ode") {
      add(layer.kind, count);
      return;
    }
    const shown = layer.steps <= 4 ? Array.from({ length: layer.steps }, (_, k) => k + 1) : [1, 2, 0, layer.steps];
    shown.forEach((k, at) => {
      skips.push({ from: blocks.length - 1, to: blocks.length });
      add(k === 0 ? "…" : `step ${k}`, at === 0 ? count : "");
    });
  });
  return { blocks, skips };
}

export const architectures: Experiment = {
  name: "architectures",
  title: "Architectures",
  see: "AlexNet is a chain of layers of ever other shapes; the residual network repeats one shape, and an arc carries the features past every step: y + h f(y). Boxes are as high as they have channels, on a logarithmic scale, and as wide as their images.",
  async run({ seed: _seed, quick: _quick, ...options } = {}) {
    const nets = {
      "residual-net": {
        net: resNet({ input: 2, outputs: 5, width: 8, steps: 16, finalTime: 4 }),
        title: "ResNet: y + h σ(K y + b), 16 steps",
      },
      "antisymmetric-net": {
        net: antisymmetricNet({ input: 2, outputs: 5, width: 8, steps: 4 }),
        title: "Antisymmetric network: rk4, 4 steps",
      },
    };
    const numbers = Object.fromEntries(
      Object.entries(nets).map(([name, { net }]) => {
        const { parameters } = layOutNetwork(network(net));
        return [name, { parameters: parameters.reduce((s, p) => s + p.shape.reduce((a, b) => a * b, 1), 0) }];
      }),
    );
    const figures = Object.fromEntries(
      Object.entries(nets).map(([name, { net, title }]) => {
        const { blocks, skips } = drawingOf(net);
        return [name, networkDrawing(blocks, skips, { width: 960, ...options, title })];
      }),
    );
    return {
      numbers,
      figures: {
        alexnet: networkDrawing(alexNet, [], { width: 1200, ...options, title: "AlexNet, as one tower" }),
        ...figures,
      },
    };
  },
};
