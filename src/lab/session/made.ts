/** The data and the model that the settings stand for, in the worker. */
import type { RemoteModel } from "../../worker/remoteModel.ts";
import type { Given, Parts } from "../compute/examples.ts";
import { modelOptions } from "../objective.ts";
import { changed, type State } from "../state.ts";
import type { Lab } from "./lab.ts";

/** Numbers of data in the worker; two sessions may share it. */
let keys = 0;

/** What was done to the model. */
export interface Altered {
  readonly state?: State;
  /** Whether its training begins anew. */
  readonly again: boolean;
  /** Asked once it has been looked at. */
  says(): string;
}

export class Made {
  parts: Parts | undefined;
  model: RemoteModel | undefined;
  /** The settings that they are of. */
  state: State | undefined;
  /** The number under which the worker keeps the data. */
  key = 0;
  readonly #lab: Lab;

  constructor(lab: Lab) {
    this.#lab = lab;
  }

  /** New data where they are wanted, and a new model; `keep`: θ stays where the network is the same. Returns whether it did. */
  async make(state: State, given: Given, data: boolean, keep: boolean): Promise<boolean> {
    const { model: old } = this;
    const again = data || !this.parts;
    const key = again ? ++keys : this.key;
    const make = () => this.#lab.call("makeExamples", key, state, given, document.baseURI);
    const parts = (again ? undefined : this.parts) ?? (await make());
    const network = await this.#lab.call("describeNetwork", state, parts.training);
    const same = keep && old !== undefined && JSON.stringify(old.network) === JSON.stringify(network);
    if (!same) {
      this.model = await this.#lab.createModel(network, modelOptions(state));
      await old?.dispose();
    }
    this.parts = parts;
    this.key = key;
    this.state = state;
    return same;
  }

  /** Another loss, regularizer or number of threads belongs to another model; θ goes over. */
  async underNewObjective(state: State): Promise<void> {
    const { model: old } = this;
    if (!old) return;
    const model = await this.#lab.createModel(old.network, modelOptions(state));
    await model.set(await old.get());
    await old.dispose();
    this.model = model;
  }

  /** Twice the steps for the same θ(t). The settings of it; undefined where there is nothing to refine. */
  async refine(): Promise<State | undefined> {
    const { model: old, parts, state: before } = this;
    if (!old || !parts || !before) return undefined;
    const state = changed(before, { steps: 2 * before.steps });
    const network = await this.#lab.call("describeNetwork", state, parts.training);
    const model = await this.#lab.createModel(network, modelOptions(state));
    await this.#lab.call("refine", old, model);
    await old.dispose();
    this.model = model;
    this.state = state;
    return state;
  }

  async dispose(): Promise<void> {
    const { model } = this;
    this.model = undefined;
    await model?.dispose();
  }
}
