/** What the page is doing: the reader's settings, the model in the worker, its training, and what is shown of it. */
import type { RemoteModel } from "../../worker/remoteModel.ts";
import type { Given, Parts } from "../compute/examples.ts";
import type { View } from "../compute/view.ts";
import { beginning, changed, consequence, type ImageSetName, isImageSet, type State, stateFrom } from "../state.ts";
import { threadsFor } from "../threads.ts";
import { imageSetsHere, possible } from "./files.ts";
import type { Lab } from "./lab.ts";
import { Listeners } from "./listeners.ts";
import { type Altered, Made } from "./made.ts";
import { type Pace, SLOW } from "./paces.ts";
import { type Moment, Past } from "./past.ts";
import { Sight } from "./sight.ts";
import { Training } from "./training.ts";
import { Turns } from "./turns.ts";
import { DEPTH_EVERY, watch } from "./watch.ts";

export class Session {
  readonly lab: Lab;
  state: State;
  /** What went wrong, or why training ended. */
  message = "";
  failed = false;
  given: Given = {};
  /** Image sets whose files are beside the page. */
  imageSets: readonly ImageSetName[] = [];
  picture: ImageBitmap | undefined;
  pace: Pace = SLOW;

  readonly #listeners = new Listeners();
  readonly #turns = new Turns({ failed: (why) => this.#failure(why), over: () => this.#listeners.tell() });
  readonly #training: Training;
  readonly #made: Made;
  /** What is seen of the model, now and at moments of the past. */
  readonly sight: Sight;
  /** The model is not that of the settings: they could not be carried out. */
  #stale = false;
  /** The settings that the last look belongs to. */
  #seen: State | undefined;

