/** Things to try: a goal that the page checks on the running network, hints, and a start. */
import type { InsideView } from "../compute/inside.ts";
import type { View } from "../compute/view.ts";
import { growthOf } from "../sentences.ts";
import { changed, initialState, type State, textOf } from "../state.ts";

/** What a mission looks at. */
export interface Seen {
  readonly state: State;
  readonly view: View | undefined;
  readonly inside: InsideView | undefined;
}

/** A part of a mission: reached in this order. */
export interface Goal {
  readonly text: string;
  /** `before` is the state in which the goal before it was reached. */
  reached(seen: Seen, before: State): boolean;
  /** How far it is, in numbers. */
  measured(seen: Seen): string;
}

export interface Mission {
  readonly name: string;
  readonly title: string;
  readonly why: string;
  readonly goals: readonly Goal[];
  readonly hints: readonly string[];
  /** Where it begins: an address. */
  readonly start: string;
}

const growth = ({ view }: Seen): number | undefined => view?.features && growthOf(view.features);
const grown = (seen: Seen): string => {
  const found = growth(seen);
  if (found === undefined) return "";
  return Number.isFinite(found) ? `grown ${Number(found.toPrecision(3))} times` : "grown beyond all numbers";
};

/** All settings but some are as they were. */
const only = (free: readonly (keyof State)[], { state }: Seen, before: State): boolean =>
  (Object.keys(initialState) as (keyof State)[]).every((name) => free.includes(name) || state[name] === before[name]);

const right = ({ view }: Seen): number => view?.validation.accuracy ?? 0;

/** Of the adjoint at the first time step to that at the last. */
function carried({ inside }: Seen): number | undefined {
  const steps = (inside?.flow ?? []).filter(({ step }) => step !== undefined);
  const [first, last] = [steps[0], steps[steps.length - 1]];
  return first && last && last.adjoint > 0 ? first.adjoint / last.adjoint : undefined;
}
const carriedText = (seen: Seen): string => {
  const found = carried(seen);
  return found === undefined ? "" : `${found.toPrecision(2)} of the gradient arrives`;
};

const train = (changes: Partial<State>, name: string): string =>
  `#/train?${textOf(changed(initialState, changes))}&mission=${name}`;

export const missions: readonly Mission[] = [
  {
    name: "blow-up",
    title: "Make Euler blow up, then repair it by h alone",
    why: "The equation goes to rest. Euler's steps do only where they are small enough.",
    goals: [
      {
        text: "With Euler, let the features grow more than 100 times on their way.",
        reached: (seen) => seen.state.integrator === "euler" && !((growth(seen) ?? 0) <= 100),
        measured: grown,
      },
      {
        text: "Change nothing but the number of steps N, until they no longer grow.",
        reached: (seen, before) => only(["steps"], seen, before) && (growth(seen) ?? 2) <= 1,
        measured: grown,
      },
    ],
    hints: [
      "h = T / N: a longer time or fewer steps make every step larger.",
      "A step multiplies by about 1 − h‖K‖². Where that is below −1, it jumps over the rest point and further out.",
      "Try N = 8, then N = 64.",
    ],
    start: train(
      { data: "circles", dynamics: "parabolic", integrator: "euler", activation: "relu", finalTime: 16, steps: 32 },
      "blow-up",
    ),
  },
  {
    name: "four-steps",
    title: "Reach 99 % with four steps",
    why: "Depth is time: few steps are enough where each goes far, and in the right direction.",
    goals: [
      {
        text: "Spirals, at most four steps: 99 % of the points set aside on their own side.",
        reached: (seen) => seen.state.data === "spirals" && seen.state.steps <= 4 && right(seen) >= 0.99,
        measured: (seen) => `${(100 * right(seen)).toFixed(1)} % with ${seen.state.steps} steps`,
      },
    ],
    hints: [
      "Two spirals cannot be parted in the plane without tearing: give the features room, a larger width.",
      "A longer time T lets every step go further.",
      "Try Hamiltonian dynamics, width 8, T = 4.",
    ],
    start: train({ dynamics: "layerField", integrator: "euler", width: 2, steps: 4, finalTime: 1 }, "four-steps"),
  },
  {
    name: "gradient",
    title: "Lose the gradient, then bring it back by the dynamics alone",
    why: "What forgets its input on the way to T forgets the gradient on the way back.",
    goals: [
      {
        text: "Let less than a thousandth of the gradient at the last step arrive at the first.",
        reached: (seen) => (carried(seen) ?? 1) < 1e-3,
        measured: carriedText,
      },
      {
        text: "Change nothing but dynamics and integrator, until at least a tenth arrives.",
        reached: (seen, before) =>
          only(["dynamics", "integrator", "gamma"], seen, before) && (carried(seen) ?? 0) >= 0.1,
        measured: carriedText,
      },
    ],
    hints: [
      "A parabolic network is a heat equation: after a long time nothing is left of the input.",
      "Raise T and N together, so that the steps stay small.",
      "Hamiltonian dynamics keep an energy: try it.",
    ],
    start: train({ dynamics: "parabolic", integrator: "euler", finalTime: 2, steps: 16 }, "gradient"),
  },
  {
    name: "edge",
    title: "Find the h where |1 + hλ| = 1",
    why: "There Euler's steps neither grow nor shrink: the edge of its region of stability.",
    goals: [],
    hints: [
      "λ = −1 + 2i. The point hλ moves on a ray from the origin: where does it leave the circle around −1?",
      "|1 + hλ|² = (1 − h)² + 4h²: set it to 1.",
    ],
    start: "#/experiments/lambda-plane?re=-1&im=2&h=1&method=0&mission=edge",
  },
  {
    name: "energy",
    title: "Keep the energy for 10⁵ steps",
    why: "A small error in every step is a large one after very many, unless the method keeps what the equation keeps.",
    goals: [],
    hints: [
      "With h ≥ 0.5: the factor of one step to the power 10⁵ is what is left.",
      "Runge–Kutta 4 loses little in a step, and all in 10⁵.",
      "A method that is its own inverse when time runs back keeps the norm: implicit midpoint.",
    ],
    start: "#/experiments/antisymmetric-steps?h=0.5&method=0&tanh=0&mission=energy",
  },
];

export const missionOf = (name: string): Mission | undefined => missions.find((mission) => mission.name === name);
