/** What the page is doing: the reader's settings, the model in the worker, its training, and what is shown of it. */
import type { RemoteModel } from "../../worker/remoteModel.ts";
import type { Given, Parts } from "../compute/examples.ts";
import type { Folder } from "../compute/pictures.ts";
import type { View } from "../compute/view.ts";
import { percent } from "../format.ts";
import {
  beginning,
  changed,
  consequence,
  type ImageSetName,
  isImageSet,
  isImages,
  type State,
  stateFrom,
} from "../state.ts";
import { threadsFor } from "../threads.ts";
import type { Sample } from "./curve.ts";
import { imageSetsHere, possible, takeParameters } from "./files.ts";
import type { Lab } from "./lab.ts";
import { Made } from "./made.ts";
import { type Pace, SLOW } from "./paces.ts";
import { type Moment, Past } from "./past.ts";
import { Sight } from "./sight.ts";
import { Training } from "./training.ts";
import { Turns } from "./turns.ts";
import { watch } from "./watch.ts";

/** Pictures from one look into the depth to the next. */
const DEPTH_EVERY = 4;

export class Session {
  readonly lab: Lab;
  state: State;
  /** What went wrong, or why training ended. */
  message = "";
  failed = false;
  given: Given = {};
  /** Image sets whose files are beside the page. */
  imageSets: readonly ImageSetName[] = [];
  /** The reader's own, to be classified. */
  picture: ImageBitmap | undefined;
  pace: Pace = SLOW;

  #listeners = new Set<() => void>();
  readonly #turns = new Turns({ failed: (why) => this.#failure(why), over: () => this.#tell() });
  readonly #training: Training;
  readonly #made: Made;
  readonly #sight: Sight;
  #pictures = 0;
  /** The model is not that of the settings: they could not be carried out. */
  #stale = false;
  /** The settings that the last look belongs to. */
  #seen: State | undefined;

