/** What is seen of a model: the last look, the learning curve, and the run so far, any moment of which can be shown again. */
import type { RemoteModel } from "../../worker/remoteModel.ts";
import type { Parts } from "../compute/examples.ts";
import type { View, Wanted } from "../compute/view.ts";
import { modelOptions } from "../objective.ts";
import type { State } from "../state.ts";
import { Curve } from "./curve.ts";
import type { Lab } from "./lab.ts";
import { type Moment, Past } from "./past.ts";

/** What is looked at, and where its training stands. */
export interface Subject {
  readonly model: RemoteModel;
  readonly parts: Parts;
  /** The number under which the worker keeps the data. */
  readonly key: number;
  readonly state: State;
  readonly epoch: number;
  readonly steps: number;
}

export class Sight {
  view: View | undefined;
  /** The last look into the depth: it is taken less often than the rest. */
  depth: View["depth"];
  /** The last look inside, which is taken while somebody wants it. */
  inside: View["inside"];
  watchers = 0;
  /** Grows as the model is looked at. */
  looks = 0;
  /** The moment of the past that is shown; undefined: the present. */
  moment: Moment | undefined;
  curve = new Curve();
  past = new Past();
  readonly #lab: Lab;
  /** A second model of the network, for moments of the past. */
  #replay: RemoteModel | undefined;
  #current: RemoteModel | undefined;

  constructor(lab: Lab) {
    this.#lab = lab;
  }

  /** Nothing is to be seen under new settings. */
  clear(): void {
    this.view = this.depth = this.inside = undefined;
  }

  /** Another run begins. */
  restart(): void {
    this.curve = new Curve();
    this.past = new Past();
  }

  async forgetReplay(): Promise<void> {
    const replay = this.#replay;
    this.#replay = this.moment = undefined;
    await replay?.dispose();
  }

  /** Turns to a moment of the past, or to the present. */
  async turnTo(moment: Moment | undefined, model: RemoteModel, state: State): Promise<void> {
    this.moment = moment && this.past.moments.includes(moment) ? moment : undefined; // it may be of a run before
    if (!this.moment) return;
    this.#replay ??= await this.#lab.createModel(model.network, modelOptions(state));
    await this.#replay.set(this.moment.theta);
  }

  /** False where there was nothing to see, or the model is no longer the one that is shown. */
  async look({ model: present, parts, key, state, epoch, steps }: Subject, depth: boolean): Promise<boolean> {
    const { moment } = this;
    const model = moment ? this.#replay : present;
    if (!model) return false;
    this.#current = present;
    const wanted: Wanted = { depth, inside: depth && this.watchers > 0, theta: !moment && this.past.wants(steps) };
    const ask = () => this.#lab.call("view", model, key, state.loss, wanted);
    const first = await ask();
    if (present !== this.#current || moment !== this.moment) return false;
    // A worker that has replaced another has no data yet.
    if (!first) await this.#lab.call("keepParts", key, parts);
    const view = first ?? (await ask());
    if (!view) return false;
    this.view = view;
    this.looks++;
    this.depth = view.depth ?? this.depth;
    this.inside = view.inside ?? this.inside;
    if (!moment) {
      this.curve.add(steps, epoch, view);
      if (view.theta) this.past.add({ step: steps, epoch, theta: view.theta });
    }
    return true;
  }
}
