/** What the page is doing: the reader's settings, the model in the worker, its training, and what is shown of it. */
import type { FitOptions, ModelOptions } from "../training/index.ts";
import { type Connection, connect } from "../worker/connect.ts";
import type { RemoteModel } from "../worker/remoteModel.ts";
import type { Given, Parts } from "./compute/examples.ts";
import type { Folder } from "./compute/pictures.ts";
import type { View } from "./compute/view.ts";
import { optimizerOf, regularizersOf } from "./objective.ts";
import {
  beginning,
  changed,
  consequence,
  type ImageSetName,
  imageSets,
  isImageSet,
  isImages,
  type State,
  stateFrom,
} from "./state.ts";
import { dataFor } from "./targets.ts";
import { threadsFor } from "./threads.ts";
import type { functions } from "./worker.ts";

export type Lab = Connection<typeof functions>;

/** One point of the learning curve. */
export interface Sample {
  readonly epoch: number;
  readonly training: number;
  readonly validation: number;
  readonly trainingAccuracy: number;
  /** On the validation data. */
  readonly accuracy: number;
}

/** A run ends by itself after so many epochs, which bounds its history. */
const MOST_EPOCHS = 20_000;
/** Milliseconds between two pictures at least; more where a picture takes long, so that training gets most of the time. */
const PICTURE = 80;
const SHARE = 4;
/** Pictures from one look into the depth to the next. */
const DEPTH_EVERY = 5;
/** Samples of the learning curve; more are thinned out. */
const MOST_SAMPLES = 400;

export const makeLab = (): Lab =>
  connect<typeof functions>(() => new Worker(new URL("./lab.worker.js", import.meta.url), { type: "module" }));

const optionsOf = (state: State): ModelOptions => {
  const { loss, seed, precision } = state;
  return {
    loss: { kind: loss } as never,
    regularizers: regularizersOf(state),
    seed,
    precision,
    threads: threadsFor(state),
  };
};

export class Session {
  readonly lab: Lab;
  state: State;
  parts: Parts | undefined;
  model: RemoteModel | undefined;
  view: View | undefined;
  /** The last look into the depth: it is taken less often than the rest. */
  depth: View["depth"];
  samples: Sample[] = [];
  epoch = 0;
  /** Examples a second, lately. */
  speed = 0;
  running = false;
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
  #work: Promise<unknown> = Promise.resolve();
  #run: { controller: AbortController; done: Promise<void> } | undefined;
  #checkpoint: Uint8Array | undefined;
  #base = 0; // epochs of earlier runs
  #pictures = 0;
  #stride = 1;
  /** The number under which the worker keeps the present data. */
  #key = 0;
  /** The model is not that of the settings: they could not be carried out. */
  #stale = false;

  constructor(lab: Lab, text: string) {
    this.lab = lab;
    this.state = this.#possible(stateFrom(text));
    void this.#inTurn(() => this.#open(true));
    void this.#findImageSets();
  }

