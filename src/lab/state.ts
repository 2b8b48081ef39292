/** What the reader has chosen, as plain data, and the same as text in the URL: only what differs from the default. */

/** One setting: its default, and how text is read; undefined where the text means nothing. */
interface Setting<T> {
  readonly initial: T;
  parse(text: string): T | undefined;
  /** What a list offers. */
  readonly choices?: readonly T[];
}

function choice<T extends string>(choices: readonly T[], initial: T): Setting<T> {
  return { initial, choices, parse: (text) => choices.find((name) => name === text) };
}

function number(least: number, most: number, initial: number, whole = false): Setting<number> {
  return {
    initial,
    parse(text) {
      const value = Number(text);
      const fits = text.trim() !== "" && value >= least && value <= most && (!whole || Number.isInteger(value));
      return fits ? value : undefined;
    },
  };
}

const whole = (least: number, most: number, initial: number) => number(least, most, initial, true);

/** Integrators by the kind of field that they step. */
const vector = ["euler", "midpoint", "heun", "ralston", "rk3", "rk4", "leapfrogMidpoint", "implicitMidpoint"] as const;

/** The dynamics, each with the integrators that fit. */
export const fitting = {
  layerField: vector,
  antisymmetric: vector,
  parabolic: vector,
  hamiltonian: ["verlet"],
  doubleHamiltonian: ["verlet"],
  secondOrder: ["leapfrog"],
} as const;

/** Each has its weight as a setting of its name, 0 for none. */
export const regularizers = ["tikhonov", "timeSmoothness", "l1", "stabilityPenalty"] as const;

/** Data that are images, read from files beside the page. */
export const imageSets = ["mnist", "fashion-mnist"] as const;
export type ImageSetName = (typeof imageSets)[number];

export const isImageSet = (data: string): data is ImageSetName => imageSets.some((name) => name === data);

/** Whether the data are images: of a set, or the reader's pictures. */
export const isImages = (data: string): boolean => data === "pictures" || isImageSet(data);

export type DynamicsName = keyof typeof fitting;
export type IntegratorName = (typeof fitting)[DynamicsName][number];

export const settings = {
  data: choice(
    ["peaks", "ellipses", "circles", "swissRoll", "spirals", "drawn", "table", "pictures", ...imageSets] as const,
    "spirals",
  ),
  examples: whole(10, 10_000, 600),
  noise: number(0, 1, 0),
  /** Pixels along a side of the reader's pictures, and whether they keep their colours. */
  side: whole(8, 128, 32),
  colours: choice(["colour", "grey"] as const, "colour"),
  points: { initial: "", parse: (text: string) => (/^([0-9a-z]{5})*$/.test(text) ? text : undefined) },
  architecture: choice(["dense", "leNet", "convResNet", "parabolicCnn", "hamiltonianCnn"] as const, "dense"),
  dynamics: choice(Object.keys(fitting) as DynamicsName[], "hamiltonian"),
  integrator: choice([...vector, "verlet", "leapfrog"] as readonly IntegratorName[], "verlet"),
  activation: choice(["tanh", "relu", "smoothRelu", "softplus", "sigmoid", "sin", "identity"] as const, "tanh"),
  width: whole(1, 256, 8),
  steps: whole(1, 256, 16),
  finalTime: number(0.01, 1000, 4),
  weights: choice(["perStep", "constant", "nodal", "halfSteps"] as const, "perStep"),
  gamma: number(0, 10, 0),
  loss: choice(["softmaxCrossEntropy", "leastSquares", "logistic"] as const, "softmaxCrossEntropy"),
  tikhonov: number(0, 100, 0),
  timeSmoothness: number(0, 100, 0),
  l1: number(0, 100, 0),
  stabilityPenalty: number(0, 100, 0),
  optimizer: choice(["adam", "adamW", "momentum", "sgd", "lbfgs", "newtonCG"] as const, "adam"),
  learningRate: number(0, 100, 0.01),
  batchSize: whole(1, 5000, 64),
  seed: whole(0, 1e9, 1),
  precision: choice(["f32", "f64"] as const, "f32"),
} satisfies Record<string, Setting<string> | Setting<number>>;

type Settings = typeof settings;
export type State = { [K in keyof Settings]: Settings[K]["initial"] extends number ? number : ValueOf<Settings[K]> };
type ValueOf<S> = S extends Setting<infer T> ? T : string;
export type SettingName = keyof State;

const names = Object.keys(settings) as SettingName[];

export const initialState = Object.fromEntries(names.map((name) => [name, settings[name].initial])) as State;

/** The state with some settings changed; an integrator that does not fit gives way to one that does. */
export function changed(state: State, changes: Partial<State>): State {
  const next = { ...state, ...changes };
  const fit: readonly string[] = fitting[next.dynamics];
  return fit.includes(next.integrator) ? next : { ...next, integrator: fit[0] as IntegratorName };
}

/** Changes, with sizes to begin with where images or another network for them are chosen, or left for points. */
export function beginning(state: State, changes: Partial<State>): Partial<State> {
  const next = { ...state, ...changes };
  const [before, images] = [isImages(state.data), isImages(next.data)];
  if (before === images && state.architecture === next.architecture) return changes;
  const { width, steps, finalTime, examples, learningRate } = initialState;
  if (!images) return { width, steps, finalTime, examples, learningRate, ...changes };
  const sizes: Partial<State> =
    next.architecture === "dense"
      ? { width: 32, steps: 4, finalTime: 2, examples: 3000 }
      : { width: 8, steps: 2, finalTime: 1, examples: 1000 };
  return { ...sizes, learningRate: 0.003, loss: "softmaxCrossEntropy", ...changes };
}

/** Whether the network has time steps to look into. */
export const hasSteps = ({ data, architecture }: State): boolean => !(isImages(data) && architecture === "leNet");

/** As in the URL: `data=peaks&steps=32`. */
export function textOf(state: State): string {
  const differing = names.filter((name) => state[name] !== initialState[name]);
  return new URLSearchParams(differing.map((name) => [name, String(state[name])])).toString();
}

/** Reads what `textOf` wrote; what means nothing is left out. */
export function stateFrom(text: string): State {
  const found: Record<string, string | number> = {};
  for (const [name, value] of new URLSearchParams(text)) {
    const setting = Object.hasOwn(settings, name) ? settings[name as SettingName] : undefined;
    const parsed = setting?.parse(value);
    if (parsed !== undefined) found[name] = parsed;
  }
  return changed(initialState, found as Partial<State>);
}

/** Which settings need what to be done again. */
const DATA: readonly SettingName[] = ["data", "examples", "noise", "points", "side", "colours"];
const NETWORK: readonly SettingName[] = [
  ...([
    "architecture",
    "dynamics",
    "integrator",
    "activation",
    "width",
    "steps",
    "finalTime",
    "weights",
    "gamma",
  ] as const),
  ...(["seed", "precision"] as const),
];
const OBJECTIVE: readonly SettingName[] = ["loss", ...regularizers];

/** What a change of settings calls for: the least of new data, a new model, the same θ under a new objective, a new run. */
export function consequence(before: State, after: State): "data" | "model" | "objective" | "run" | "nothing" {
  const differ = (list: readonly SettingName[]) => list.some((name) => before[name] !== after[name]);
  if (differ(DATA)) return "data";
  if (differ(NETWORK) || (before.loss === "logistic") !== (after.loss === "logistic")) return "model";
  if (differ(OBJECTIVE)) return "objective";
  return differ(["optimizer", "learningRate", "batchSize"]) ? "run" : "nothing";
}
