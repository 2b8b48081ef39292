/**
 * The objective around one θ: features, scores and the slopes of the activations are computed once, and value, gradient and
 * Gauss–Newton products take them up. Conjugate gradients need ten products and more at one θ, each then one sweep forward
 * for the tangents and one back, without the network itself.
 */
import { isLoop } from "../core/recording/tensor.ts";
import { fillTargets, isCounted, lossWeight } from "./chunks.ts";
import { type Classifier, classifierOf } from "./classifier.ts";
import type { Compiled } from "./compiled.ts";
import type { Engine } from "./engine.ts";
import { addCurvature, penalty, type Selected } from "./objective.ts";
import { recordLinearization } from "./productRecordings.ts";
import { recipe } from "./recipe.ts";

/** Sections of the plan; the products of the blocks follow. */
enum Section {
  Head = 0,
  Loss = 1,
  Gradient = 2,
  ClassifierGradient = 3,
  Products = 4,
}

/** Which product: of all parameters, of those before the classifier, or of the classifier's. */
export type ProductBlock = "all" | "rest" | "classifier";

type Plan = Compiled<ReturnType<typeof recordLinearization>["handles"]>;

/**
 * The linearization of a model, where it is worth its memory: not for a team, which is faster by its threads, nor for layers
 * that choose their steps by the data, or that are asked to keep no features.
 */
export function linearizationOf(engine: Engine): Linearization | undefined {
  if (engine.threads > 1) return undefined;
  const { record, context } = engine.recorder.begin();
  engine.layers.record(context, record.input("features", 1, engine.features));
  const sparing = record.root.nodes.some((node) => isLoop(node) && (node.keeps?.kind ?? "all") !== "all");
  return engine.recorder.madeWith(record).grids.size > 0 || sparing ? undefined : new Linearization(engine);
}

export class Linearization {
  /** Examples at most: those of one chunk. */
  readonly capacity: number;
  private readonly classifier: Classifier | undefined;
  private data: Selected | undefined;
  private plan: Plan | undefined;
  /** θ of the sections that have been run, in the core's order. */
  private readonly at: Float64Array;
  private loss = 0;
  /** The weight of the loss for the examples at hand. */
  private weight = 0;

  constructor(private readonly engine: Engine) {
    this.capacity = engine.rowsAtOnce(Number.POSITIVE_INFINITY);
    this.classifier = classifierOf(engine);
    this.at = new Float64Array(engine.vectors.table.coreLength).fill(Number.NaN);
  }

  /** Loss + regularizers. */
  value(selected: Selected): number {
    this.moveTo(selected);
    return this.loss + penalty(this.engine);
  }

  /** The same with the gradient, or the classifier's part of it, and its address. */
  gradient(selected: Selected, classifierAlone = false): { value: number; gradient: number } {
    const { engine } = this;
    this.moveTo(selected);
    this.run(classifierAlone ? Section.ClassifierGradient : Section.Gradient);
    return { value: this.loss + penalty(engine, engine.vectors.gradient), gradient: engine.vectors.gradient };
  }

  /** The Gauss–Newton product with `engine.vectors.direction`; its address. */
  product(selected: Selected, block: ProductBlock, regularized = true): number {
    const { engine } = this;
    this.moveTo(selected);
    this.run(Section.Products + ["all", "rest", "classifier"].indexOf(block));
    if (regularized) addCurvature(engine, engine.vectors.direction, engine.vectors.gradient);
    return engine.vectors.gradient;
  }

  /** Gives the memory back. */
  release(): void {
    this.plan = undefined;
    this.engine.plans.forget(linearization);
  }

  private run(section: number): void {
    if (this.plan) this.engine.run(this.plan, this.weight, true, section);
  }

  /** Runs the sections that θ or the examples have left behind. */
  private moveTo(selected: Selected): void {
    const { engine, at } = this;
    const fresh = this.take(selected);
    const theta = engine.vectors.core(engine.vectors.theta);
    const head = this.classifier?.first ?? theta.length;
    this.weight = lossWeight(engine.loss, selected.count);
    if (fresh || !agree(theta, at, 0, head)) this.run(Section.Head);
    else if (agree(theta, at, head, theta.length)) return;
    at.set(theta);
    const plan = this.plan as Plan;
    this.run(Section.Loss);
    this.loss = plan.readScalar(plan.handles.value);
  }

  /** Makes these examples those of the plan; false where they are already. */
  private take(selected: Selected): boolean {
    const { data } = this;
    const { rows, targets, first, count, order } = selected;
    const plan = this.compiled(count, isCounted(selected));
    const same = data && data.rows === rows && data.targets === targets && data.order === order && data.first === first;
    if (plan === this.plan && same && data.count === count) return false;
    this.plan = plan;
    this.data = { rows, targets, first, count, order };
    plan.fill(plan.handles.features, rows, first, count, order);
    fillTargets(plan, targets, first, count, order);
    return true;
  }

  private compiled(count: number, counted: boolean): Plan {
    const { engine, classifier } = this;
    const names = engine.vectors.table.parameters.map(({ name }) => name);
    const rest = names.filter((name) => !classifier?.names.includes(name));
    const blocks = classifier ? [undefined, rest, classifier.names] : [undefined];
    return engine.plans.of(linearization, count, counted, classifier, blocks);
  }
}

const linearization = recipe(
  (
    engine,
    rows,
    counted: boolean,
    classifier: Classifier | undefined,
    blocks: readonly (readonly string[] | undefined)[],
  ) => recordLinearization(engine, rows, classifier, blocks, counted),
  { lasting: true },
);

function agree(x: ArrayLike<number>, y: ArrayLike<number>, first: number, end: number): boolean {
  for (let k = first; k < end; k++) if (x[k] !== y[k]) return false;
  return true;
}
