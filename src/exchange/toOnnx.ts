/**
 * A model as an ONNX file: the recording of its scores, loops unrolled, operation by operation. Parameters keep their names
 * and shapes; those of time step j are called `1.K.j`.
 */

import { OdenetError } from "../core/errors.ts";
import type { Numbers } from "../core/host/memory.ts";
import { nth } from "../core/nth.ts";
import { type Call, isLoop, type Loop, type Precision, type Scope, type Tensor } from "../core/recording/tensor.ts";
import { type OnnxPort, writeOnnx } from "../formats/onnx.ts";
import { checkName, isImage } from "../layers/shape.ts";
import type { Engine } from "../model/engine.ts";
import { type Features, featureRows } from "../model/examples.ts";
import type { Grids } from "../model/layerRecorder.ts";
import { engineOf, type Model } from "../model/model.ts";
import { scoresRecipe } from "../model/predictions.ts";
import { descriptionOf } from "../model/saving.ts";
import { type Form, OnnxGraph, type Stack, type Value } from "./onnxGraph.ts";
import { applyRule } from "./onnxRules.ts";

export interface OnnxOptions {
  /** Number type of the file, default `"f32"`: many runtimes have no convolution in `"f64"`. */
  precision?: Precision;
  /** Examples by which a layer with dopri5 chooses the steps that the file then always takes. */
  features?: Features;
}

const OPSET = 17;

/**
 * The model as an ONNX file (opset 17, IR 8): input `features` [batch, n_f] or [batch, channels, height, width], output
 * `scores` [batch, outputs]. Time steps are unrolled. The description of the network is in the metadata, so that `fromOnnx`
 * makes the same model again. Throws `option` for implicitMidpoint, which has no ONNX form, and for dopri5 without `features`.
 *
 * @example
 * await writeFile("model.onnx", toOnnx(model));
 */
export function toOnnx(model: Model, { precision = "f32", features }: OnnxOptions = {}): Uint8Array<ArrayBuffer> {
  const engine = engineOf(model, "toOnnx");
  checkName(precision, ["f32", "f64"], "toOnnx", "precision");
  const { record, context } = engine.recorder.begin({ plain: true, grid: frozenSteps(engine, features) });
  const input = record.input("features", 1, engine.features);
  const scores = engine.layers.record(context, input);
  const { input: shape } = engine.network;
  const form: Form = isImage(shape) ? { kind: "image", size: shape } : { kind: "rows" };
  const walk = new Walk(engine, precision, record.root);
  walk.set(input, { name: "features", form });
  walk.scope(record.root);
  const { graph } = walk;
  graph.nodes.push({
    operation: "Identity",
    inputs: [graph.rows(walk.value(scores))],
    outputs: ["scores"],
    attributes: {},
  });
  const port = (name: string, numbers: readonly number[]): OnnxPort => ({
    name,
    shape: ["batch", ...numbers],
    type: precision,
  });
  walk.keepUnread();
  return writeOnnx(
    {
      opset: OPSET,
      nodes: graph.nodes,
      initializers: [...graph.initializers.values()],
      inputs: [port("features", isImage(shape) ? shape : [shape])],
      outputs: [port("scores", [engine.outputs])],
      metadata: descriptionOf(engine),
    },
    "network",
  );
}

/** The steps that layers with dopri5 take for these features. */
function frozenSteps(engine: Engine, features: Features | undefined) {
  let grids: Grids | undefined;
  return ({ name }: { name: string }): readonly number[] => {
    if (features === undefined) {
      throw new OdenetError(
        "option",
        `toOnnx: expected features to choose the steps of layer ${name} (ode) by, got none: dopri5 takes other steps for every batch, a file always the same. Pass toOnnx(model, { features }).`,
      );
    }
    if (!grids) {
      const rows = featureRows(features, engine.network.input, "toOnnx");
      const plan = engine.plans.of(scoresRecipe, rows.count);
      plan.fill(plan.handles.features, rows, 0, rows.count);
      engine.run(plan);
      grids = plan.grids;
    }
    return grids.get(name) ?? [];
  };
}

/** Goes through a recording in the order of its replay. */
class Walk {
  readonly graph: OnnxGraph;
  private readonly values = new Map<Tensor, Value | Stack>();
  private readonly readers = new Map<Tensor, number>();
  private readonly theta: Numbers;
  private readonly statistics: Numbers;

