/** What the reader has chosen, as plain data, and the same as text in the URL: only what differs from the default. */

import { namesOf } from "../core/registry.ts";
import { fitsPenalty, integratorsFor, penaltyNames, scoresOf } from "./families.ts";
import {
  offeredActivations,
  offeredDynamicsNames,
  offeredGenerators,
  offeredIntegrators,
  offeredLosses,
  offeredOptimizers,
  offeredWeights,
  type PenaltyName,
} from "./offered.ts";
import { choice, forEach, number, type Setting, whole, written } from "./settings.ts";

/** Data that are images, read from files beside the page. */
export const imageSets = ["mnist", "fashion-mnist"] as const;
export type ImageSetName = (typeof imageSets)[number];

export const isImageSet = (data: string): data is ImageSetName => imageSets.some((name) => name === data);

/** Whether the data are images: of a set, or the reader's pictures. */
export const isImages = (data: string): boolean => data === "pictures" || isImageSet(data);

export const settings = {
  data: choice([...offeredGenerators.map(({ name }) => name), "drawn", "table", "pictures", ...imageSets], "spirals"),
  examples: whole(10, 10_000, 600),
  noise: number(0, 1, 0),
  /** Pixels along a side of the reader's pictures, and whether they keep their colours. */
  side: whole(8, 128, 32),
  colours: choice(["colour", "grey"] as const, "colour"),
  points: written(/^([0-9a-z]{5})*$/),
  architecture: choice(["dense", "leNet", "convResNet", "parabolicCnn", "hamiltonianCnn"] as const, "dense"),
  dynamics: choice(offeredDynamicsNames, "hamiltonian"),
  integrator: choice(offeredIntegrators, "verlet"),
  activation: choice(offeredActivations, "tanh"),
  width: whole(1, 256, 8),
  steps: whole(1, 256, 16),
  finalTime: number(0.01, 1000, 4),
  weights: choice(offeredWeights, "perStep"),
  gamma: number(0, 10, 0),
  loss: choice(namesOf(offeredLosses), "softmaxCrossEntropy"),
  /** A weight under each regularizer's name, 0 for none. */
  ...forEach(penaltyNames, number(0, 100, 0)),
  optimizer: choice(namesOf(offeredOptimizers), "adam"),
  learningRate: number(0, 100, 0.02),
  batchSize: whole(1, 5000, 64),
  seed: whole(0, 1e9, 1),
  precision: choice(["f32", "f64"] as const, "f32"),
} satisfies Record<string, Setting<string> | Setting<number>>;

type Settings = typeof settings;
export type SettingName = keyof Settings;
export type State = { [K in SettingName]: Settings[K] extends Setting<infer T> ? T : never };

const names = namesOf(settings);

export const initialState = Object.fromEntries(names.map((name) => [name, settings[name].initial])) as State;

/** What a list of this name offers. */
export const choicesOf = (name: SettingName): readonly string[] => settings[name].choices?.map(String) ?? [];

/** The number that a text of this name stands for. */
export function numberIn(name: SettingName, text: string): number | undefined {
  const value = settings[name].parse(text);
  return typeof value === "number" ? value : undefined;
}

/** What a number of this name may be, in words. */
export function rangeOf(name: SettingName): string {
  const { range } = settings[name] as Setting<number>;
  if (!range) return "";
  return `${range.whole ? "a whole number" : "a number"} from ${range.least} to ${range.most.toLocaleString("en")}`;
}

/** One setting changed, to what the text stands for. */
export function change(name: SettingName, text: string): Partial<State> {
  const value = settings[name].parse(text);
  return value === undefined ? {} : { [name]: value };
}

/** The state with some settings changed; an integrator that does not fit gives way to one that does. */
export function changed(state: State, changes: Partial<State>): State {
  const next = { ...state, ...changes };
  const fit = integratorsFor(next.dynamics);
  const [usual = next.integrator] = fit;
  return fit.includes(next.integrator) ? next : { ...next, integrator: usual };
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

/** Whether its matrices act on all features at once: of images, where no convolutions were chosen. */
export const isDense = ({ data, architecture }: State): boolean => !isImages(data) || architecture === "dense";

/** The regularizers that are set and have something to act on. */
export const penaltiesIn = (state: State): readonly PenaltyName[] =>
  penaltyNames.filter((name) => {
    const subject = { dynamics: state.dynamics, dense: isDense(state), steps: hasSteps(state) };
    return state[name] > 0 && fitsPenalty(name, subject);
  });

/** As in the URL: `data=peaks&steps=32`. */
export function textOf(state: State): string {
  const differing = names.filter((name) => state[name] !== initialState[name]);
  return new URLSearchParams(differing.map((name) => [name, String(state[name])])).toString();
}

/** Reads what `textOf` wrote; what means nothing is left out. */
export function stateFrom(text: string): State {
  const given = new URLSearchParams(text);
  const found = names.map((name) => change(name, given.getAll(name).at(-1) ?? ""));
  return changed(initialState, Object.assign({}, ...found));
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
const OBJECTIVE: readonly SettingName[] = ["loss", ...penaltyNames];

/** What a change of settings calls for: the least of new data, a new model, the same θ under a new objective, a new run. */
export function consequence(before: State, after: State): "data" | "model" | "objective" | "run" | "nothing" {
  const differ = (list: readonly SettingName[]) => list.some((name) => before[name] !== after[name]);
  if (differ(DATA)) return "data";
  const scores = ({ loss }: State) => scoresOf(loss, 2);
  if (differ(NETWORK) || scores(before) !== scores(after)) return "model";
  if (differ(OBJECTIVE)) return "objective";
  return differ(["optimizer", "learningRate", "batchSize"]) ? "run" : "nothing";
}