  subscribe(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Resolves when everything asked so far is done. */
  get settled(): Promise<unknown> {
    return this.#work;
  }

  #tell(): void {
    for (const listener of this.#listeners) listener();
  }

  /** One thing after another; what goes wrong is shown. */
  #inTurn(task: () => Promise<void>): Promise<void> {
    const turn = this.#work.then(async () => {
      try {
        await task();
      } catch (error) {
        this.#say(error instanceof Error ? error.message : String(error), true);
      }
      this.#tell();
    });
    this.#work = turn;
    return turn;
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
    return this.#inTurn(async () => {
      const again = this.running;
      await this.#halt();
      this.#say("");
      if (this.#stale || what === "data" || what === "model") {
        const data = this.#stale || what === "data" || after.seed !== before.seed;
        this.#stale = true;
        await this.#open(data);
      } else {
        this.#forgetRun();
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
    const files: string[] = await fetch("data.json")
      .then((answer) => answer.json())
      .catch(() => []);
    this.imageSets = imageSets.filter((name) => files.includes(`${name}/images`));
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
    return this.#inTurn(async () => {
      await this.#halt();
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
      if (!isImageSet(this.state.data)) {
        throw new Error(
          "picture: expected MNIST or Fashion-MNIST as the data, got others. Choose one of them first; for pictures to learn, drop a folder with a sub-folder for each class.",
        );
      }
      this.picture = await createImageBitmap(file).catch(() => {
        throw new Error("picture: expected a file that this browser shows, got another. Take a PNG or JPEG file.");
      });
      this.#say("");
    } catch (error) {
      this.#say((error as Error).message, true);
    }
    this.#tell();
  }

  play(): Promise<void> {
    return this.#inTurn(async () => {
      if (this.running || !this.model) return;
      this.#say("");
      if (this.#stale) await this.#open(true);
      this.#begin();
    });
  }

  pause(): Promise<void> {
    return this.#inTurn(() => this.#halt());
  }

  /** One epoch. */
  step(): Promise<void> {
    return this.#inTurn(async () => {
      await this.#halt();
      if (!this.model) return;
      this.#say("");
      if (this.#stale) await this.#open(true);
      this.#begin({ epochs: this.epoch - this.#base + 1, oneEpoch: true });
      await this.#run?.done;
    });
  }

  reset(): Promise<void> {
    return this.#inTurn(async () => {
      await this.#halt();
      this.#say("");
      await this.#open(this.#stale);
    });
  }

  /** The model as a safetensors file. */
  async save(): Promise<Uint8Array<ArrayBuffer> | undefined> {
    return (await this.model?.toBytes()) as Uint8Array<ArrayBuffer> | undefined;
  }

  /** The model for other libraries. What cannot be written is said. */
  async onnx(): Promise<Uint8Array<ArrayBuffer> | undefined> {
    try {
      return (await this.lab.call("onnx", this.model as never)) as Uint8Array<ArrayBuffer>;
    } catch (error) {
      this.#say((error as Error).message, true);
      this.#tell();
      return undefined;
    }
  }

  /** Takes θ from a saved model of the same form as the present one. */
  load(bytes: Uint8Array): Promise<void> {
    return this.#inTurn(async () => {
      await this.#halt();
      const loaded = await this.lab.modelFromBytes(bytes);
      const shapes = (model: RemoteModel | undefined) => JSON.stringify(model?.parameters);
      try {
        if (shapes(loaded) !== shapes(this.model)) {
          throw new Error(
            "open: expected a model of the form that is set (layers, width, steps, classes), got another. Set the same and open it again.",
          );
        }
        await this.model?.set(await loaded.get());
      } finally {
        await loaded.dispose();
      }
      this.#forgetRun();
      this.#restart();
      this.#say("The saved parameters are in place.");
      await this.#look(true);
    });
  }

  #forgetRun(): void {
    this.#checkpoint = undefined;
    this.#base = this.epoch;
  }

  #restart(): void {
    this.samples = [];
    this.epoch = this.#base = 0;
    this.#stride = 1;
    this.speed = 0;
  }

  async #open(data: boolean): Promise<void> {
    const { state } = this;
    const again = data || !this.parts;
    const key = this.#key + (again ? 1 : 0);
    const parts = again
      ? await this.lab.call("makeExamples", key, state, this.given, document.baseURI)
      : (this.parts as Parts);
    const network = await this.lab.call("describeNetwork", state, parts.training);
    const model = await this.lab.createModel(network, optionsOf(state));
    await this.model?.dispose();
    this.parts = parts;
    this.#key = key;
    this.model = model;
    this.#stale = false;
    this.#checkpoint = undefined;
    this.view = this.depth = undefined;
    this.#restart();
    if (again) this.#say(parts.note ?? "");
    await this.#look(true);
  }

  /** Another loss, regularizer or number of threads belongs to another model; θ goes over. */
  async #underNewObjective(): Promise<void> {
    const { model: old, state } = this;
    if (!old) return;
    const model = await this.lab.createModel(old.network, optionsOf(state));
    await model.set(await old.get());
    await old.dispose();
    this.model = model;
    this.samples = [];
  }

  async #halt(): Promise<void> {
    this.#run?.controller.abort();
    await this.#run?.done;
  }

  #begin({ epochs = MOST_EPOCHS, oneEpoch = false } = {}): void {
    const { model, parts, state } = this;
    if (!model || !parts) return;
    const controller = new AbortController();
    const method = state.optimizer === "lbfgs" || state.optimizer === "newtonCG";
    let toldAt = performance.now();
    let examples = 0;
    const perEpoch = parts.training.labels.length;
    const options: FitOptions = {
      optimizer: optimizerOf(state),
      epochs,
      seed: state.seed,
      signal: controller.signal,
      ...(method ? {} : { batchSize: state.batchSize }),
      ...(this.#checkpoint ? { resume: this.#checkpoint } : {}),
      onEpoch: ({ epoch }) => {
        this.epoch = this.#base + epoch + 1;
        examples += perEpoch;
        const now = performance.now();
        if (now - toldAt < 400) return;
        this.speed = (1000 * examples) / (now - toldAt);
        toldAt = now;
        examples = 0;
      },
    };
    const keep = (bytes: Uint8Array): void => {
      this.#checkpoint = bytes;
    };
    const remote = oneEpoch ? { ...options, checkpointInterval: 0, onCheckpoint: keep } : options;
    const fitted = model.fit(dataFor(parts.training, state.loss), remote as never);
    this.running = true;
    const done = (async () => {
      try {
        const { status, reason, checkpoint } = await fitted;
        if (checkpoint) this.#checkpoint = checkpoint;
        if (!oneEpoch && status !== "stopped") {
          this.#forgetRun();
          this.#say(`${status}: ${reason}`, status === "diverged");
        } else if (status === "diverged") this.#say(`${status}: ${reason}`, true);
      } catch (error) {
        this.#say(error instanceof Error ? error.message : String(error), true);
      }
      this.running = false;
      this.#run = undefined;
      await this.#look(true);
    })();
    this.#run = { controller, done };
    this.#tell();
    void this.#watch(done);
  }

  /** Pictures for as long as the run lasts. */
  async #watch(done: Promise<void>): Promise<void> {
    let over = false;
    void done.then(() => {
      over = true;
    });
    while (!over) {
      const start = performance.now();
      if (!document.hidden) await this.#look(this.#pictures++ % DEPTH_EVERY === 0).catch(() => {});
      const took = performance.now() - start;
      await new Promise((resolve) => setTimeout(resolve, Math.max(PICTURE - took, SHARE * (this.view?.took ?? 0))));
    }
  }

  async #look(depth: boolean): Promise<void> {
    const { model, parts, state, epoch } = this;
    if (!model || !parts) return;
    const ask = () => this.lab.call("view", model as never, this.#key, state.loss, depth);
    let view = await ask();
    if (model !== this.model) return;
    if (!view) {
      await this.lab.call("keepParts", this.#key, parts);
      view = (await ask()) as View;
    }
    this.view = view;
    this.looks++;
    this.depth = view.depth ?? this.depth;
    this.#sample(epoch, view);
    this.#tell();
  }

  #sample(epoch: number, { training, validation }: View): void {
    const last = this.samples[this.samples.length - 1];
    if (last && epoch - last.epoch < this.#stride) return;
    const [trainingAccuracy, accuracy] = [training.accuracy ?? Number.NaN, validation.accuracy ?? Number.NaN];
    this.samples.push({ epoch, training: training.loss, validation: validation.loss, trainingAccuracy, accuracy });
    if (this.samples.length <= MOST_SAMPLES) return;
    this.samples = this.samples.filter((_, k) => k % 2 === 0);
    this.#stride *= 2;
  }
}
