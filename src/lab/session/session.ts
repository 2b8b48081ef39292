/** What the page is doing: the reader's settings, the model in the worker, its training, and what is shown of it. */
import { messageOf } from "../../core/messageOf.ts";
import type { RemoteModel } from "../../worker/remoteModel.ts";
import type { Given, Parts } from "../compute/examples.ts";
import type { Folder } from "../compute/pictures.ts";
import type { View } from "../compute/view.ts";
import { modelOptions } from "../objective.ts";
import { beginning, changed, consequence, type ImageSetName, isImages, type State, stateFrom } from "../state.ts";
import { threadsFor } from "../threads.ts";
import { Curve, type Sample } from "./curve.ts";
import { imageSetsHere, pictureFrom, takeParameters } from "./files.ts";
import type { Lab } from "./lab.ts";
import { Training } from "./training.ts";
import { Turns } from "./turns.ts";
import { watch } from "./watch.ts";

/** Pictures from one look into the depth to the next. */
const DEPTH_EVERY = 5;
export class Session {
  readonly lab: Lab;
  state: State;
  parts: Parts | undefined;
  model: RemoteModel | undefined;
  view: View | undefined;
  /** The last look into the depth: it is taken less often than the rest. */
  depth: View["depth"];
  /** What went wrong, or why training ended. */
  message = "";
  failed = false;
  given: Given = {};
  /** Image sets whose files are beside the page. */
  imageSets: readonly ImageSetName[] = [];
  /** The reader's own, to be classified. */
  picture: ImageBitmap | undefined;
  /** Grows as the model is looked at. */
  looks = 0;

  #listeners = new Set<() => void>();
  readonly #turns = new Turns({ failed: (why) => this.#say(why, true), over: () => this.#tell() });
  readonly #training = new Training();
  #curve = new Curve();
  #pictures = 0;
  /** The number under which the worker keeps the present data. */
  #key = 0;
  /** The model is not that of the settings: they could not be carried out. */
  #stale = false;

  constructor(lab: Lab, text: string) {
    this.lab = lab;
    this.state = this.#possible(stateFrom(text));
    void this.#turns.take(() => this.#open(true));
    void this.#findImageSets();
  }

  subscribe(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Resolves when everything asked so far is done. */
  get settled(): Promise<unknown> {
    return this.#turns.settled;
  }

  get epoch(): number {
    return this.#training.epoch;
  }

  /** Examples a second, lately. */
  get speed(): number {
    return this.#training.speed;
  }

  get running(): boolean {
    return this.#training.running;
  }

  get samples(): readonly Sample[] {
    return this.#curve.samples;
  }

  #tell(): void {
    for (const listener of this.#listeners) listener();
  }

  #say(message: string, failed = false): void {
    this.message = message;
    this.failed = failed;
  }

