/** Steps of a method with its own logic (lbfgs, newtonCG …) on the objective of each step's examples. */
import type { Engine } from "../model/engine.ts";
import type { Selected } from "../model/objective.ts";
import { recipe } from "../model/recipe.ts";
import type { Iteration, Method } from "../optimizers/method.ts";
import { Previous } from "./previous.ts";
import { problemOf } from "./problem.ts";
import { recordLearning } from "./recordStep.ts";
import { type Outcome, outcome, type StepBatch, type Stepper } from "./stepper.ts";

const learning = recipe((engine, rows) => recordLearning(engine, rows));

export class MethodStepper implements Stepper {
  states: readonly number[] = [];
  readonly memory: number[];
  private scratch: readonly number[] = [];
  private readonly previous: Previous;
  private readonly outcome = outcome();
  private iterate: (() => Iteration) | undefined;
  private releaseProblem: (() => void) | undefined;
  /** The examples of the present step. */
  private batch: Selected | undefined;

  constructor(
    private readonly engine: Engine,
    private readonly method: Method,
    /** Whether every step sees all examples: an end on a mini-batch is the end of that batch alone. */
    private readonly full: boolean,
  ) {
    this.memory = [...method.memory];
    this.previous = new Previous(engine.vectors);
  }

  begin(): void {
    const { engine, method, memory } = this;
    const { vectors } = engine;
    this.states = vectors.allocateAll(method.states);
    this.scratch = vectors.allocateAll(method.scratch);
    this.previous.begin();
    const problem = problemOf(engine, () => {
      if (!this.batch) throw new Error("a problem is asked within a step");
      return this.batch;
    });
    this.releaseProblem = problem.release;
    const core = (addresses: readonly number[]) =>
      addresses.map((address) => ({ address, n: vectors.table.coreLength }));
    this.iterate = method.begin(problem, core(this.states), core(this.scratch), memory);
  }

  step(batch: StepBatch): Outcome {
    const { vectors } = this.engine;
    const { outcome, previous, iterate } = this;
    if (!iterate) throw new Error("a run begins before its first step");
    this.batch = batch;
    vectors.copy(previous.theta, vectors.theta);
    const { end, value, gradientNorm, stepSize, ...told } = iterate();
    const finite = Number.isFinite(vectors.dot(vectors.theta, vectors.theta));
    if (!finite) vectors.copy(vectors.theta, previous.theta);
    else if (vectors.stateTable.length > 0) this.learn(batch);
    const lost = !finite || end?.status === "diverged";
    outcome.value = value;
    outcome.gradientNorm = gradientNorm;
    outcome.stepSize = stepSize;
    outcome.finite = !lost;
    outcome.end = this.full && !lost ? end : undefined;
    outcome.told = end && !lost ? { ...told, note: end.reason } : told;
    return outcome;
  }

  /** What the layers learn from a batch: the method's own plans are those of the objective. */
  private learn({ rows, first, count, order }: StepBatch): void {
    const { engine, previous } = this;
    const { vectors } = engine;
    const plan = engine.plans.of(learning, count);
    vectors.copyState(previous.state, vectors.state);
    plan.fill(plan.handles.features, rows, first, count, order);
    engine.run(plan, undefined, true);
    const finite = vectors.core(vectors.state, vectors.stateTable).every(Number.isFinite);
    if (!finite) vectors.copyState(vectors.state, previous.state);
  }

  release(): void {
    const { vectors, plans } = this.engine;
    plans.forget(learning);
    this.releaseProblem?.();
    vectors.free([...this.states, ...this.scratch]);
    this.previous.release();
  }
}
