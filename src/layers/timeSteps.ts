/**
 * Records the time steps of an ode layer: one loop for equal steps, whose plan does not grow with their number, or one loop
 * of a single iteration for each step of a grid of times. What the backward pass keeps is marked on the loops.
 */
import type { FieldKind } from "../core/recording/field.ts";
import type { Recorder, SliceSource } from "../core/recording/recorder.ts";
import type { Keeps, Loop, Tensor } from "../core/recording/tensor.ts";
import type { Integrator, StepContext } from "../integrators/integrator.ts";
import { chosenTimes } from "./chosenTimes.ts";
import type { Ode } from "./ode.ts";
import { asFeatures, type OdePlan, positionsOf } from "./odePlan.ts";
import type { LayerContext, OdeSteps, StepView } from "./parameters.ts";
import { StageNorm } from "./stageStatistics.ts";
import { stepPlace, uniformPlace, type WeightPlace, weightAt, weightLayouts } from "./weightsInTime.ts";

type At = (source: SliceSource) => Tensor;
type Stacked = readonly { readonly letter: string; readonly source: Tensor }[];

/** Records the layer; returns its features at T. */
export function recordSteps(plan: OdePlan, context: LayerContext, y: Tensor): Tensor {
  const { layer, integrator } = plan;
  const times = layer.times ?? (integrator.adaptive ? chosenTimes(plan, context, y) : undefined);
  // Without steps yet, while those of the layers before it are looked for, the layer is left out.
  if (times?.length === 0) return y;
  return new Steps(plan, context, times ?? equalTimes(layer), times !== undefined).record(y);
}

const equalTimes = ({ steps, stepSize }: Ode): number[] => Array.from({ length: steps + 1 }, (_, j) => j * stepSize);

/** A loop of `count` steps of size h from step `first`, iteration i with the weights at `place`. */
interface Piece {
  readonly count: number;
  readonly first: number;
  readonly place: WeightPlace;
  readonly h: number;
  readonly step: Integrator["step"];
}

class Steps {
  private readonly recorder: Recorder;
  private readonly theta: Stacked;
  private readonly stacks: Tensor[] = [];
  private readonly pieces: (Piece & { readonly loop: Loop })[] = [];
  private readonly outside: StepContext<FieldKind>;

  constructor(
    private readonly plan: OdePlan,
    private readonly context: LayerContext,
    private readonly times: readonly number[],
    private readonly unrolled: boolean,
  ) {
    const { letters, name, layer } = plan;
    this.recorder = context.record;
    this.theta = letters.map((letter) => ({ letter, source: context.parameter(`${name}.${letter}`) }));
    const nowhere = () => {
      throw new Error("ode: weights are read inside a step only");
    };
    this.outside = this.stepContext(nowhere, stepPlace(layer.weights, 0), this.stageNorm(nowhere));
  }

  record(y: Tensor): Tensor {
    const { integrator, name } = this.plan;
    const end = this.unrolled ? this.grid(y) : this.equal(y);
    const final = integrator.features(this.outside, end);
    this.context.trajectory?.(name, this.stacks, asFeatures(this.recorder, final, this.plan), this.times);
    this.context.inspect?.(this.inspected(end));
    return final;
  }

  /** One loop of a single iteration a step. */
  private grid(y: Tensor): readonly Tensor[] {
    const { layer, integrator } = this.plan;
    const { times } = this;
    const last = times.at(-1) ?? 0;
    // Chosen steps see the nodes of the layer's own intervals.
    const uniform = layer.weights !== "constant" && (layer.nodes ?? "uniform") === "uniform";
    let state: readonly Tensor[] = integrator.begin(this.outside, y);
    for (const [j, t] of times.slice(0, -1).entries()) {
      const h = (times[j + 1] ?? t) - t;
      const place = uniform ? uniformPlace(t, h, last, layer.steps) : stepPlace(layer.weights, j);
      state = finals(this.run({ count: 1, first: j, place, h, step: integrator.step }, state));
    }
    return state;
  }

