/** Data and features as a model takes them, checked against its network and its loss. */
import { OdenetError } from "../core/errors.ts";
import type { Words } from "../core/nearest.ts";
import { refuseUnknown } from "../core/registry.ts";
import { show } from "../layers/shape.ts";
import { type Batch, isSum } from "./chunks.ts";
import type { Engine } from "./engine.ts";
import { type Data, type Features, featureRows, type Rows, type Targets, targetRows } from "./examples.ts";
import {
  type ClassWeights,
  classFactors,
  importanceRows,
  maskedLabels,
  maskOf,
  scaledToMean1,
  weightsOf,
} from "./importances.ts";
import type { Selected } from "./objective.ts";
import { checkVector } from "./parameters.ts";

/** What data may hold, from odenet's own readers, generators and encoders too, with the words that others use. */
const dataNames: Words = {
  features: ["x", "xs", "inputs_x", "data", "input"],
  labels: ["y", "ys", "target", "targets", "outputs"],
  ...{ scale: [], classes: ["class_names"], shape: [], columns: ["names"], rows: [], warnings: [], groups: [] },
  ...{ weights: ["sample_weight"], mask: [], inputs: [] },
};

/** Features and targets of `data`, checked against the network and the loss. In a stream weights are taken as they are. */
export function checkData(
  engine: Engine,
  data: Data,
  where: string,
  { classWeights, stream = false }: { classWeights?: ClassWeights | undefined; stream?: boolean } = {},
): { rows: Rows; targets: Targets } {
  if (typeof data !== "object" || data === null || !("features" in data) || !("labels" in data)) {
    throw new OdenetError("option", `${where}: expected data as { features, labels }, got ${show(data)}.`);
  }
  refuseUnknown(where, "fields of data", dataNames, data);
  const rows = featureRows(data.features, engine.network.input, where, data.scale);
  const { count } = rows;
  const { outputs, lossKind } = engine;
  const mask = data.mask === undefined ? undefined : maskOf(data.mask, count * outputs, lossKind, where);
  const labels = mask ? maskedLabels(data.labels, mask) : data.labels;
  const own = targetRows(labels, { count, input: engine.network.input }, outputs, lossKind, where);
  const targets = inModelOrder(engine, data, own, where);
  let weights = data.weights === undefined ? undefined : weightsOf(data.weights, count, where);
  if (classWeights !== undefined) {
    const classes = Math.max(2, outputs);
    const factors = classFactors(classWeights, (i) => targets.classOf(i), count, classes, where);
    weights = weights ? weights.map((w, i) => w * (factors[i] ?? 1)) : factors;
  }
  const raw = stream || isSum(engine.loss);
  const scaled = weights && !raw ? scaledToMean1(weights) : weights;
  return { rows, targets: { ...targets, mask, importances: importanceRows(count, outputs, scaled, mask) } };
}

/** Targets with the classes in the model's order, where the data name theirs. Throws `name` for other classes. */
function inModelOrder({ network, outputs }: Engine, { classes }: Data, targets: Targets, where: string): Targets {
  const names = network.classes;
  if (!names || !classes || classes.every((name, k) => name === names[k])) return targets;
  const place = classes.map((name) => names.indexOf(name));
  const other = place.indexOf(-1);
  if (other >= 0) {
    const got = classes[other] ?? "";
    throw new OdenetError(
      "name",
      `${where}: expected data.classes among the model's (${names.join(", ")}), got ${show(got)}. Read the data with the classes of the model.`,
    );
  }
  const classOf = (i: number) => place[targets.classOf(i)] ?? -1;
  if (outputs === 1) return { rows: { count: targets.rows.count, write: oneScore(targets.rows, place) }, classOf };
  return {
    classOf,
    rows: {
      count: targets.rows.count,
      write(target, at, stride, first, count, order) {
        targets.rows.write(target, at, stride, first, count, order);
        for (let r = at; r < at + count * stride; r += stride) {
          const row = Array.from(target.subarray(r, r + outputs));
          target.fill(0, r, r + outputs);
          place.forEach((to, from) => {
            target[r + to] = row[from] ?? 0;
          });
        }
      },
    },
  };
}

/** P(class 1) of one score, from data that count the two classes the other way round. */
function oneScore(rows: Rows, place: readonly number[]): Rows["write"] {
  return (target, at, stride, first, count, order) => {
    rows.write(target, at, stride, first, count, order);
    if (place[0] === 1) for (let r = at; r < at + count * stride; r += stride) target[r] = 1 - (target[r] ?? 0);
  };
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
