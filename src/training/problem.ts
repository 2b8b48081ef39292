/** The objective on some examples as the problem that a method sees: x is θ itself, in wasm, and vectors are handles. */

import type { Numbers } from "../core/host/memory.ts";
import { known } from "../core/known.ts";
import { chunks } from "../model/chunks.ts";
import { type Classifier, classifierOf } from "../model/classifier.ts";
import type { Engine } from "../model/engine.ts";
import type { Rows } from "../model/examples.ts";
import { type Linearization, linearizationOf } from "../model/linearization.ts";
import {
  addCurvature,
  hessianProduct,
  objectiveGradient,
  objectiveValue,
  projectTheta,
  type Selected,
} from "../model/objective.ts";
import { recipe } from "../model/recipe.ts";
import { recordFeatures } from "../model/recordings.ts";
import type { Block, Inner, Problem, Space, TimeStack } from "../optimizers/method.ts";

/** n numbers in the core's order at an address. */
export interface CoreVector {
  readonly address: number;
  readonly n: number;
}

/** Relative error of an objective summed in this precision. */
const ROUNDOFF = { f32: 2e-6, f64: 1e-14 };

function spaceOf(engine: Engine): Space<CoreVector> {
  return {
    dot: (x, y) => engine.vectors.dot(x.address, y.address, x.n),
    axpy: (y, a, x) => engine.vectors.axpy(y.address, a, x.address, y.n),
    // 0 clears whatever was there.
    scale: (y, a) => (a === 0 ? engine.vectors.clear(y.address, y.n) : engine.vectors.scale(y.address, a, y.n)),
    copy: (to, from) => engine.vectors.copy(to.address, from.address, to.n),
    part: ({ address }, { first, count }) => ({ address: address + first * engine.vectors.numberBytes, n: count }),
  };
}

/** The problem of the examples that `selected` gives at the moment. */
export function problemOf(
  engine: Engine,
  selected: () => Selected,
): Problem<CoreVector> & {
  /** Gives memory back. */
  release(): void;
} {
  const space = spaceOf(engine);
  const n = engine.vectors.table.coreLength;
  const x = { address: engine.vectors.theta, n };
  const classifier = classifierOf(engine);
  const roundoff = ROUNDOFF[engine.precision];
  // From the first product on: a method without products is better off with plans of one run.
  let asked = false;
  let linearized: Linearization | undefined;
  const linear = () => (selected().count <= (linearized?.capacity ?? 0) ? linearized : undefined);
  return {
    space,
    x,
    roundoff,
    value: () => linear()?.value(selected()) ?? objectiveValue(engine, selected()),
    gradient(into) {
      const { value, gradient } = linear()?.gradient(selected()) ?? objectiveGradient(engine, selected());
      engine.vectors.copy(into.address, gradient);
      return value;
    },
    product(kind, into, v) {
      const direction = engine.vectors.direction;
      engine.vectors.copy(direction, v.address);
      if (kind === "exact") {
        engine.vectors.copy(into.address, hessianProduct(engine, selected(), "exact"));
        return;
      }
      if (!asked) linearized = linearizationOf(engine);
      asked = true;
      if (kind === "blockGaussNewton" && classifier) {
        blocks(engine, selected(), classifier, into, linear());
        return addCurvature(engine, direction, into.address);
      }
      const product = linear()?.product(selected(), "all") ?? hessianProduct(engine, selected(), "gaussNewton");
      engine.vectors.copy(into.address, product);
    },
    ...(engine.projections.length > 0 ? { project: () => projectTheta(engine) } : {}),
    stacks: stacksOf(engine),
    ...(classifier ? { inner: innerOf(engine, selected, classifier, space, linear) } : {}),
    release: () => linearized?.release(),
  };
}