  private equal(y: Tensor): readonly Tensor[] {
    const { layer, integrator } = this.plan;
    const { weights, steps, stepSize: h } = layer;
    const { reversal } = this.context;
    const plain = this.context.plain || this.context.trajectory !== undefined;
    let state: readonly Tensor[] = integrator.begin(this.outside, y);
    let done = 0;
    if (integrator.first?.applies(this.outside)) {
      const { step } = integrator.first;
      state = finals(this.run({ count: 1, first: 0, place: stepPlace(weights, 0), h, step }, state));
      done = 1;
    }
    if (layer.checkpoint === "sqrt" && !plain && steps - done > 3) {
      const { loop, covered } = this.checkpointed(state, done);
      state = finals(loop);
      done += covered;
    }
    if (done < steps) {
      const first = done;
      const place = stepPlace(weights, first);
      const loop = this.run({ count: steps - first, first, place, h, step: integrator.step }, state);
      if (layer.reversible && !plain) {
        const inverse: Extract<Keeps, { kind: "nothing" }>["inverse"] = (results, slice) => {
          const at: At = ({ source, first = 0, step = 1 }) => slice({ source, first, step });
          const norm = this.stageNorm((source) => at({ source, first }), true);
          return integrator.inverse?.(this.stepContext(at, place, norm), results) ?? [];
        };
        loop.keeps = { kind: "nothing", carried: state.length, inverse };
      }
      state = finals(loop);
    }
    if (reversal && integrator.inverse) reversal(y, this.reversed(state));
    return state;
  }

  /** The loop of a piece; saves the trajectory where it is asked for. */
  private run(piece: Piece, state: readonly Tensor[]): Loop {
    const { count, first, place, h, step } = piece;
    let seen: Tensor | undefined;
    let norm: StageNorm | undefined;
    const loop = this.recorder.loop(count, state, (now, at) => {
      norm = this.stageNorm((source) => at({ source, first }));
      const current = this.stepContext(at, place, norm, h);
      if (this.context.trajectory) {
        seen = asFeatures(this.recorder, this.plan.integrator.features(current, now), this.plan);
      }
      return step(
        current,
        this.probed(current, now, (stack) => at({ source: stack, first })),
      );
    });
    norm?.learn(first, loop);
    this.pieces.push({ ...piece, loop });
    if (seen) this.stacks.push(this.recorder.save(loop, seen));
    return loop;
  }

  /** The state with its features probed: in all of its parts where they make up the features together, else in the last. */
  private probed(
    current: StepContext<FieldKind>,
    state: readonly Tensor[],
    slice: (stack: Tensor) => Tensor,
  ): readonly Tensor[] {
    const { probe } = this.context;
    if (!probe) return state;
    const { name, integrator } = this.plan;
    const steps = { count: this.times.length - 1, slice };
    const last = state.at(-1);
    if (last && integrator.features(current, state) === last) {
      return [...state.slice(0, -1), probe(this.recorder, name, last, steps)];
    }
    return state.map((part, k) => probe(this.recorder, `${name} part ${k}`, part, steps));
  }

  /** What analysis sees of the steps that end in this state. */
  private inspected(end: readonly Tensor[]): OdeSteps {
    const { name, space, integrator } = this.plan;
    const positions = positionsOf(space);
    return {
      name,
      features: space.columns * positions,
      positions,
      times: this.times,
      stepSizes: this.pieces.flatMap(({ count, h }) => new Array<number>(count).fill(h)),
      integrator,
      outside: this.outside,
      along: (body, { final = false } = {}) => this.along(body, final ? end : undefined),
    };
  }