  constructor(lab: Lab, text: string) {
    this.lab = lab;
    this.#training = new Training(lab);
    this.sight = new Sight(lab);
    this.#made = new Made(lab);
    const { state, gone } = possible(stateFrom(text), this.given);
    this.state = state;
    void this.#turns.take(async () => {
      if (isImageSet(state.data)) this.say("Reading the images …");
      await this.#open(true);
      if (gone) this.#say(gone);
    });
    void imageSetsHere().then((found) => {
      this.imageSets = found;
      this.#listeners.tell();
    });
  }

  subscribe(listener: () => void): () => void {
    return this.#listeners.add(listener);
  }

  get parts(): Parts | undefined {
    return this.#made.parts;
  }

  get model(): RemoteModel | undefined {
    return this.#made.model;
  }

  get view(): View | undefined {
    return this.sight.view;
  }

  /** Whether what is shown is of the settings: they may be on their way to the worker. */
  get fresh(): boolean {
    return this.#seen === this.state;
  }

  /** Where the run stands, at the moment that is shown. */
  get at(): { readonly epoch: number; readonly step: number } {
    return this.sight.moment ?? { epoch: this.#training.epoch, step: this.#training.steps };
  }

  /** Examples a second, lately. */
  get speed(): number {
    return this.#training.speed;
  }

  get running(): boolean {
    return this.#training.running;
  }
  /** Tells the reader. */
  say(message: string, failed = false): void {
    this.#say(message, failed);
    this.#listeners.tell();
  }

  #say(message: string, failed = false): void {
    this.message = message;
    this.failed = failed;
  }

  /** What is shown must be of the settings. */
  #failure(why: string): void {
    if (this.#stale) this.sight.clear();
    this.#say(why, true);
  }

  /** In its turn, while nothing is trained. */
  #alone(task: () => Promise<void>): Promise<void> {
    return this.#turns.take(async () => {
      await this.#training.halt();
      await task();
    });
  }

  change(changes: Partial<State>): Promise<void> {
    this.state = changed(this.state, changes);
    this.#listeners.tell();
    return this.#turns.take(() => this.#follow());
  }

  /** Carries out what the settings ask for beyond what is there: the least of it. */
  async #follow(): Promise<void> {
    const { state } = this;
    const { state: before } = this.#made;
    const what = this.#stale || !before ? "data" : consequence(before, state);
    if (what === "nothing") {
      this.#made.state = state;
      if (this.#seen === before) this.#seen = state;
      return;
    }
    const again = this.running;
    await this.#training.halt();
    this.#say("");
    if (what === "data" || what === "model") {
      const data = what === "data" || state.seed !== before?.seed;
      const drawing = !this.#stale && before?.data === "drawn" && state.data === "drawn";
      this.#stale = true;
      if (isImageSet(state.data) && data) this.say("Reading the images …");
      await this.#open(data, drawing);
    } else {
      this.#training.forget();
      if (what === "objective" || (before && threadsFor(state) !== threadsFor(before))) {
        await this.#made.underNewObjective(state);
        await this.sight.forgetReplay();
        this.sight.restart();
      }
      this.#made.state = state;
      await this.#look(true);
    }
    if (again && !this.failed) this.#begin("all");
  }

  /** Takes the state of an address. */
  goTo(text: string): Promise<void> {
    const { state, gone } = possible(stateFrom(text), this.given);
    return this.change(state).then(() => {
      if (gone) this.say(gone);
    });
  }

  /** Takes what the reader hands over. What cannot be read leaves all as it was. */
  take(changes: Partial<State>, given: Given, saying: string): Promise<void> {
    return this.#alone(async () => {
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

  play(): Promise<void> {
    return this.#turns.take(async () => {
      if (!this.running && (await this.#ready())) this.#begin("all");
    });
  }

  pause = (): Promise<void> => this.#alone(async () => {});

  setPace(pace: Pace): Promise<void> {
    this.pace = pace;
    this.#listeners.tell();
    return this.#turns.take(async () => {
      if (!this.running) return;
      await this.#training.halt();
      this.#begin("all");
    });
  }

  /** One step, or one epoch. */
  step(much: "step" | "epoch"): Promise<void> {
    return this.#alone(async () => {
      if (await this.#ready()) this.#begin(much);
      await this.#training.done;
    });
  }

  /** From new parameters, with the same data. */
  reset(): Promise<void> {
    return this.#alone(async () => {
      this.#say("");
      await this.#open(this.#stale);
    });
  }

  /** Shows a moment of the past, or the present; training pauses. */
  seek(moment: Moment | undefined): Promise<void> {
    return this.#alone(async () => {
      if (!this.model) return;
      await this.sight.turnTo(moment, this.model, this.#made.state ?? this.state);
      await this.#look(true);
    });
  }

  /** Puts things in place for training to begin or go on. */
  async #ready(): Promise<boolean> {
    this.#say("");
    this.sight.moment = undefined;
    if (this.#stale && this.model) await this.#open(true);
    return this.model !== undefined;
  }

  /** Does something to the model while nothing else happens, then shows and says what came of it. */
  alter(task: (made: Made) => Promise<Altered | undefined>): Promise<void> {
    return this.#alone(async () => {
      const altered = this.#stale ? undefined : await task(this.#made);
      if (!altered) return;
      this.state = altered.state ?? this.state;
      await this.sight.forgetReplay();
      if (altered.again) this.sight.restart();
      else this.sight.past = new Past();
      if (altered.again) this.#training.restart();
      else this.#training.forget();
      await this.#look(true);
      this.#say(altered.says());
    });
  }

  lookAgain = (): Promise<void> => this.#turns.take(() => this.#look(true));

  /** Ends everything; the worker goes on for others. */
  close(): Promise<void> {
    return this.#alone(async () => {
      await this.sight.forgetReplay();
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
      this.sight.clear();
      this.sight.restart();
      this.#training.restart();
    }
    await this.sight.forgetReplay();
    if (this.parts !== before) this.#say(this.parts?.note ?? "");
    await this.#look(true);
  }

  #begin(much: "all" | "epoch" | "step"): void {
    const { pace } = this;
    const { model, parts, state, key } = this.#made;
    if (!model || !parts || !state) return;
    let pictures = 0;
    const look = () => this.#look(pictures++ % DEPTH_EVERY === 0);
    const over = async (why: string | undefined, failed: boolean) => {
      if (why !== undefined) this.#say(why, failed);
      await this.#look(true);
    };
    this.#training.begin({ model, parts, state, key, much, pace, look, over });
    this.#listeners.tell();
    const whole = much === "epoch" || !Number.isFinite(pace);
    if (whole) void watch(this.#training.done, look, () => this.view?.took ?? 0);
  }

  async #look(depth: boolean): Promise<void> {
    const { model, parts, state, key } = this.#made;
    const { epoch, steps } = this.#training;
    if (!model || !parts || !state) return;
    if (!(await this.sight.look({ model, parts, key, state, epoch, steps }, depth))) return;
    if (!this.#stale) this.#seen = state;
    this.#listeners.tell();
  }
}
