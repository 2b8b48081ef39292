/**
 * Running statistics of time steps whose norm is over the batch: a mean and a variance for every stage of every step, a stage
 * being one evaluation of σ(N(K y) + b). Steps that share weights share no statistics, since their features differ.
 */
import { Recorder } from "../core/recording/recorder.ts";
import type { Loop, Tensor } from "../core/recording/tensor.ts";
import { type FieldConstant, imageOf } from "../dynamics/kernels/kernel.ts";
import { area } from "../operations/windows.ts";
import { learnStatistics, normalizeOverBatch, runningStatistics, type Statistics } from "./batchStatistics.ts";
import type { OdePlan } from "./odePlan.ts";
import type { LayerContext, ParameterSpec } from "./parameters.ts";

/** One stage of a layer's steps: the map K or Kᵀ that it evaluates, and its statistics over all steps. */
export interface Stage {
  readonly map: string;
  readonly running: Statistics<ParameterSpec>;
}

type OverBatch = (z: Tensor, map: string) => Tensor;

/**
 * The stages of a step, found by recording one in which nothing is normalised. Their statistics: `mean` and `variance`, or with
 * several stages `mean1`, `variance1`, `mean2` …
 */
export function stagesOf(
  { layer, integrator, name, space, maps, letters, rules }: Omit<OdePlan, "stages">,
  parameters: readonly ParameterSpec[],
  constants: readonly FieldConstant[],
): Stage[] {
  const record = new Recorder("f32");
  const found: { map: string; channels: number }[] = [];
  const overBatch: OverBatch = (z, map) => {
    found.push({ map, channels: z.columns });
    return z;
  };
  const weights = Object.fromEntries(
    parameters.map(({ rows, columns }, k) => [letters[k], record.input("theta", rows, columns)]),
  );
  const fixed = new Map(constants.map(({ name, rows, values }) => [name, { rows, columns: values.length / rows }]));
  const constant = (key: string) => record.tensor(fixed.get(key) ?? { rows: 1, columns: 1 }, key);
  const field = rules.field(layer.dynamics, { record, space, maps, weights: () => weights, constant, overBatch });
  const context = { record, field, h: layer.stepSize, start: layer.start };
  const y = record.input("y", area(imageOf(space)), space.columns);
  integrator.step(context, integrator.begin(context, y));
  const steps = layer.times ? layer.times.length - 1 : layer.steps;
  return found.map(({ map, channels }, k) => {
    const suffix = found.length === 1 ? "" : `${k + 1}`;
    return { map, running: runningStatistics(name, channels, { suffix, steps }) };
  });
}

/** N(z) in the stages of one step. */
export class StageNorm {
  private readonly seen: { readonly stage: Stage; readonly n: number; readonly batch: Statistics<Tensor> }[] = [];
  private readonly visits = new Map<string, number>();

  /** `at` gives the step's own matrix of a stack over all steps; a step `backwards` goes through its stages from the last. */
  constructor(
    private readonly context: LayerContext,
    private readonly name: string,
    private readonly stages: readonly Stage[],
    private readonly at: (stack: Tensor) => Tensor,
    private readonly backwards: boolean,
  ) {}

  readonly overBatch: OverBatch = (z, map) => {
    const { context, at } = this;
    const stage = this.next(map);
    const running = (spec: ParameterSpec) => at(context.state(spec.name));
    return normalizeOverBatch(context, z, {
      where: `layer ${this.name} (ode)`,
      running: () => ({ mean: running(stage.running.mean), variance: running(stage.running.variance) }),
      learn: (batch) => this.seen.push({ stage, n: z.rows, batch }),
    });
  };

  /** The map's next stage. What analysis evaluates besides a step starts again from the first. */
  private next(map: string): Stage {
    const own = this.stages.filter((stage) => stage.map === map);
    const visit = this.visits.get(map) ?? 0;
    this.visits.set(map, visit + 1);
    const k = visit % own.length;
    const stage = own[this.backwards ? own.length - 1 - k : k];
    if (!stage) throw new Error(`ode: expected a stage of ${map}`);
    return stage;
  }

  /** Steps from `first` on learn from what those recorded in these loops have seen, the innermost loop first. */
  learn(first: number, ...loops: readonly Loop[]): void {
    const { context } = this;
    if (!context.training) return;
    const all = (item: Tensor) => loops.reduce((stack, loop) => context.record.save(loop, stack), item);
    for (const { stage, n, batch } of this.seen) {
      const stacks = { mean: all(batch.mean), variance: all(batch.variance) };
      learnStatistics(context, stage.running, stacks, { n, first });
    }
  }
}