  /** Records `body` along the pieces once more, and for the state `end`. */
  private along(body: (view: StepView) => readonly Tensor[], end?: readonly Tensor[]): Tensor[][] {
    const { integrator } = this.plan;
    const results: Tensor[][] = [];
    const visit = ({ count, first, place, h, step }: Piece, states: readonly Tensor[], c: number) => {
      let items: readonly Tensor[] = [];
      const loop = this.recorder.loop(count, [], (_, at) => {
        const state = states.map((source) => at({ source }));
        const norm = this.stageNorm((source) => at({ source, first }));
        const context = this.stepContext(at, place, norm, h);
        items = body({ context, integrator, state, step, c, initial: step === integrator.first?.step });
        return [];
      });
      items.forEach((item, k) => {
        results[k] = [...(results[k] ?? []), this.recorder.save(loop, item)];
      });
    };
    for (const piece of this.pieces) {
      const states = piece.loop.carries.map((carry) => this.recorder.save(piece.loop, carry.argument));
      visit(piece, states, 0);
    }
    const last = this.pieces[this.pieces.length - 1];
    if (end && last) {
      const steps = last.count - 1;
      const place = { ...last.place, first: last.place.first + last.place.step * steps };
      visit({ ...last, count: 1, first: last.first + steps, place, step: integrator.step }, end, 1);
    }
    return results;
  }

  /**
   * The features at t = 0 from the state at T, by all steps backwards. A half start's first step has the same features
   * before it as a full one: only its second variable differs.
   */
  private reversed(state: readonly Tensor[]): Tensor {
    const { layer, integrator } = this.plan;
    const last = layer.steps - 1;
    const loop = this.recorder.loop(layer.steps, state, (now, at) => {
      const backwards: At = ({ source, first = 0, step = 1 }) =>
        at({ source, first: first + step * last, step: -step });
      const norm = this.stageNorm((source) => backwards({ source }), true);
      const current = this.stepContext(backwards, stepPlace(layer.weights, 0), norm);
      return integrator.inverse?.(current, now) ?? now;
    });
    return integrator.features(this.outside, finals(loop));
  }

  /** ⌊n / L⌋ segments of L = ⌈√n⌉ steps each: only their first states are kept for the backward pass. */
  private checkpointed(state: readonly Tensor[], done: number): { loop: Loop; covered: number } {
    const { layer, integrator } = this.plan;
    const { weights, steps } = layer;
    const length = Math.ceil(Math.sqrt(steps - done));
    const segments = Math.floor((steps - done) / length);
    const { step, span } = weightLayouts[weights];
    let learn: ((segments: Loop) => void) | undefined;
    const loop = this.recorder.loop(segments, state, (outer, atOuter) => {
      const windows = this.theta.map(({ letter, source }) => {
        if (weights === "constant") return { letter, source };
        const count = (length - 1) * step + span;
        return { letter, source: atOuter({ source, first: done * step, step: length * step, count }) };
      });
      let norm: StageNorm | undefined;
      const inner = this.recorder.loop(length, outer, (now, at) => {
        norm = this.stageNorm((source) =>
          at({ source: atOuter({ source, first: done, step: length, count: length }) }),
        );
        return integrator.step(this.stepContext(at, stepPlace(weights, 0), norm, layer.stepSize, windows), now);
      });
      learn = (segments) => norm?.learn(done, inner, segments);
      return finals(inner);
    });
    learn?.(loop);
    loop.keeps = { kind: "carried" };
    return { loop, covered: segments * length };
  }

  /** N in a step; `at` gives the step's own matrix of a stack over all steps. */
  private stageNorm(at: (stack: Tensor) => Tensor, backwards = false): StageNorm {
    const { name, stages } = this.plan;
    return new StageNorm(this.context, name, stages, at, backwards);
  }

  /** What the steps of one loop are recorded with. */
  private stepContext(
    at: At,
    place: WeightPlace,
    { overBatch }: StageNorm,
    h = this.plan.layer.stepSize,
    sources = this.theta,
  ): StepContext<FieldKind> {
    const { recorder: record } = this;
    const { layer, rules, space, maps, name } = this.plan;
    const once = layer.weights === "constant";
    const known = new Map<number, Record<string, Tensor>>();
    const weights = (c: number) => {
      const found =
        known.get(c) ??
        Object.fromEntries(
          sources.map(({ letter, source }) => [letter, once ? source : weightAt(record, source, place, at, c)]),
        );
      known.set(c, found);
      return found;
    };
    const constant = (key: string) => this.context.constant(`${name}.${key}`);
    const field = rules.field(layer.dynamics, { record, space, maps, weights, constant, overBatch });
    return { record, field, h, start: layer.start };
  }
}

const finals = (loop: Loop): Tensor[] => loop.carries.map((c) => c.final);
