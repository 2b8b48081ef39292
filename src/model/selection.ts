/** Data and features as a model takes them, checked against its network and its loss. */
import { OdenetError } from "../core/errors.ts";
import type { Words } from "../core/nearest.ts";
import { refuseUnknown } from "../core/registry.ts";
import { show } from "../layers/shape.ts";
import type { Batch } from "./chunks.ts";
import type { Engine } from "./engine.ts";
import { type Data, type Features, featureRows, type Rows, type Targets, targetRows } from "./examples.ts";
import type { Selected } from "./objective.ts";
import { checkVector } from "./parameters.ts";

/** What data may hold, from odenet's own readers, generators and encoders too, with the words that others use. */
const dataNames: Words = {
  features: ["x", "xs", "inputs_x", "data", "input"],
  labels: ["y", "ys", "target", "targets", "outputs"],
  ...{ scale: [], classes: ["class_names"], shape: [], columns: ["names"], rows: [], warnings: [], groups: [] },
  ...{ weights: ["sample_weight"], mask: [], inputs: [] },
};

/** Features and targets of `data`, checked against the network and the loss. */
export function checkData(engine: Engine, data: Data, where: string): { rows: Rows; targets: Targets } {
  if (typeof data !== "object" || data === null || !("features" in data) || !("labels" in data)) {
    throw new OdenetError("option", `${where}: expected data as { features, labels }, got ${show(data)}.`);
  }
  refuseUnknown(where, "fields of data", dataNames, data);
  const rows = featureRows(data.features, engine.network.input, where, data.scale);
  const given = { count: rows.count, input: engine.network.input };
  return { rows, targets: targetRows(data.labels, given, engine.outputs, engine.lossKind, where) };
}

/** All examples of `data`. */
export function selectAll(engine: Engine, data: Data, where: string): Selected {
  const { rows, targets } = checkData(engine, data, where);
  return { rows, targets, first: 0, count: rows.count };
}

/** All examples of features without labels. */
export function selectFeatures(engine: Engine, features: Features, where: string): Batch {
  const rows = featureRows(features, engine.network.input, where);
  return { rows, first: 0, count: rows.count };
}

/** Makes v, flat like θ, the direction of the next directional derivative. */
export function direct(engine: Engine, v: ArrayLike<number>, where: string): void {
  const { vectors } = engine;
  checkVector(v, vectors.table.length, where, engine.precision);
  vectors.write(vectors.direction, v);
}