/** The classifier's parameters, and all before them: the two diagonal blocks. */
function blocks(
  engine: Engine,
  selected: Selected,
  { names, first, count }: Classifier,
  into: CoreVector,
  linear: Linearization | undefined,
): void {
  const others = engine.vectors.table.parameters.map(({ name }) => name).filter((name) => !names.includes(name));
  const copyBlock = (block: "rest" | "classifier", of: readonly string[], at: number, length: number) => {
    if (length === 0) return;
    const product = linear?.product(selected, block, false) ?? hessianProduct(engine, selected, of, false);
    const bytes = at * engine.vectors.numberBytes;
    engine.vectors.copy(into.address + bytes, product + bytes, length);
  };
  copyBlock("rest", others, 0, first);
  copyBlock("classifier", names, first, count);
}

function stacksOf({ vectors, regularizers }: Engine): TimeStack[] {
  const { parameters, coreLength } = vectors.table;
  return parameters.flatMap(({ name, offset, count: sets, time }, k) => {
    if (!time || time.constant || sets < 2) return [];
    const smoothness = regularizers
      .filter(({ kind, parameters: of }) => kind === "timeSmoothness" && (!Array.isArray(of) || of.includes(name)))
      .reduce((sum, r) => sum + ("weight" in r ? r.weight : 0), 0);
    const count = (parameters[k + 1]?.offset ?? coreLength) - offset;
    return [{ first: offset, count, sets, spacing: time.spacing, smoothness }];
  });
}

const seenFeatures = recipe((engine, rows, classifier: Classifier) => recordFeatures(engine, rows, classifier));

/** The classifier alone, on features computed once. */
function innerOf(
  engine: Engine,
  selected: () => Selected,
  classifier: Classifier,
  space: Space<CoreVector>,
  linear: () => Linearization | undefined,
): Inner<CoreVector> {
  const { first, count, width } = classifier;
  const eliminated: Block = { first, count };
  const theta = { address: engine.vectors.theta, n: engine.vectors.table.coreLength };
  let frozen: Selected | undefined;
  const at = () => known(frozen);
  const problem: Problem<CoreVector> = {
    space,
    x: space.part(theta, eliminated),
    roundoff: ROUNDOFF[engine.precision],
    value: () => linear()?.value(selected()) ?? objectiveValue(engine, at()),
    gradient(into) {
      const { value, gradient } = linear()?.gradient(selected(), true) ?? objectiveGradient(engine, at());
      engine.vectors.copy(into.address, gradient + first * engine.vectors.numberBytes, count);
      return value;
    },
    product(_kind, into, v) {
      const direction = engine.vectors.direction;
      engine.vectors.clear(direction);
      engine.vectors.copy(direction + first * engine.vectors.numberBytes, v.address, count);
      const product = linear()?.product(selected(), "classifier") ?? hessianProduct(engine, at(), classifier.names);
      engine.vectors.copy(into.address, product + first * engine.vectors.numberBytes, count);
    },
  };
  return {
    eliminated,
    problem,
    freeze() {
      if (linear()) return;
      const { rows, targets, first: from, count: n, order } = selected();
      const seen = engine.vectors.empty(n * width);
      for (const { first: done, count: size } of chunks(engine, n)) {
        const plan = engine.plans.of(seenFeatures, size, classifier);
        plan.fill(plan.handles.features, rows, from + done, size, order);
        engine.run(plan, undefined, true);
        plan.read(plan.handles.seen, seen, done * width);
      }
      frozen = {
        rows: rowsOf(seen, width),
        targets: {
          ...targets,
          rows: inOrder(targets.rows, from, n, order),
          importances: targets.importances && inOrder(targets.importances, from, n, order),
        },
        ...{ first: 0, count: n, classifier },
      };
    },
  };
}

/** n · width numbers as rows, finite or not: a step may have gone too far. */
function rowsOf(values: Numbers, width: number): Rows {
  return {
    count: values.length / width,
    write(target, at, stride, first, count) {
      for (let r = 0; r < count; r++) {
        const row = values.subarray((first + r) * width, (first + r + 1) * width);
        target.set(row, at + r * stride);
        target.fill(0, at + r * stride + width, at + (r + 1) * stride);
      }
    },
  };
}

/** The rows of a batch, counted from 0. */
function inOrder(rows: Rows, from: number, count: number, order: ArrayLike<number> | undefined): Rows {
  return { count, write: (target, at, stride, first, n) => rows.write(target, at, stride, from + first, n, order) };
}
