/** Where to begin: each a few settings, and a small picture of what happens. */
import { codePoint } from "./points.ts";
import { beginning, changed, initialState, type State } from "./state.ts";

export interface Preset {
  readonly name: string;
  readonly label: string;
  readonly changes: Partial<State>;
  /** Paths of a picture 48 × 32, each in the colour of a class. */
  readonly paths: readonly (readonly [colour: 0 | 1 | 2, d: string])[];
}

/** Two arcs that bend around each other. */
const own = Array.from({ length: 9 }, (_, k) => {
  const t = (k * Math.PI) / 8;
  const [x, y] = [Math.cos(t), Math.sin(t)];
  return codePoint({ x: x - 0.5, y: y - 0.25, label: 0 }) + codePoint({ x: 0.5 - x, y: 0.25 - y, label: 1 });
}).join("");

export const presets: readonly Preset[] = [
  {
    name: "spirals",
    label: "Spirals",
    changes: {},
    paths: [
      [0, "M24 16c1-3 6-2 6 2s-6 7-12 5-9-11-3-15 17-3 20 4"],
      [1, "M24 17c-1 3-6 2-6-2s6-7 12-5 9 11 3 15-17 3-20-4"],
    ],
  },
  {
    name: "stable",
    label: "Stable",
    changes: { data: "circles" },
    paths: [
      [0, "M5 7c10 0 14 3 20 3s10-2 18-3M5 12c10 0 14 1 20 1s10-2 18-2"],
      [1, "M5 25c10 0 14-3 20-3s10 2 18 3M5 20c10 0 14-1 20-1s10 2 18 2"],
      [2, "M29 16h15"],
    ],
  },
  {
    name: "explodes",
    label: "Explodes",
    changes: {
      data: "circles",
      dynamics: "parabolic",
      integrator: "euler",
      activation: "relu",
      finalTime: 16,
      steps: 12,
    },
    paths: [
      [0, "M5 16l8-3 8-3 8-8M5 17l8 2 8-5 9-10 3-3"],
      [1, "M5 16l8 3 8 3 8 9M5 15l9-2 8 7 10 11"],
    ],
  },
  {
    name: "finer",
    label: "Finer grid",
    changes: { dynamics: "layerField", integrator: "heun", weights: "nodal", steps: 4 },
    paths: [
      [0, "M5 22l13-14 13 4 12-8"],
      [1, "M5 27c6-7 9-13 14-13s8 4 12 3 8-3 12-7"],
    ],
  },
  {
    name: "digits",
    label: "Digits",
    changes: { data: "mnist" },
    paths: [
      [2, "M8 10c3-5 10-3 9 2-1 4-8 9-9 13h10"],
      [2, "M24 8c7-4 12 2 5 7 8 2 5 11-5 9"],
      [2, "M40 6l-4 12h9M42 12v13"],
    ],
  },
  {
    name: "own",
    label: "Your own",
    changes: { data: "drawn", points: own },
    paths: [
      [0, "M9 21a1 1 0 1 0 .1 0M15 12a1 1 0 1 0 .1 0M23 8a1 1 0 1 0 .1 0"],
      [1, "M24 24a1 1 0 1 0 .1 0M32 21a1 1 0 1 0 .1 0M18 23a1 1 0 1 0 .1 0"],
      [2, "M30 13l10-9 3 3-10 9-4 1z"],
    ],
  },
];

export const stateOf = ({ changes }: Preset): State => changed(initialState, beginning(initialState, changes));