  change(changes: Partial<State>): Promise<void> {
    const before = this.state;
    this.state = changed(before, changes);
    const after = this.state;
    this.#tell();
    const what = consequence(before, after);
    if (what === "nothing") return Promise.resolve();
    return this.#turns.take(async () => {
      const again = this.running;
      await this.#training.halt();
      this.#say("");
      if (this.#stale || what === "data" || what === "model") {
        const data = this.#stale || what === "data" || after.seed !== before.seed;
        this.#stale = true;
        await this.#open(data);
      } else {
        this.#training.forget();
        if (what === "objective" || threadsFor(after) !== threadsFor(before)) await this.#underNewObjective();
        await this.#look(true);
      }
      if (again && !this.failed) this.#begin();
    });
  }

  /** Takes the state of an address. */
  goTo(text: string): Promise<void> {
    return this.change(this.#possible(stateFrom(text)));
  }

  /** An address holds neither table nor pictures. */
  #possible(state: State): State {
    const missing = (state.data === "table" && !this.given.table) || (state.data === "pictures" && !this.given.folder);
    return missing ? changed(state, { data: "spirals" }) : state;
  }

  async #findImageSets(): Promise<void> {
    this.imageSets = await imageSetsHere();
    this.#tell();
  }

  /** Reads a table that was dropped or chosen. */
  openTable(table: string): Promise<void> {
    return this.#take({ data: "table" }, { table }, "");
  }

  /** Reads pictures that were dropped or chosen. */
  openFolder(folder: Folder): Promise<void> {
    const wasImages = isImages(this.state.data);
    const architecture = wasImages ? {} : ({ architecture: "convResNet" } as const);
    return this.#take({ data: "pictures", ...architecture }, { folder }, `Reading ${folder.name} …`);
  }

  /** What cannot be read leaves all as it was. */
  #take(changes: Partial<State>, given: Given, saying: string): Promise<void> {
    return this.#turns.take(async () => {
      await this.#training.halt();
      const before = { state: this.state, given: this.given };
      this.state = changed(this.state, beginning(this.state, changes));
      this.given = { ...this.given, ...given };
      try {
        this.#say(saying);
        this.#tell();
        await this.#open(true);
      } catch (error) {
        Object.assign(this, before);
        throw error;
      }
    });
  }

  /** Reads a picture that was dropped or chosen. */
  async openPicture(file: Blob): Promise<void> {
    try {
      this.picture = await pictureFrom(file, this.state);
      this.#say("");
    } catch (error) {
      this.#say(messageOf(error), true);
    }
    this.#tell();
  }

  play(): Promise<void> {
    return this.#turns.take(async () => {
      if (this.running || !this.model) return;
      this.#say("");
      if (this.#stale) await this.#open(true);
      this.#begin();
    });
  }

  pause(): Promise<void> {
    return this.#turns.take(() => this.#training.halt());
  }

  /** One epoch. */
  step(): Promise<void> {
    return this.#turns.take(async () => {
      await this.#training.halt();
      if (!this.model) return;
      this.#say("");
      if (this.#stale) await this.#open(true);
      this.#begin(true);
      await this.#training.done;
    });
  }

  reset(): Promise<void> {
    return this.#turns.take(async () => {
      await this.#training.halt();
      this.#say("");
      await this.#open(this.#stale);
    });
  }

  /** The model as a safetensors file. */
  async save(): Promise<Uint8Array<ArrayBuffer> | undefined> {
    return this.model?.toBytes();
  }

  /** The model for other libraries. What cannot be written is said. */
  async onnx(): Promise<Uint8Array<ArrayBuffer> | undefined> {
    try {
      return this.model && (await this.lab.call("onnx", this.model));
    } catch (error) {
      this.#say(messageOf(error), true);
      this.#tell();
      return undefined;
    }
  }

  /** Takes θ from a saved model of the same form as the present one. */
  load(bytes: Uint8Array): Promise<void> {
    return this.#turns.take(async () => {
      await this.#training.halt();
      await takeParameters(this.lab, this.model, bytes);
      this.#restart();
      this.#say("The saved parameters are in place.");
      await this.#look(true);
    });
  }

  async #open(data: boolean): Promise<void> {
    const { state } = this;
    const again = data || !this.parts;
    const key = this.#key + (again ? 1 : 0);
    const make = () => this.lab.call("makeExamples", key, state, this.given, document.baseURI);
    const parts = (again ? undefined : this.parts) ?? (await make());
    const network = await this.lab.call("describeNetwork", state, parts.training);
    const model = await this.lab.createModel(network, modelOptions(state));
    await this.model?.dispose();
    this.parts = parts;
    this.#key = key;
    this.model = model;
    this.#stale = false;
    this.view = this.depth = undefined;
    this.#restart();
    if (again) this.#say(parts.note ?? "");
    await this.#look(true);
  }

  /** Another loss, regularizer or number of threads belongs to another model; θ goes over. */
  async #underNewObjective(): Promise<void> {
    const { model: old, state } = this;
    if (!old) return;
    const model = await this.lab.createModel(old.network, modelOptions(state));
    await model.set(await old.get());
    await old.dispose();
    this.model = model;
    this.#curve = new Curve();
  }

  #restart(): void {
    this.#curve = new Curve();
    this.#training.restart();
  }

  #begin(oneEpoch = false): void {
    const { model, parts, state } = this;
    if (!model || !parts) return;
    this.#training.begin(model, parts, state, oneEpoch, async (why, failed) => {
      if (why !== undefined) this.#say(why, failed);
      await this.#look(true);
    });
    this.#tell();
    const look = () => this.#look(this.#pictures++ % DEPTH_EVERY === 0);
    void watch(this.#training.done, look, () => this.view?.took ?? 0);
  }

  async #look(depth: boolean): Promise<void> {
    const { model, parts, state, epoch } = this;
    if (!model || !parts) return;
    const ask = () => this.lab.call("view", model, this.#key, state.loss, depth);
    const first = await ask();
    if (model !== this.model) return;
    // A worker that has replaced another has no data yet.
    if (!first) await this.lab.call("keepParts", this.#key, parts);
    const view = first ?? (await ask());
    if (!view) return;
    this.view = view;
    this.looks++;
    this.depth = view.depth ?? this.depth;
    this.#curve.add(epoch, view);
    this.#tell();
  }
}