  constructor(
    private readonly engine: Engine,
    precision: Precision,
    root: Scope,
  ) {
    this.graph = new OnnxGraph(precision);
    this.theta = engine.vectors.read(engine.vectors.theta);
    this.statistics = engine.vectors.read(engine.vectors.state, engine.vectors.stateTable);
    this.countReaders(root);
  }

  set(tensor: Tensor, value: Value): void {
    this.values.set(tensor, value);
  }

  value(tensor: Tensor): Value {
    const found = this.values.get(tensor) ?? this.stored(tensor);
    return "at" in found ? found.at(0) : found;
  }

  scope(scope: Scope): void {
    for (const node of scope.nodes) {
      if (isLoop(node)) this.loop(node);
      else this.call(node);
    }
  }

  /** Parameters that no node reads, such as the last node of explicit Euler's: the file shall have them all. */
  keepUnread(): void {
    for (const { name, count } of this.engine.vectors.table.parameters) {
      for (let k = 0; k < count; k++) if (!this.graph.initializers.has(name)) this.parameter(name).at(k);
    }
  }

  private loop(loop: Loop): void {
    let state = loop.carries.map(({ initial }) => this.value(initial));
    for (let i = 0; i < loop.count; i++) {
      for (const [k, { argument }] of loop.carries.entries()) this.set(argument, nth(state, k));
      for (const { source, first, step, slice } of loop.slices) this.set(slice, this.item(source, first + step * i));
      this.scope(loop.body);
      state = loop.carries.map(({ result }) => this.value(result));
    }
    for (const [k, { final }] of loop.carries.entries()) this.set(final, nth(state, k));
  }

  private call(call: Call): void {
    const inputs = call.inputs.map((tensor) => this.value(tensor));
    const [first] = call.inputs;
    const alone = first !== undefined && this.readers.get(first) === 1;
    const result = applyRule({ graph: this.graph, call, inputs, alone });
    const { into } = call;
    this.set(nth(call.outputs, 0), into ? this.sum(this.value(into), result) : result);
  }

  private sum(a: Value, b: Value): Value {
    if (a.form.kind === "zero") return b;
    if (b.form.kind === "zero") return a;
    const { names, form } = this.graph.alike([a, b]);
    return { name: this.graph.node("Add", names), form };
  }

  private item(source: Tensor, index: number): Value {
    const found = this.values.get(source) ?? this.stored(source);
    return "at" in found ? found.at(index) : found;
  }

  /** A parameter or a constant, by its name. */
  private stored({ name, rows, columns }: Tensor): Value | Stack {
    const constant = this.engine.layers.constants?.find((c) => c.name === name);
    if (!constant) return this.parameter(name);
    const shape = rows === 1 ? [columns] : [rows, columns];
    return {
      name: this.graph.initializer(name, shape, constant.values),
      form: { kind: rows === 1 ? "row" : "rows" },
    };
  }

  private parameter(name: string): Stack {
    const { parameter, table } = this.engine.vectors.find(name);
    const { shape, axes, fine, start, length } = parameter;
    const all = table === this.engine.vectors.table ? this.theta : this.statistics;
    const stacked = axes[0] === "count";
    const own = stacked ? shape.slice(1) : shape;
    const size = stacked ? length / nth(shape, 0) : length;
    const kind = !axes.includes("row") ? "row" : fine ? "kernel" : "transposed";
    const numbers = (k: number) => all.subarray(start + k * size, start + (k + 1) * size);
    return {
      at: (k) => {
        const full = stacked ? `${name}.${k}` : name;
        if (!this.graph.initializers.has(full)) this.graph.initializer(full, own, numbers(k));
        // A row that the API shows as an image.
        const long = kind === "row" && own.length > 1;
        return { name: long ? this.graph.reshaped(full, [-1]) : full, form: { kind } };
      },
    };
  }

  private countReaders(scope: Scope): void {
    const read = (tensor: Tensor | undefined) =>
      tensor && this.readers.set(tensor, (this.readers.get(tensor) ?? 0) + 1);
    for (const node of scope.nodes) {
      if (isLoop(node)) {
        for (const { initial, result } of node.carries) {
          read(initial);
          read(result);
        }
        this.countReaders(node.body);
      } else {
        for (const tensor of node.inputs) read(tensor);
        read(node.into);
      }
    }
  }
}