  constructor(lab: Lab, text: string) {
    this.lab = lab;
    this.#training = new Training(lab);
    this.#sight = new Sight(lab);
    this.#made = new Made(lab);
    const { state, gone } = possible(stateFrom(text), this.given);
    this.state = state;
    void this.#turns.take(async () => {
      await this.#open(true);
      if (gone) this.#say(gone);
    });
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

  get parts(): Parts | undefined {
    return this.#made.parts;
  }

  get model(): RemoteModel | undefined {
    return this.#made.model;
  }

  get view(): View | undefined {
    return this.#sight.view;
  }

  get depth(): View["depth"] {
    return this.#sight.depth;
  }

  get looks(): number {
    return this.#sight.looks;
  }

  get moment(): Moment | undefined {
    return this.#sight.moment;
  }

  /** Whether what is shown is of the settings: they may be on their way to the worker. */
  get fresh(): boolean {
    return this.#seen === this.state;
  }

  get epoch(): number {
    return this.moment?.epoch ?? this.#training.epoch;
  }

  get steps(): number {
    return this.moment?.step ?? this.#training.steps;
  }

  /** Examples a second, lately. */
  get speed(): number {
    return this.#training.speed;
  }

  get running(): boolean {
    return this.#training.running;
  }

  get samples(): readonly Sample[] {
    return this.#sight.curve.samples;
  }

  /** θ of the run so far. */
  get moments(): readonly Moment[] {
    return this.#sight.past.moments;
  }

  #tell(): void {
    for (const listener of this.#listeners) listener();
  }

  /** Tells the reader. */
  say(message: string, failed = false): void {
    this.#say(message, failed);
    this.#tell();
  }

  #say(message: string, failed = false): void {
    this.message = message;
    this.failed = failed;
  }

  /** What is shown must be of the settings. */
  #failure(why: string): void {
    if (this.#stale) this.#sight.clear();
    this.#say(why, true);
  }

  change(changes: Partial<State>): Promise<void> {
    const before = this.state;
    this.state = changed(before, changes);
    const after = this.state;
    this.#tell();
    const what = consequence(before, after);
    if (what === "nothing") {
      if (this.#seen === before) this.#seen = after;
      return Promise.resolve();
    }
    return this.#turns.take(async () => {
      const again = this.running;
      await this.#training.halt();
      this.#say("");
      if (this.#stale || what === "data" || what === "model") {
        const data = this.#stale || what === "data" || after.seed !== before.seed;
        const drawing = !this.#stale && what === "data" && before.data === "drawn" && after.data === "drawn";
        this.#stale = true;
        if (isImageSet(after.data) && data) this.say("Reading the images …");
        await this.#open(data, drawing);
      } else {
        this.#training.forget();
        if (what === "objective" || threadsFor(after) !== threadsFor(before)) {
          await this.#made.underNewObjective(after);
          await this.#sight.forgetReplay();
          this.#sight.restart();
        }
        await this.#look(true);
      }
      if (again && !this.failed) this.#begin("all");
    });
  }

  /** Takes the state of an address. */
  goTo(text: string): Promise<void> {
    const { state, gone } = possible(stateFrom(text), this.given);
    return this.change(state).then(() => {
      if (gone) this.say(gone);
    });
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
        this.say(saying);
        await this.#open(true);
      } catch (error) {
        Object.assign(this, before);
        throw error;
      }
    });
  }

  /** A picture to be classified. */
  show(picture: ImageBitmap): void {
    this.picture = picture;
    this.say("");
  }

  play(): Promise<void> {
    return this.#turns.take(async () => {
      if (this.running || !this.model) return;
      await this.#ready();
      this.#begin("all");
    });
  }

  pause(): Promise<void> {
    return this.#turns.take(() => this.#training.halt());
  }

  setPace(pace: Pace): Promise<void> {
    this.pace = pace;
    this.#tell();
    return this.#turns.take(async () => {
      if (!this.running) return;
      await this.#training.halt();
      this.#begin("all");
    });
  }

  /** One step, or one epoch. */
  step(much: "step" | "epoch"): Promise<void> {
    return this.#turns.take(async () => {
      await this.#training.halt();
      if (!this.model) return;
      await this.#ready();
      this.#begin(much);
      await this.#training.done;
    });
  }

  /** From new parameters, with the same data. */
  reset(): Promise<void> {
    return this.#turns.take(async () => {
      await this.#training.halt();
      this.#say("");
      await this.#open(this.#stale);
    });
  }

  /** Shows a moment of the past, or the present; training pauses. */
  seek(moment: Moment | undefined): Promise<void> {
    return this.#turns.take(async () => {
      await this.#training.halt();
      if (!this.model) return;
      await this.#sight.turnTo(moment, this.model, this.state);
      await this.#look(true);
    });
  }

  /** Puts things in place for training to begin or go on. */
  async #ready(): Promise<void> {
    this.#say("");
    this.#sight.moment = undefined;
    if (this.#stale) await this.#open(true);
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

  /** Twice the steps for the same network: θ(t) stays, and training goes on from it. */
  refine(): Promise<void> {
    return this.#turns.take(async () => {
      await this.#training.halt();
      const { view } = this;
      const state = this.#stale ? undefined : await this.#made.refine(this.state);
      if (!state) return;
      this.state = state;
      await this.#sight.forgetReplay();
      this.#sight.past = new Past();
      this.#training.forget();
      await this.#look(true);
      const [before, now] = [view, this.view].map((seen) => percent(seen?.validation.accuracy));
      this.#say(
        `Twice the steps for the same θ(t): ${before} right with N = ${state.steps / 2}, ${now} with ${state.steps}.`,
      );
    });
  }

  /** Ends everything; the worker goes on for others. */
  close(): Promise<void> {
    return this.#turns.take(async () => {
      await this.#training.halt();
      await this.#sight.forgetReplay();
      await this.#made.dispose();
    });
  }

  /** `keep`: θ stays where the network is the same. */
  async #open(data: boolean, keep = false): Promise<void> {
    const before = this.parts;
    const same = await this.#made.make(this.state, this.given, data, keep);
    this.#stale = false;
    if (same) this.#training.forget();
    else {
      this.#sight.clear();
      this.#restart();
    }
    await this.#sight.forgetReplay();
    if (this.parts !== before) this.#say(this.parts?.note ?? "");
    await this.#look(true);
  }

  #restart(): void {
    this.#sight.restart();
    this.#training.restart();
  }

  #begin(much: "all" | "epoch" | "step"): void {
    const { model, parts, state, pace } = this;
    if (!model || !parts) return;
    const look = () => this.#look(this.#pictures++ % DEPTH_EVERY === 0);
    const over = async (why: string | undefined, failed: boolean) => {
      if (why !== undefined) this.#say(why, failed);
      await this.#look(true);
    };
    this.#training.begin({ model, parts, state, key: this.#made.key, much, pace, look, over });
    this.#tell();
    const whole = much === "epoch" || !Number.isFinite(pace);
    if (whole) void watch(this.#training.done, look, () => this.view?.took ?? 0);
  }

  async #look(depth: boolean): Promise<void> {
    const { model, parts, state } = this;
    const { epoch, steps } = this.#training;
    if (!model || !parts) return;
    if (!(await this.#sight.look({ model, parts, key: this.#made.key, state, epoch, steps }, depth))) return;
    if (!this.#stale) this.#seen = state;
    this.#tell();
  }
}
