/** Pairs that do not fit are errors of the type checker: `tsc` fails where one of these lines compiles. */
import {
  antisymmetric,
  dopri5,
  doubleHamiltonian,
  euler,
  hamiltonian,
  implicitMidpoint,
  layerField,
  leapfrog,
  leapfrogMidpoint,
  ode,
  parabolic,
  ralston,
  rk4,
  secondOrder,
  verlet,
} from "../../src/index.ts";

const options = { steps: 4 } as const;

export const fitting = () => [
  ode(layerField(), euler, options),
  ode(antisymmetric({ gamma: 0.1 }), implicitMidpoint, options),
  ode(parabolic({ hidden: 8 }), leapfrogMidpoint, options),
  ode(parabolic(), ralston, options),
  ode(layerField(), dopri5({ rtol: 1e-6 }), { finalTime: 2, weights: "constant" }),
  ode(layerField(), rk4, { times: [0, 0.5, 2] }),
  ode(hamiltonian(), verlet, { ...options, start: "half", reversible: true }),
  ode(doubleHamiltonian({ hidden: 3 }), verlet, options),
  ode(secondOrder(), leapfrog, options),
];

export const unfitting = () => [
  // @ts-expect-error a first-order field has no second variable for verlet
  ode(layerField(), verlet, options),
  // @ts-expect-error a first-order field has no acceleration
  ode(antisymmetric(), leapfrog, options),
  // @ts-expect-error a partitioned field is stepped by verlet
  ode(hamiltonian(), rk4, options),
  // @ts-expect-error a partitioned field is stepped by verlet
  ode(doubleHamiltonian(), implicitMidpoint, options),
  // @ts-expect-error a second-order field is stepped by leapfrog
  ode(secondOrder(), euler, options),
  // @ts-expect-error a second-order field is no partitioned one
  ode(secondOrder(), verlet, options),
  // @ts-expect-error a partitioned field has no acceleration
  ode(hamiltonian(), leapfrog, options),
  // @ts-expect-error dopri5 steps first-order fields
  ode(secondOrder(), dopri5({}), { finalTime: 1 }),
  // @ts-expect-error dopri5 is a factory
  ode(layerField(), dopri5, { finalTime: 1 }),
  // @ts-expect-error layerField is a factory
  ode(layerField, euler, options),
  // @ts-expect-error weights in time are one of four
  ode(layerField(), euler, { steps: 4, weights: "linear" }),
  // @ts-expect-error a start is "full" or "half"
  ode(hamiltonian(), verlet, { steps: 4, start: "early" }),
];
